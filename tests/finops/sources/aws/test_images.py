from typing import Any

from finops.domain.cloud import CloudKind, CloudResource
from finops.sources.aws.images import PINNED_TEMPLATES
from tests.finops.sources.aws.readings import read
from tests.real_parts.aws_in_front import InFront, Rule


def image_of(aws: Any, name: str) -> str:
    ec2 = aws.client("ec2")
    machine = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)["Instances"][0]
    image = ec2.create_image(InstanceId=machine["InstanceId"], Name=name)["ImageId"]
    ec2.terminate_instances(InstanceIds=[machine["InstanceId"]])
    image_id: str = image
    return image_id


def images(aws: Any, **options: Any) -> dict[str, CloudResource]:
    found = read(aws, **options).resources
    return {r.resource_id: r for r in found if r.kind is CloudKind.IMAGE}


def template(aws: Any, name: str, *image_ids: str) -> str:
    ec2, first = aws.client("ec2"), image_ids[0]
    made = ec2.create_launch_template(
        LaunchTemplateName=name, LaunchTemplateData={"ImageId": first}
    )
    for image_id in image_ids[1:]:
        data = {"ImageId": image_id}
        ec2.create_launch_template_version(LaunchTemplateName=name, LaunchTemplateData=data)
    template_id: str = made["LaunchTemplate"]["LaunchTemplateId"]
    return template_id


def test_an_image_says_who_starts_machines_from_it(aws: Any) -> None:
    by_machine, by_latest, by_nobody = (image_of(aws, name) for name in ("one", "two", "three"))
    machine = aws.client("ec2").run_instances(ImageId=by_machine, MinCount=1, MaxCount=1)
    template_id = template(aws, "web", by_latest)
    found = images(aws)

    assert found[by_machine].attributes["used_by"] == (machine["Instances"][0]["InstanceId"],)
    assert found[by_latest].attributes["used_by"] == (template_id,)
    assert found[by_nobody].attributes["used_by"] == ()
    assert len(found[by_nobody].attributes["snapshot_ids"]) == 1  # type: ignore[arg-type] # a tuple


def test_when_templates_may_not_be_read_nobody_knows_who_uses_an_image(
    aws: Any, aws_in_front: InFront
) -> None:
    refused = "DescribeLaunchTemplateVersions"
    aws_in_front.rules = [Rule("ec2", refused, code="UnauthorizedOperation")]
    image_id = image_of(aws, "golden")
    [image] = images(aws, endpoint_url=aws_in_front.endpoint_url).values()

    assert image.resource_id == image_id
    assert "used_by" not in image.attributes


def test_a_version_that_a_scaling_group_pins_is_asked_for_by_number() -> None:
    pinned = {"LaunchTemplateId": "lt-1", "Version": "3"}
    floating = {"LaunchTemplateId": "lt-2", "Version": "$Latest"}
    override = {"LaunchTemplateId": "lt-3", "Version": "7"}
    mixed = {
        "LaunchTemplateSpecification": pinned,
        "Overrides": [{"LaunchTemplateSpecification": override}, {"InstanceType": "m5.large"}],
    }
    asks = PINNED_TEMPLATES.asks
    assert asks is not None

    assert list(asks(None, {"LaunchTemplate": floating})) == []
    assert list(asks(None, {"MixedInstancesPolicy": {"LaunchTemplate": mixed}})) == [
        {"LaunchTemplateId": "lt-1", "Versions": ["3"]},
        {"LaunchTemplateId": "lt-3", "Versions": ["7"]},
    ]
