"""Block storage: volumes (the domain's `Volume`) and snapshots.

Attributes of a Snapshot: `volume_id` (its source), `volume_exists`, `volume_size_gib`, `full_bytes`
(the blocks it would take to restore it, more than its incremental size), `description`, `tier`
(standard, archive), `is_encrypted`, `image_ids` (own images made of it; absent when images could
not be read).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from finops.domain.cloud import CloudKind, CloudResource
from finops.domain.estate import SnapshotPart, Volume
from finops.domain.prices import PriceList
from finops.sources.aws.answers import Answers, Place, moment, tags_of, team_from
from finops.sources.aws.calls import Call, Raw, under
from finops.sources.aws.images import IMAGES, snapshot_ids
from finops.sources.aws.machines import cluster_from

VOLUMES = Call(
    service="ec2",
    operation="describe_volumes",
    action="ec2:DescribeVolumes",
    reads="volumes",
    items=under("Volumes"),
    page_size=1000,
    hides=SnapshotPart.VOLUMES,
)
SNAPSHOTS = Call(
    service="ec2",
    operation="describe_snapshots",
    action="ec2:DescribeSnapshots",
    reads="snapshots",
    items=under("Snapshots"),
    page_size=1000,
    arguments={"OwnerIds": ["self"]},
)
CALLS = (VOLUMES, SNAPSHOTS)
DETACHED_TAGS = ("finops/detached-since", "detached-since")
_GONE = {"deleting", "deleted", "error"}


@dataclass(frozen=True, slots=True)
class VolumeClaim:
    """The volumes of one cluster, which its own inventory reports.

    Clusters of several accounts may have one name, so the account decides as well.
    """

    account: str
    regions: frozenset[str]
    cluster: str

    def covers(self, volume: Volume) -> bool:
        """Whether it is one of them."""
        is_here = volume.account == self.account and volume.region in self.regions
        return is_here and volume.cluster == self.cluster


def volumes(answers: Answers, prices: PriceList) -> Iterator[Volume]:
    """The volumes that exist, priced."""
    for raw in answers.of(VOLUMES):
        if raw.get("State") not in _GONE:
            yield volume_from(raw, place=answers.place, prices=prices)


def volume_from(raw: Raw, *, place: Place, prices: PriceList) -> Volume:
    """An EBS volume; its cluster is the one that its tags name."""
    tags = tags_of(raw)
    is_attached = raw.get("State") != "available" or bool(raw.get("Attachments"))
    since, evidence = (None, "") if is_attached else _detached_since(tags)
    size: dict[str, Any] = {
        "iops": raw.get("Iops") or 0,
        "throughput_mib_per_second": raw.get("Throughput") or 0,
    }
    price = prices.volume_price(
        raw["VolumeType"], raw["Size"], region=place.region, volume_id=raw["VolumeId"], **size
    )
    return Volume(
        volume_id=raw["VolumeId"],
        size_gib=raw["Size"],
        volume_type=raw["VolumeType"],
        is_attached=is_attached,
        cluster=cluster_from(tags),
        name=tags.get("Name") or tags.get("kubernetes.io/created-for/pvc/name", ""),
        created_at=raw.get("CreateTime"),
        detached_since=since,
        detached_evidence=evidence,
        price_usd_per_month=price.usd_per_month if price else None,
        price_source=price.source if price else "",
        team=team_from(tags),
        tags=tags,
        account=place.account,
        region=place.region,
        zone=raw.get("AvailabilityZone", ""),
        **size,
    )


def _detached_since(tags: Mapping[str, str]) -> tuple[datetime | None, str]:
    for key in DETACHED_TAGS:
        if since := moment(tags.get(key)):
            return since, f"tag {key}"
    return None, ""


def snapshots(answers: Answers) -> Iterator[CloudResource]:
    """The account's own snapshots."""
    images: dict[str, list[str]] = defaultdict(list)
    for image in answers.of(IMAGES):
        for snapshot_id in snapshot_ids(image):
            images[snapshot_id].append(image["ImageId"])
    existing = {volume["VolumeId"] for volume in answers.of(VOLUMES)}
    knows_images, knows_volumes = answers.knows(IMAGES), answers.knows(VOLUMES)
    for raw in answers.of(SNAPSHOTS):
        tags, used_by = tags_of(raw), images.get(raw["SnapshotId"], [])
        volume_id = raw.get("VolumeId", "")
        yield answers.resource(
            CloudKind.SNAPSHOT,
            raw["SnapshotId"],
            name=tags.get("Name", ""),
            state=raw.get("State", ""),
            created_at=raw.get("StartTime"),
            tags=tags,
            facts={
                "volume_id": volume_id,
                "volume_exists": volume_id in existing if knows_volumes else None,
                "volume_size_gib": raw.get("VolumeSize"),
                "full_bytes": raw.get("FullSnapshotSizeInBytes"),
                "description": raw.get("Description"),
                "tier": raw.get("StorageTier"),
                "is_encrypted": raw.get("Encrypted"),
                "image_ids": used_by if used_by or knows_images else None,
            },
        )
