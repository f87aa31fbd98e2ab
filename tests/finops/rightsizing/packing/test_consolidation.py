import itertools
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops.domain.cluster_objects import Placement, Pod, Taint, Toleration
from finops.domain.estate import Node, Snapshot
from finops.domain.quantities import GIB
from finops.rightsizing.packing.bounds import lower_bound
from finops.rightsizing.packing.consolidation import consolidate
from finops.rightsizing.packing.from_snapshot import model_of
from finops.rightsizing.packing.risk import risk_of
from tests.finops.rightsizing.packing.clusters import (
    APART,
    EVEN,
    ZONE,
    broken_rules,
    cluster,
    machine,
    pod,
)
from tests.finops.rule_examples import group

PLACEMENTS = {
    "free": Placement(),
    "apart": APART,
    "even": EVEN,
    "lone": Placement(apart_on=(ZONE,)),
    "batch": Placement(
        node_selector={"pool": "batch"}, tolerations=(Toleration("pool", "Exists"),)
    ),
    "ported": Placement(host_ports=(8080,)),
}


@st.composite
def clusters(draw: st.DrawFn) -> Snapshot:
    """Up to seven nodes in two zones; pods stand where every rule allows it, or wait."""
    count = draw(st.integers(1, 7))
    nodes = [_drawn_node(draw, number) for number in range(count)]
    pods: list[Pod] = []
    for number in range(draw(st.integers(0, 16))):
        name = draw(st.sampled_from(sorted(PLACEMENTS)))
        size = draw(st.sampled_from([100, 500, 1000, 1900, 2500]))
        memory = draw(st.sampled_from([1, 2, 6])) * GIB
        order = draw(st.permutations(nodes))
        wanted = pod(name, "", cpu=size, memory=memory, number=number)
        home = next((n.name for n in order if _may_stand(wanted, n, pods, nodes)), "")
        pods.append(replace(wanted, node=home))
    return cluster(nodes, pods, placements=PLACEMENTS)


def _drawn_node(draw: st.DrawFn, number: int) -> Node:
    is_batch = draw(st.integers(0, 3)) == 0
    return machine(
        f"n{number}",
        cpu=draw(st.sampled_from([2000, 4000])),
        zone=draw(st.sampled_from("ab")),
        labels={"pool": "batch"} if is_batch else {},
        taints=(Taint("pool", "batch"),) if is_batch else (),
        blockers=("it runs the control plane",) if draw(st.integers(0, 9)) == 0 else (),
        is_schedulable=draw(st.integers(0, 9)) > 0,
        max_pods=draw(st.sampled_from([3, 20])),
        price_usd_per_hour=draw(st.sampled_from([Decimal("0.1"), Decimal("0.2"), None])),
    )


def _may_stand(wanted: Pod, node: Node, pods: list[Pod], nodes: list[Node]) -> bool:
    placement, on_it = PLACEMENTS[wanted.workload_name], [p for p in pods if p.node == node.name]
    alike = [p for p in pods if p.workload_name == wanted.workload_name and p.node]
    zones = {n.zone: 0 for n in nodes}
    for each in alike:
        zones[next(n.zone for n in nodes if n.name == each.node)] += 1
    limits = (
        sum(p.cpu_request_millicores for p in on_it) + wanted.cpu_request_millicores
        <= (node.allocatable_cpu_millicores or 0),
        sum(p.memory_request_bytes for p in on_it) + wanted.memory_request_bytes <= 16 * GIB,
        len(on_it) < (node.max_pods or 0),
        bool(placement.tolerations) == bool(node.taints),
        wanted.workload_name not in ("apart", "ported")
        or not any(p.workload_name == wanted.workload_name for p in on_it),
        wanted.workload_name != "lone" or not zones[node.zone],
        wanted.workload_name != "even" or zones[node.zone] <= min(zones.values()),
    )
    return all(limits)


@settings(max_examples=300, deadline=None)
@given(clusters(), st.sampled_from([0.0, 0.2]))
def test_a_plan_keeps_every_rule_and_every_pod(snapshot: Snapshot, headroom: float) -> None:
    model = model_of(snapshot)
    plan = consolidate(model, headroom=headroom)

    assert broken_rules(snapshot, plan) == []
    assert lower_bound(model) <= plan.nodes_after <= len(snapshot.nodes)
    assert {s.node for s in plan.stays} | set(plan.leaving_names) == set(model.nodes)
    assert all(stay.reasons for stay in plan.stays)


def test_a_node_that_has_to_stay_makes_its_zone_count_again() -> None:
    # While all of zone a seems to leave it does not count, and both of even may stand in b. Then
    # n2 has to stay: the third of apart has no other node.
    batch = {"labels": {"pool": "batch"}, "taints": (Taint("pool", "batch"),)}
    stays, cordoned = {"blockers": ("it runs the control plane",)}, {"is_schedulable": False}
    kinds: list[dict[str, Any]] = [
        {"zone": "b"} | stays | batch,
        {"zone": "b"} | stays,
        cordoned,
        {"zone": "b"} | stays,
        cordoned | batch,
        cordoned | batch,
        cordoned,
    ]
    nodes = [machine(f"n{at}", cpu=2000, max_pods=3, **kind) for at, kind in enumerate(kinds)]
    stand = ["apart n1", "apart n2", "apart n3", "batch n0", "batch n0", "even n1", "even n6"]
    pods = [pod(*each.split(), cpu=100, number=at) for at, each in enumerate(stand)]
    pods[-1] = replace(pods[-1], memory_request_bytes=2 * GIB)  # so that it looks first
    snapshot = cluster(nodes, pods, placements=PLACEMENTS)

    plan = consolidate(model_of(snapshot))

    assert broken_rules(snapshot, plan) == []
    assert {"n2", "n6"}.isdisjoint(plan.leaving_names)


@settings(max_examples=60, deadline=None)
@given(clusters(), st.data())
def test_smaller_requests_never_need_more_nodes(snapshot: Snapshot, data: st.DataObject) -> None:
    model = model_of(snapshot)
    before = consolidate(model)
    smaller = model.requests.copy()
    for number in range(len(smaller)):
        smaller[number, 0] = data.draw(st.integers(0, int(smaller[number, 0])))
    after = consolidate(model, smaller, known=before)

    assert after.worth >= before.worth


sizes = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(sizes)
def test_small_clusters_come_within_one_node_of_the_best_there_is(
    asked: list[tuple[int, int]],
) -> None:
    nodes = [machine(f"n{n}", cpu=4000) for n in range(len(asked))]
    pods = [
        pod("free", f"n{n}", cpu=cpu * 1000, memory=memory * 4 * GIB)
        for n, (cpu, memory) in enumerate(asked)
    ]
    model = model_of(cluster(nodes, pods))
    best = _fewest_nodes(asked)
    found = consolidate(model).nodes_after

    assert lower_bound(model) <= best <= found <= best + (best > 2)


def _fewest_nodes(asked: list[tuple[int, int]]) -> int:
    """Brute force over every assignment to nodes of four by four."""
    everywhere = itertools.product(range(len(asked)), repeat=len(asked))
    return min(len(set(each)) for each in everywhere if _holds(asked, each))


def _holds(asked: list[tuple[int, int]], at: tuple[int, ...]) -> bool:
    loads = np.zeros((len(asked), 2), dtype=int)
    np.add.at(loads, list(at), asked)
    return bool((loads <= 4).all())


def test_half_empty_nodes_are_emptied_into_each_other() -> None:
    nodes = [machine(f"n{n}") for n in range(4)]
    plan = consolidate(model_of(cluster(nodes, [pod("web", n.name, cpu=2000) for n in nodes])))

    assert (plan.nodes_after, len(plan.moves)) == (2, 2)
    assert risk_of(plan).fill["cpu"] == 1.0


def test_the_dearest_leave_where_there_is_a_choice() -> None:
    nodes = [
        machine(f"n{n}", price_usd_per_hour=Decimal(price))
        for n, price in enumerate(("0.1", "0.4"))
    ]
    plan = consolidate(model_of(cluster(nodes, [pod("web", n.name) for n in nodes])))

    assert plan.leaving_names == ("n1",)


def test_headroom_is_kept_free_on_nodes_that_receive() -> None:
    nodes = [machine("n0"), machine("n1")]
    model = model_of(cluster(nodes, [pod("web", n.name, cpu=1800) for n in nodes]))

    assert consolidate(model).nodes_after == 1
    assert consolidate(model, headroom=0.2).nodes_after == 2


def test_a_declared_minimum_holds_its_nodes() -> None:
    nodes = [machine(f"n{n}") for n in range(3)]
    snapshot = cluster(nodes, [], node_groups=(group(3, min_size=2),))
    plan = consolidate(model_of(snapshot))

    assert plan.nodes_after == 2
    assert plan.stays[-1].reasons == ("its group may not become smaller",)


@pytest.mark.parametrize(
    ("pods", "placements", "nodes", "reason"),
    [
        (
            [pod("web", "n0", cpu=3000), pod("web", "n1", cpu=3000)],
            {},
            [machine("n0"), machine("n1")],
            "no place for pod shop/web-n0: none of the 1 nodes it may run on has 3.00 cores, "
            "1.00 GiB and a pod slot free",
        ),
        (
            [pod("web", "n0"), pod("web", "n1")],
            {"web": APART},
            [machine("n0"), machine("n1")],
            "no place for pod shop/web-n0: anti-affinity on kubernetes.io/hostname keeps it off "
            "the other 1 nodes it may run on",
        ),
        (
            [pod("web", "n0")],
            {"web": Placement(node_selector={"disk": "fast"})},
            [machine("n0", labels={"disk": "fast"}), machine("n1", blockers=("kept",))],
            "no place for pod shop/web-n0: none of the other 1 nodes matches (node selector "
            "disk=fast)",
        ),
        (
            [pod("web", "n0"), pod("api", "n1")],
            {"web": Placement(host_ports=(80,)), "api": Placement(host_ports=(80,))},
            [machine("n0"), machine("n1")],
            "no place for pod shop/web-n0: host port 80 keeps it off the other 1 nodes it may run "
            "on",
        ),
    ],
)
def test_each_node_that_stays_says_why(
    pods: list[Pod], placements: dict[str, Placement], nodes: list[Node], reason: str
) -> None:
    plan = consolidate(model_of(cluster(nodes, pods, placements=placements)))
    reasons = {stay.node: stay.reasons for stay in plan.stays}

    assert reasons["n0"] == (reason,)


def test_a_pod_that_waits_takes_its_room_before_any_node_leaves() -> None:
    nodes = [machine("n0"), machine("n1")]
    pods = [pod("web", "n0", cpu=2000), pod("new", "", cpu=3000)]
    plan = consolidate(model_of(cluster(nodes, pods)))

    assert (plan.nodes_after, plan.waiting) == (2, ())


def test_a_pod_that_fits_nowhere_waits_on_and_is_named() -> None:
    plan = consolidate(model_of(cluster([machine("n0")], [pod("huge", "", cpu=9000)])))

    assert plan.waiting == ("shop/huge-",)


def test_an_empty_cluster_gives_an_empty_plan() -> None:
    plan = consolidate(model_of(cluster([], [])))

    assert (plan.nodes_after, plan.leaving, plan.stays) == (0, (), ())


def test_a_pod_that_returns_home_sends_its_like_out_of_the_zone_again() -> None:
    nodes = [machine("n0"), machine("n1", zone="b"), machine("n2", blockers=("kept",))]
    pods = [pod("lone", "n1", cpu=500), pod("lone", "n0", cpu=500)]
    snapshot = cluster(nodes, pods, placements=PLACEMENTS)
    plan = consolidate(model_of(snapshot))

    assert broken_rules(snapshot, plan) == []
    assert plan.leaving_names == ("n0",)
