"""The idle-node detector where pods were seen: it simulates where they would go."""

from dataclasses import replace
from decimal import Decimal

from finops.detectors.idle_node import IdleNodeDetector
from finops.domain.changes import Change, Setting
from finops.domain.cluster_objects import Placement, Pod
from finops.domain.estate import Node, NodeGroup
from finops.domain.money import Saving
from finops.domain.opportunity import Effort, Opportunity, Skipped
from tests.finops.rightsizing.packing.clusters import APART, cluster, machine, pod
from tests.finops.rule_examples import group, usage

QUIET = {"cpu_usage": usage(100, 200), "memory_usage": usage(10**9, 10**9)}


def machines(count: int, **changes: object) -> list[Node]:
    found = [machine(f"n{n}") for n in range(count)]
    return [replace(node, **(QUIET | changes)) for node in found]  # type: ignore[arg-type]  # a table of fields


def finding(
    nodes: list[Node],
    pods: list[Pod],
    whole: NodeGroup | None = None,
    placements: dict[str, Placement] | None = None,
) -> Opportunity | Skipped:
    seen = cluster(nodes, pods, placements=placements, node_groups=(whole or group(len(nodes)),))
    (found,) = IdleNodeDetector().find(seen)
    return found


def test_as_many_leave_as_find_places_whichever_the_cloud_takes() -> None:
    nodes = machines(4)
    found = finding(nodes, [pod("web", node.name) for node in nodes])

    assert isinstance(found, Opportunity), found
    assert found.changes == (Change(Setting.DESIRED_SIZE, 4, 2),)
    assert found.saving == Saving(cashable_usd_per_month=Decimal("280.32"))
    assert any("all 6 choices of 2 nodes" in fact.value for fact in found.evidence)


def test_pods_that_stand_apart_keep_nodes_which_the_sum_of_requests_would_give_away() -> None:
    nodes = machines(3)
    pods = [pod("web", node.name, cpu=100) for node in nodes]
    found = finding(nodes, pods, placements={"web": APART})

    assert isinstance(found, Skipped)
    assert found.reason == (
        "All 3 nodes are needed with 20 % kept free: no place for pod shop/web-n0: anti-affinity "
        "on kubernetes.io/hostname keeps it off the other 2 nodes it may run on."
    )


def test_a_blocked_node_stays_and_others_leave_once_it_is_protected() -> None:
    nodes = machines(4)
    nodes[0] = replace(nodes[0], blockers=("pod shop/x is annotated karpenter.sh/do-not-disrupt",))
    found = finding(nodes, [pod("web", node.name, cpu=100) for node in nodes])

    assert isinstance(found, Opportunity), found
    assert found.changes[0].proposed == 1
    assert (found.effort, found.risk) == (Effort.HIGH, 0.7)
    assert found.caveats[0].startswith(
        "First protect from scale-in what must stay: 1 of 4 nodes must not be drained (n0: pod "
        "shop/x is annotated karpenter.sh/do-not-disrupt)"
    )


def test_a_group_of_blocked_nodes_only_is_left_alone() -> None:
    found = finding(machines(2, blockers=("kept",)), [pod("web", "n0")])

    assert isinstance(found, Skipped)
    assert found.reason.startswith("2 of 2 nodes must not be drained")


def test_local_files_are_a_caveat_and_no_blocker() -> None:
    nodes = machines(2)
    found = finding(nodes, [pod("web", "n0", cpu=100, loses_files=True)])

    assert isinstance(found, Opportunity), found
    assert any("loses the local files (emptyDir) of 1" in caveat for caveat in found.caveats)


def test_a_peak_of_usage_keeps_nodes_although_the_requests_would_fit() -> None:
    nodes = machines(3, cpu_usage=usage(2500, 3000))
    found = finding(nodes, [pod("web", "n0", cpu=100)])

    assert isinstance(found, Skipped)


def test_the_declared_minimum_stays_and_is_named() -> None:
    nodes = machines(4)
    found = finding(nodes, [pod("web", "n0", cpu=100)], group(4, min_size=3))

    assert isinstance(found, Opportunity), found
    assert found.changes[0].proposed == 3
    assert "The declared minimum of 3 holds it; 1 would do." in found.caveats


def test_karpenter_is_left_to_itself_with_what_it_could_take() -> None:
    nodes = machines(3)
    found = finding(nodes, [pod("web", n.name) for n in nodes], group(3, manager="karpenter"))

    assert isinstance(found, Skipped)
    assert found.reason.startswith("Karpenter sizes it by itself: no file declares a size. With")
    assert "2 of 3 nodes could leave, worth $280/month" in found.reason
