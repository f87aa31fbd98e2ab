"""Changes of numbers and of texts, as they are checked, kept, worded and seen in the estate."""

import pytest

from finops.domain.changes import Change, Setting
from finops.domain.cloud import CloudKind, CloudResource
from finops.domain.errors import InvalidInput
from finops.domain.estate import Gap, SnapshotPart
from finops.domain.observe import Observation
from finops.domain.opportunity import Resource
from finops.pr_body import action_words
from tests.finops.rule_examples import group, opportunity, snapshot, volume

TYPE = Change(Setting.INSTANCE_TYPE, "m5.xlarge", "m5.large")


@pytest.mark.parametrize(
    ("setting", "current", "proposed"),
    [
        (Setting.INSTANCE_TYPE, "m5.large", 4),
        (Setting.INSTANCE_TYPE, 4, "m5.large"),
        (Setting.DESIRED_SIZE, 4, "3"),
        (Setting.DESIRED_SIZE, True, 3),
        (Setting.VOLUME_SIZE_GIB, 4, None),
    ],
)
def test_a_value_of_the_wrong_kind_is_no_change(
    setting: Setting, current: object, proposed: object
) -> None:
    with pytest.raises(InvalidInput, match=setting.value):
        Change(setting, current, proposed)  # type: ignore[arg-type]  # what is tested


def test_a_text_has_no_number() -> None:
    with pytest.raises(InvalidInput, match="no number"):
        _ = TYPE.number


def of(kind: str, name: str, *changes: Change) -> str:
    return action_words(
        opportunity(resource=Resource(cluster="c", kind=kind, name=name), changes=changes)
    )


@pytest.mark.parametrize(
    ("kind", "changes", "words"),
    [
        ("Instance", [TYPE], "Change instance type of x from m5.xlarge to m5.large"),
        (
            "Volume",
            [Change(Setting.VOLUME_TYPE, "gp2", "gp3"), Change(Setting.VOLUME_IOPS, None, 4000)],
            "Change volume type of x from gp2 to gp3 and set volume IOPS to 4000",
        ),
        (
            "Database",
            [Change(Setting.STORAGE_SIZE_GIB, 100, 40)],
            "Lower allocated storage of x from 100 GiB to 40 GiB",
        ),
        (
            "ScalingGroup",
            [Change(Setting.DESIRED_SIZE, 5, 3), Change(Setting.MIN_SIZE, 4, 3)],
            "Shrink Auto Scaling group x from 5 to 3 instances and lower minimum size from 4 to 3",
        ),
        ("NatGateway", [Change(Setting.PRESENT, 1, 0)], "Remove NAT gateway x"),
    ],
)
def test_people_read_what_changes(kind: str, changes: list[Change], words: str) -> None:
    assert of(kind, "x", *changes) == words


def cloud(kind: CloudKind, **attributes: str | int) -> CloudResource:
    return CloudResource(kind=kind, resource_id="x", account="1", region="r", attributes=attributes)


@pytest.mark.parametrize(
    ("kind", "attributes", "change", "reached"),
    [
        (CloudKind.INSTANCE, {"instance_type": "m5.large"}, TYPE, True),
        (CloudKind.INSTANCE, {"instance_type": "m5.xlarge"}, TYPE, False),
        (CloudKind.INSTANCE, {}, TYPE, False),
        (CloudKind.DATABASE, {"storage_gib": 40}, Change(Setting.STORAGE_SIZE_GIB, 99, 40), True),
        (CloudKind.DATABASE, {"storage_gib": 99}, Change(Setting.STORAGE_SIZE_GIB, 99, 40), False),
        (CloudKind.ADDRESS, {}, Change(Setting.PRESENT, 1, 0), False),
    ],
)
def test_the_estate_shows_whether_a_change_is_in_place(
    kind: CloudKind, attributes: dict[str, str | int], change: Change, reached: bool
) -> None:
    subject = opportunity(
        resource=Resource(cluster="c", kind=kind.value, name="x"), changes=(change,)
    )
    seen = Observation(snapshot(cloud_resources=(cloud(kind, **attributes),)))

    assert seen.is_in_place(subject) is reached
    assert seen.is_known(subject.resource)


def test_a_resource_that_a_gap_may_hide_is_not_taken_for_deleted() -> None:
    resource = Resource(cluster="c", kind="Address", name="x")
    gone = opportunity(resource=resource, changes=(Change(Setting.PRESENT, 1, 0),))
    gap = Gap("aws", "No permission.", frozenset({SnapshotPart.CLOUD_RESOURCES}))

    assert Observation(snapshot()).is_in_place(gone)
    assert not Observation(snapshot(gaps=(gap,))).is_in_place(gone)


def test_disks_and_groups_show_their_settings() -> None:
    seen = Observation(snapshot(volumes=(volume(),), node_groups=(group(6),)))
    disk = Resource(cluster="prod-1", kind="Volume", name=volume().volume_id)
    nodes = Resource(cluster="prod-1", kind="NodeGroup", name=group(6).name)

    assert seen.value(disk, Setting.VOLUME_TYPE) == volume().volume_type
    assert seen.value(disk, Setting.CPU_LIMIT) is None
    assert seen.value(nodes, Setting.MIN_SIZE) == group(6).min_size
