from datetime import UTC, datetime
from typing import Any

import pytest

from finops.domain.cloud import CloudKind
from finops.sources.aws.answers import Place
from finops.sources.aws.disks import VolumeClaim, volume_from
from tests.finops.sources.aws.readings import PRICES, read

PLACE = Place("123456789012", "eu-central-1")


def image_of(aws: Any) -> str:
    ec2 = aws.client("ec2")
    machine = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)["Instances"][0]
    image_id: str = ec2.create_image(InstanceId=machine["InstanceId"], Name="golden")["ImageId"]
    return image_id


def test_snapshots_know_their_volume_and_their_images(aws: Any) -> None:
    ec2, image_id = aws.client("ec2"), image_of(aws)
    zone = f"{aws.region}a"
    volume = ec2.create_volume(AvailabilityZone=zone, Size=8)["VolumeId"]
    ec2.create_snapshot(VolumeId=volume, Description="before the\u202e upgrade")
    gone = ec2.create_volume(AvailabilityZone=zone, Size=9)["VolumeId"]
    ec2.create_snapshot(VolumeId=gone)
    ec2.delete_volume(VolumeId=gone)
    found = [r for r in read(aws).resources if r.kind is CloudKind.SNAPSHOT]
    by_volume = {r.attributes["volume_id"]: r.attributes for r in found}
    of_image = [facts for facts in by_volume.values() if facts["image_ids"] == (image_id,)]

    assert len(found) == 3
    assert by_volume[volume]["volume_exists"] is True
    assert by_volume[volume]["volume_size_gib"] == 8
    assert by_volume[volume]["description"] == "before the upgrade"
    assert by_volume[gone]["volume_exists"] is False
    assert len(of_image) == 1


def unattached(*tags: tuple[str, str]) -> dict[str, Any]:
    listed = [{"Key": key, "Value": value} for key, value in tags]
    identity = {"VolumeId": "vol-1", "Size": 1, "VolumeType": "gp9", "State": "available"}
    return identity | {"Tags": listed}


@pytest.mark.parametrize(
    ("tag", "since"),
    [
        (("finops/detached-since", "2026-05-01"), datetime(2026, 5, 1, tzinfo=UTC)),
        (("detached-since", "2026-05-01T12:00:00Z"), datetime(2026, 5, 1, 12, tzinfo=UTC)),
        (("detached-since", "last week"), None),
    ],
)
def test_a_tag_may_say_since_when_a_volume_is_detached(
    tag: tuple[str, str], since: datetime | None
) -> None:
    volume = volume_from(unattached(tag), place=PLACE, prices=PRICES)

    assert volume.detached_since == since
    assert volume.detached_evidence == (f"tag {tag[0]}" if since else "")


def test_unprintable_characters_of_tags_are_dropped_and_an_unknown_type_has_no_price() -> None:
    volume = volume_from(unattached(("a\x07", "b\n")), place=PLACE, prices=PRICES)

    assert volume.tags == {"a": "b"}
    assert volume.price_usd_per_month is None


def test_a_claim_covers_the_volumes_of_its_cluster_in_its_account_and_regions() -> None:
    mine = volume_from(
        unattached(("kubernetes.io/cluster/prod", "owned")), place=PLACE, prices=PRICES
    )
    here = frozenset({"eu-central-1"})

    assert VolumeClaim("123456789012", here, "prod").covers(mine)
    assert not VolumeClaim("999999999999", here, "prod").covers(mine)
    assert not VolumeClaim("123456789012", frozenset({"us-east-1"}), "prod").covers(mine)
    assert not VolumeClaim("123456789012", here, "staging").covers(mine)
    assert not VolumeClaim("", here, "prod").covers(mine)
