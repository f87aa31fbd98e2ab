"""What a pod says of itself: what holds it in place, its claims, how its containers fared."""

from typing import Any

import pytest

from finops.sources.kubernetes.listing import Notes
from finops.sources.kubernetes.objects import Scope
from finops.sources.kubernetes.pods import Fared, SeenPod, read_pod
from tests.finops.sources.kubernetes.builders import Raw, pod

SCOPE = Scope(cluster="prod")
EVICT = "cluster-autoscaler.kubernetes.io/safe-to-evict"


def seen(raw: Raw) -> SeenPod:
    found = read_pod(raw, SCOPE, Notes())
    assert found is not None
    return found


def owned(**more: Any) -> SeenPod:
    return seen(pod("p", owner="StatefulSet/db", **more))


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_a_pod_that_has_ended_holds_no_room(phase: str) -> None:
    assert read_pod(pod("p", status={"phase": phase}), SCOPE, Notes()) is None


@pytest.mark.parametrize(
    ("annotations", "blockers"),
    [
        ({}, ()),
        ({EVICT: "true"}, ()),
        ({EVICT: "false"}, (f'pod shop/p is annotated {EVICT}: "false"',)),
        (
            {"karpenter.sh/do-not-disrupt": "true"},
            ("pod shop/p is annotated karpenter.sh/do-not-disrupt",),
        ),
        (
            {"karpenter.sh/do-not-evict": "true"},
            ("pod shop/p is annotated karpenter.sh/do-not-evict",),
        ),
    ],
)
def test_annotations_hold_a_pod(annotations: dict[str, str], blockers: tuple[str, ...]) -> None:
    assert owned(annotations=annotations).pod.blockers == blockers


def test_a_bare_pod_is_held_and_is_a_workload_of_its_own() -> None:
    found = seen(pod("p"))

    assert found.pod.blockers == ("pod shop/p has no controller that would start it elsewhere",)
    assert found.as_workload is not None
    assert found.as_workload.workload.kind == "Pod"
    assert seen(pod("p", annotations={EVICT: "true"})).pod.blockers == ()


def test_a_static_pod_of_the_kubelet_is_neither() -> None:
    mirror = seen(pod("p", annotations={"kubernetes.io/config.mirror": "1a"}))

    assert (mirror.pod.blockers, mirror.as_workload) == ((), None)


@pytest.mark.parametrize(
    ("volume", "more", "loses"),
    [
        ({"name": "d", "emptyDir": {}}, {}, True),
        ({"name": "d", "emptyDir": {"medium": "Memory"}}, {}, False),
        ({"name": "d", "configMap": {}}, {}, False),
        ({"name": "d", "emptyDir": {}}, {"annotations": {EVICT: "true"}}, False),
        ({"name": "d", "emptyDir": {}}, {"annotations": {f"{EVICT}-local-volumes": "c, d"}}, False),
    ],
)
def test_an_empty_dir_on_disk_is_lost_when_its_pod_moves(
    volume: Raw, more: Raw, loses: bool
) -> None:
    assert owned(spec={"volumes": [volume]}, **more).pod.loses_files is loses


def test_a_daemon_loses_nothing_it_ends_with_its_node() -> None:
    raw = pod("p", owner="DaemonSet/agent", spec={"volumes": [{"name": "d", "emptyDir": {}}]})

    assert not seen(raw).pod.loses_files


def test_claims_are_named_also_those_of_ephemeral_volumes() -> None:
    volumes = [
        {"name": "data", "persistentVolumeClaim": {"claimName": "data-db-0"}},
        {"name": "scratch", "ephemeral": {}},
        {"name": "tmp", "emptyDir": {}},
    ]

    assert owned(spec={"volumes": volumes}).pod.claims == ("data-db-0", "p-scratch")


def test_restarts_and_the_last_end_of_each_container_are_kept() -> None:
    statuses = [
        {
            "name": "app",
            "restartCount": 3,
            "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}},
        },
        {"name": "proxy", "restartCount": 0, "state": {"running": {}}},
    ]

    assert owned(status={"containerStatuses": statuses}).fared == (
        Fared("app", 3, True),
        Fared("proxy", 0, False),
    )
