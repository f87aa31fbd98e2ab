from dataclasses import replace

import numpy as np
import pytest

from finops.domain.cluster_objects import (
    Autoscaler,
    Claim,
    DisruptionBudget,
    Placement,
    Requirement,
    Taint,
    Toleration,
)
from finops.domain.quantities import GIB
from finops.domain.usage import ReplicaHistory
from finops.rightsizing.packing.drains import GroupDrains
from finops.rightsizing.packing.feasibility import is_selected, tolerates
from finops.rightsizing.packing.from_snapshot import model_of
from finops.rightsizing.packing.model import CPU
from finops.rightsizing.packing.needed import nodes_needed
from tests.finops.rightsizing.packing.clusters import HOSTNAME, ZONE, cluster, machine, pod

BUDGET = DisruptionBudget(name="web", allowed=0)


def test_daemonsets_hold_their_room_and_do_not_move() -> None:
    agent = pod("agent", "n0", cpu=300, workload_kind="DaemonSet")
    model = model_of(cluster([machine("n0")], [agent, pod("web", "n0")]))

    assert model.pods == ("shop/web-n0",)
    assert model.room[0].tolist() == [3700, 15 * GIB, 19]


def test_a_host_port_of_a_daemonset_is_taken_on_its_nodes() -> None:
    agent = pod("agent", "n0", workload_kind="DaemonSet")
    ported = Placement(host_ports=(9100,))
    model = model_of(
        cluster(
            [machine("n0"), machine("n1")],
            [agent, pod("web", "n1")],
            placements={"agent": ported, "web": ported},
        )
    )

    assert model.may_run[0].tolist() == [False, True]


def test_a_gpu_is_a_resource_that_other_nodes_do_not_have() -> None:
    gpu = machine("n0", allocatable_others={"nvidia.com/gpu": 2})
    learner = pod("train", "n0", other_requests={"nvidia.com/gpu": 1})
    model = model_of(cluster([gpu, machine("n1")], [learner]))

    assert model.resources[-1] == "nvidia.com/gpu"
    assert model.room[:, -1].tolist() == [2, 0]
    assert model.requests[0, -1] == 1


@pytest.mark.parametrize(
    ("claim", "runs_on"),
    [
        (Claim(namespace="shop", name="data", phase="Bound", zone="b"), [False, True, True]),
        (Claim(namespace="shop", name="data", phase="Pending"), [True, True, True]),
        (Claim(namespace="shop", name="data", phase="Bound"), [False, True, False]),
        (
            Claim(namespace="shop", name="data", phase="Bound", volume_handle="fs-1"),
            [True, True, True],
        ),
        (Claim(namespace="shop", name="other", phase="Bound"), [False, True, True]),
    ],
)
def test_volumes_hold_a_pod_to_their_zone_or_node(claim: Claim, runs_on: list[bool]) -> None:
    nodes = [machine("n0", zone="a"), machine("n1", zone="b"), machine("n2", zone="b")]
    model = model_of(cluster(nodes, [pod("db", "n1", claims=("data",))], claims=(claim,)))

    assert model.may_run[0].tolist() == runs_on


def test_a_scaled_workload_counts_with_its_most_replicas() -> None:
    held = cluster([machine("n0")], [pod("web", "n0")])
    scaled = replace(
        held.workloads[0],
        autoscaler=Autoscaler(name="web", min_replicas=1, max_replicas=9),
        replica_history=ReplicaHistory(window_days=14, least=1, mean=2, most=3),
    )
    model = model_of(replace(held, workloads=(scaled,)))

    assert model.pods[1:] == ("shop/web (peak replica 1)", "shop/web (peak replica 2)")
    assert model.home.tolist() == [0, -1, -1]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"blockers": ("pod shop/web-n0 has no controller",)}, "pod shop/web-n0 has no controller"),
        (
            {"workload_kind": "CloneSet", "workload_name": "x"},
            "where pod shop/web-n0 may run is unknown: what made it (CloneSet x) was not read",
        ),
    ],
)
def test_what_a_pod_says_blocks_its_node(changes: dict[str, object], reason: str) -> None:
    held = cluster([machine("n0")], [pod("web", "n0")])
    model = model_of(replace(held, pods=(replace(held.pods[0], **changes),)))  # type: ignore[arg-type]  # a table of fields

    assert model.blocked == ((reason,),)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"disruption_budget": BUDGET}, "PodDisruptionBudget shop/web allows no disruption now"),
        (
            {"placement": Placement(with_pods=True)},
            "pod shop/web-n0 must stand beside other pods (required pod affinity)",
        ),
    ],
)
def test_what_a_workload_says_blocks_its_nodes(changes: dict[str, object], reason: str) -> None:
    held = cluster([machine("n0")], [pod("web", "n0")])
    its = replace(held.workloads[0], **changes)  # type: ignore[arg-type]  # a table of fields

    assert model_of(replace(held, workloads=(its,))).blocked == ((reason,),)


def test_a_fargate_machine_stays() -> None:
    node = machine("n0", labels={"eks.amazonaws.com/compute-type": "fargate"})

    assert "Fargate" in model_of(cluster([node], [])).blocked[0][0]


@pytest.mark.parametrize(
    ("requirement", "holds"),
    [
        (Requirement("pool", "In", ("web", "batch")), True),
        (Requirement("pool", "NotIn", ("web",)), False),
        (Requirement("gpu", "NotIn", ("yes",)), True),
        (Requirement("pool", "Exists"), True),
        (Requirement("pool", "DoesNotExist"), False),
        (Requirement("cores", "Gt", ("4",)), True),
        (Requirement("cores", "Lt", ("8",)), False),
        (Requirement("pool", "Gt", ("4",)), False),
        (Requirement("metadata.name", "In", ("n0",)), True),
    ],
)
def test_each_operator_of_node_affinity(requirement: Requirement, holds: bool) -> None:
    node = machine("n0", labels={"pool": "web", "cores": "8"})

    assert is_selected(Placement(required_terms=((requirement,),)), node) is holds


@pytest.mark.parametrize(
    ("toleration", "taint", "tolerated"),
    [
        (Toleration("a", "Equal", "x"), Taint("a", "x"), True),
        (Toleration("a", "Equal", "y"), Taint("a", "x"), False),
        (Toleration("a", "Exists"), Taint("a", "x", "NoExecute"), True),
        (Toleration("a", "Exists", "", "NoSchedule"), Taint("a", "x", "NoExecute"), False),
        (Toleration("", "Exists"), Taint("a", "x"), True),
        (Toleration("b", "Exists"), Taint("a", "x", "PreferNoSchedule"), True),
    ],
)
def test_each_way_to_tolerate(toleration: Toleration, taint: Taint, tolerated: bool) -> None:
    assert tolerates((toleration,), (taint,)) is tolerated


def test_topology_domains_are_numbered_and_missing_labels_are_none() -> None:
    placement = Placement(apart_on=(HOSTNAME, ZONE, "rack"))
    nodes = [machine("n0", zone="a"), machine("n1", zone="a", labels={"rack": "1"})]
    model = model_of(cluster(nodes, [pod("web", "n0")], placements={"web": placement}))

    assert [domains.tolist() for domains in model.domains] == [[0, 1], [0, 0], [-1, 0]]


def test_nodes_needed_from_scratch_follow_the_worked_line() -> None:
    found = nodes_needed(
        np.array([[2000, GIB, 1]] * 6 + [[9000, GIB, 1]]), np.array([4000, 16 * GIB, 20])
    )

    assert (found.nodes, found.lower_bound, found.too_large) == (3, 3, 1)


def test_a_drain_holds_for_every_choice_or_says_what_fails() -> None:
    nodes = [machine(f"n{n}") for n in range(4)]
    pods = [pod("big", "n0", cpu=3000), *(pod("small", n.name, cpu=100) for n in nodes[1:])]
    drain = GroupDrains(model_of(cluster(nodes, pods)), 0.0).most_leaving(range(4), 3)

    assert (drain.leaving, drain.tried, drain.is_every_choice, drain.next_fails) == (3, 4, True, "")
    tight = GroupDrains(model_of(cluster(nodes, [*pods, pod("x", "n1", cpu=3000)])), 0.0)
    assert tight.most_leaving(range(4), 3).next_fails.startswith("no place for pod shop/")


def test_a_drain_leaves_the_occupancy_as_it_was() -> None:
    nodes = [machine(f"n{n}") for n in range(3)]
    drains = GroupDrains(model_of(cluster(nodes, [pod("web", n.name) for n in nodes])), 0.2)
    free, placed = drains.occupancy.free.copy(), drains.occupancy.placed.copy()
    drains.most_leaving(range(3), 2)

    assert (drains.occupancy.free == free).all()
    assert (drains.occupancy.placed == placed).all()
    assert drains.model.requests[0, CPU] == 1000
