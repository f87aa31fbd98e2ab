from tests.real_parts.aws import Aws


def test_a_volume_created_over_http_is_found_again(aws: Aws) -> None:
    ec2 = aws.client("ec2")
    zone = f"{aws.region}a"
    volume_id = ec2.create_volume(AvailabilityZone=zone, Size=80, VolumeType="gp2")["VolumeId"]

    found = ec2.describe_volumes(Filters=[{"Name": "status", "Values": ["available"]}])["Volumes"]

    assert [(volume["VolumeId"], volume["Size"]) for volume in found] == [(volume_id, 80)]


def test_the_next_test_finds_an_empty_account(aws: Aws) -> None:
    assert aws.client("ec2").describe_volumes()["Volumes"] == []
