"""Pods with the budgets, classes and nodes they were listed beside."""

from finops.domain.estate import Node
from finops.ports import ClusterState
from tests.finops.sources.kubernetes.builders import budget, node, of_kinds, pod
from tests.finops.sources.kubernetes.test_cluster import read

LABELS = {"app": "db", "tier": "data"}
SCRATCH = {"volumes": [{"name": "d", "emptyDir": {}}]}


def blockers(state: ClusterState) -> tuple[str, ...]:
    machine: Node = state.nodes[0]
    return machine.blockers


def test_a_budget_that_allows_nothing_blocks_the_node_of_its_pods() -> None:
    held = [pod(f"db-{n}", owner="StatefulSet/db", labels=LABELS) for n in range(2)]
    state = read(
        of_kinds(
            Pod=held,
            Node=[node("n1")],
            PodDisruptionBudget=[
                budget("db", {"matchLabels": {"app": "db"}}, allowed=0),
                budget("free", {"matchLabels": {"app": "db"}}, allowed=1),
                budget("other", {"matchLabels": {"app": "web"}}, allowed=0),
            ],
        )
    )

    assert blockers(state) == ("PodDisruptionBudget shop/db allows no disruption now",)


def test_expressions_of_a_budget_count_too() -> None:
    expressions = [{"key": "tier", "operator": "In", "values": ["data", "cache"]}]
    state = read(
        of_kinds(
            Pod=[pod("db-0", owner="StatefulSet/db", labels=LABELS)],
            Node=[node("n1")],
            PodDisruptionBudget=[budget("t", {"matchExpressions": expressions}, allowed=0)],
        )
    )

    assert blockers(state) == ("PodDisruptionBudget shop/t allows no disruption now",)


def test_daemons_are_not_evicted_so_no_budget_blocks_them() -> None:
    state = read(
        of_kinds(
            Pod=[pod("a", owner="DaemonSet/agent", labels={"app": "agent"})],
            Node=[node("n1")],
            PodDisruptionBudget=[budget("all", {}, allowed=0)],
        )
    )

    assert blockers(state) == ()


def test_local_files_are_told_of_the_pod_and_hold_no_node() -> None:
    state = read(
        of_kinds(
            Pod=[
                pod("a", owner="StatefulSet/db", spec=SCRATCH, node="n1"),
                pod("b", owner="StatefulSet/db", node="n1"),
            ],
            Node=[node("n1")],
        )
    )

    assert blockers(state) == ()
    assert [p.loses_files for p in state.pods] == [True, False]


def test_many_reasons_on_one_node_are_counted() -> None:
    held = [pod(f"bare-{n}") for n in range(9)]
    found = blockers(read(of_kinds(Pod=held, Node=[node("n1")])))

    assert (len(found), found[-1]) == (6, "and 4 more reasons")


def test_a_pod_that_waits_for_a_node_is_on_none() -> None:
    state = read(of_kinds(Pod=[pod("w", owner="StatefulSet/db", node="")], Node=[node("n1")]))

    assert (state.nodes[0].pods, state.pods[0].node) == (0, "")


def test_pods_of_a_controller_nobody_knows_are_its_own() -> None:
    state = read(of_kinds(Pod=[pod("s", owner="CloneSet/web")]))

    assert [(p.workload_kind, p.workload_name) for p in state.pods] == [("CloneSet", "web")]
    assert state.workloads == ()


def test_a_control_plane_node_says_so() -> None:
    labels = {"node-role.kubernetes.io/control-plane": ""}

    assert blockers(read(of_kinds(Node=[node("n1", labels=labels)]))) == (
        "it runs the control plane",
    )
