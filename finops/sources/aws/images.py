"""Machine images, and who uses them as far as this account shows.

Attributes of an Image: `snapshot_ids`, `used_by` (ids of instances, launch templates, launch
configurations; absent when one of them could not be read), `last_launched_at` (EC2's own memory,
which also counts launches in accounts that it is shared with; a day late), `is_public`, `platform`,
`architecture`, `deprecated_at`, `description`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from finops.domain.cloud import CloudKind, CloudResource
from finops.sources.aws.answers import Answers, moment, tags_of
from finops.sources.aws.calls import Arguments, Call, Raw, under
from finops.sources.aws.machines import INSTANCES, SCALING_GROUPS

IMAGES = Call(
    service="ec2",
    operation="describe_images",
    action="ec2:DescribeImages",
    reads="images",
    items=under("Images"),
    page_size=1000,
    # A disabled image still holds its snapshots.
    arguments={"Owners": ["self"], "IncludeDisabled": True},
)
LAUNCH_CONFIGURATIONS = Call(
    service="autoscaling",
    operation="describe_launch_configurations",
    action="autoscaling:DescribeLaunchConfigurations",
    reads="which images launch configurations use",
    items=under("LaunchConfigurations"),
    page_size=100,
    page_parameter="MaxRecords",
    after=IMAGES,
    hides=None,
)
LAUNCH_TEMPLATES = Call(
    service="ec2",
    operation="describe_launch_template_versions",
    action="ec2:DescribeLaunchTemplateVersions",
    reads="which images launch templates use",
    items=under("LaunchTemplateVersions"),
    page_size=200,
    arguments={"Versions": ["$Latest", "$Default"]},
    after=IMAGES,
    hides=None,
)


def _pinned(_: object, group: Raw) -> Iterator[Arguments]:
    """The versions that a scaling group names by number: those above are not all."""
    policy = group.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    overrides = (one.get("LaunchTemplateSpecification") for one in policy.get("Overrides", ()))
    used = (group.get("LaunchTemplate"), policy.get("LaunchTemplateSpecification"), *overrides)
    for template in used:
        version = (template or {}).get("Version", "")
        if template and version.isdigit() and template.get("LaunchTemplateId"):
            yield {"LaunchTemplateId": template["LaunchTemplateId"], "Versions": [version]}


PINNED_TEMPLATES = Call(
    service="ec2",
    operation="describe_launch_template_versions",
    action="ec2:DescribeLaunchTemplateVersions",
    reads="which images pinned launch templates use",
    items=under("LaunchTemplateVersions"),
    after=SCALING_GROUPS,
    asks=_pinned,
    hides=None,
)
CALLS = (IMAGES, LAUNCH_CONFIGURATIONS, LAUNCH_TEMPLATES, PINNED_TEMPLATES)
_USERS = (INSTANCES, SCALING_GROUPS, LAUNCH_CONFIGURATIONS, LAUNCH_TEMPLATES, PINNED_TEMPLATES)


def images(answers: Answers) -> Iterator[CloudResource]:
    """The account's own images."""
    users, knows_users = _users(answers), answers.knows(*_USERS)
    for raw in answers.of(IMAGES):
        used_by = users.get(raw["ImageId"], [])
        yield answers.resource(
            CloudKind.IMAGE,
            raw["ImageId"],
            name=raw.get("Name", ""),
            state=raw.get("State", ""),
            created_at=moment(raw.get("CreationDate")),
            tags=tags_of(raw),
            facts={
                "snapshot_ids": snapshot_ids(raw),
                "used_by": sorted(set(used_by)) if used_by or knows_users else None,
                "last_launched_at": moment(raw.get("LastLaunchedTime")),
                "is_public": raw.get("Public"),
                "platform": raw.get("PlatformDetails"),
                "architecture": raw.get("Architecture"),
                "deprecated_at": moment(raw.get("DeprecationTime")),
                "description": raw.get("Description"),
            },
        )


def snapshot_ids(image: Raw) -> list[str]:
    """The snapshots that an image is made of."""
    devices = image.get("BlockDeviceMappings", ())
    return [d["Ebs"]["SnapshotId"] for d in devices if d.get("Ebs", {}).get("SnapshotId")]


def _users(answers: Answers) -> Mapping[str, list[str]]:
    """Image id → who starts machines from it."""
    users: dict[str, list[str]] = defaultdict(list)
    for raw in answers.of(INSTANCES):
        if raw.get("State", {}).get("Name") not in ("terminated", "shutting-down"):
            users[raw.get("ImageId", "")].append(raw["InstanceId"])
    for raw in answers.of(LAUNCH_CONFIGURATIONS):
        users[raw.get("ImageId", "")].append(raw["LaunchConfigurationName"])
    for raw in (*answers.of(LAUNCH_TEMPLATES), *answers.of(PINNED_TEMPLATES)):
        image_id = raw.get("LaunchTemplateData", {}).get("ImageId", "")
        users[image_id].append(raw["LaunchTemplateId"])
    return users
