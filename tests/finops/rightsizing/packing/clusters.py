"""Small clusters for the packing tests, and a judge that knows the rules by itself."""

from dataclasses import replace
from typing import Any

from finops.domain.cluster_objects import Placement, Pod, TopologySpread
from finops.domain.estate import Node, Snapshot, Workload
from finops.domain.quantities import GIB
from finops.rightsizing.packing.model import Consolidation
from tests.finops.rule_examples import node as a_node
from tests.finops.rule_examples import snapshot
from tests.finops.rule_examples import workload as a_workload

HOSTNAME, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
APART = Placement(apart_on=(HOSTNAME,))
EVEN = Placement(spreads=(TopologySpread(ZONE, 1, is_hard=True),))


def machine(name: str, *, cpu: int = 4000, zone: str = "a", **changes: Any) -> Node:
    """A node that offers that many millicores and 16 GiB to pods."""
    whole = a_node(
        name,
        cpu_millicores=cpu,
        allocatable_cpu_millicores=cpu,
        allocatable_memory_bytes=16 * GIB,
        zone=zone,
        max_pods=20,
        labels={HOSTNAME: name, ZONE: zone} | changes.pop("labels", {}),
    )
    return replace(whole, **changes)


def pod(workload: str, node: str, *, cpu: int = 1000, memory: int = GIB, **changes: Any) -> Pod:
    """A pod of a Deployment in the namespace shop."""
    whole = Pod(
        namespace="shop",
        name=f"{workload}-{changes.pop('number', node)}",
        node=node,
        workload_kind="Deployment",
        workload_name=workload,
        cpu_request_millicores=cpu,
        memory_request_bytes=memory,
    )
    return replace(whole, **changes)


def cluster(
    nodes: list[Node],
    pods: list[Pod],
    *,
    placements: dict[str, Placement] | None = None,
    **more: Any,
) -> Snapshot:
    """A snapshot in which every workload of the pods is known."""
    known = placements or {}
    workloads: dict[tuple[str, str], Workload] = {}
    for each in pods:
        key = (each.workload_kind, each.workload_name)
        placement = known.get(each.workload_name, Placement())
        workloads.setdefault(
            key, a_workload(kind=key[0], name=key[1], placement=placement, containers=())
        )
    return snapshot(
        nodes=tuple(nodes), pods=tuple(pods), workloads=tuple(workloads.values()), **more
    )


def broken_rules(snapshot: Snapshot, plan: Consolidation) -> list[str]:
    """Every rule that the plan breaks, judged from the snapshot alone."""
    nodes = {node.name: node for node in snapshot.nodes}
    model = plan.model
    places = {
        model.pods[n]: model.nodes[at] for n, at in enumerate(plan.placed.tolist()) if at >= 0
    }
    moved = {move.pod for move in plan.moves}
    placements = {w.name: w.placement for w in snapshot.workloads}
    found = [f"{name} left with pods" for name in plan.leaving_names if name in places.values()]
    found += [f"{n} is blocked" for n in plan.leaving_names if nodes[n].blockers]
    held: dict[str, list[Pod]] = {}
    for each in snapshot.pods:
        name = f"{each.namespace}/{each.name}"
        if each.node and name not in places and not each.is_daemon:
            found.append(f"{name} lost its place")
        at = each.node if each.is_daemon else places.get(name)
        if at:
            held.setdefault(at, []).append(each)
    for name, pods in held.items():
        newcomers = [p for p in pods if f"{p.namespace}/{p.name}" in moved]
        if newcomers:
            found += _broken_on(nodes[name], pods, newcomers, placements)
    staying = {name: node for name, node in nodes.items() if name not in plan.leaving_names}
    return found + _uneven(staying, held, placements, moved)


def _broken_on(
    node: Node, pods: list[Pod], newcomers: list[Pod], placements: dict[str, Placement]
) -> list[str]:
    rules = {
        "is over its CPU": sum(p.cpu_request_millicores for p in pods)
        > (node.allocatable_cpu_millicores or 0),
        "is over its memory": sum(p.memory_request_bytes for p in pods)
        > (node.allocatable_memory_bytes or 0),
        "runs too many pods": len(pods) > (node.max_pods or 0),
        "is cordoned": not node.is_schedulable,
    }
    found = [f"{node.name} {rule}" for rule, is_broken in rules.items() if is_broken]
    for each in newcomers:
        others = [p for p in pods if p is not each]
        found += _against(node, each, others, placements)
    return found


def _against(
    node: Node, each: Pod, others: list[Pod], placements: dict[str, Placement]
) -> list[str]:
    placement = placements[each.workload_name]
    alike = any(p.workload_name == each.workload_name for p in others)
    tolerated = {t.key for t in placement.tolerations}
    taken = {port for p in others for port in placements[p.workload_name].host_ports}
    rules = {
        "stands beside its like": HOSTNAME in placement.apart_on and alike,
        "breaks its selector": not placement.node_selector.items() <= node.labels.items(),
        "does not tolerate a taint": any(t.key not in tolerated for t in node.taints),
        "shares a host port": bool(set(placement.host_ports) & taken),
    }
    return [f"{each.name} on {node.name} {rule}" for rule, is_broken in rules.items() if is_broken]


def _uneven(
    staying: dict[str, Node],
    held: dict[str, list[Pod]],
    placements: dict[str, Placement],
    moved: set[str],
) -> list[str]:
    """Workloads of which a pod moved into a zone that has too many now: spread or kept apart."""
    found = []
    for workload, placement in placements.items():
        if not placement.spreads and ZONE not in placement.apart_on:
            continue
        counts = {node.zone: 0 for node in staying.values()}
        reached = set()
        for name, pods in held.items():
            alike = [p for p in pods if p.workload_name == workload]
            counts[staying[name].zone] += len(alike)
            if any(f"{p.namespace}/{p.name}" in moved for p in alike):
                reached.add(staying[name].zone)
        least = min(counts.values(), default=0) if placement.spreads else 0
        if any(counts[zone] - least > 1 for zone in reached):
            found.append(f"{workload} is uneven: {counts}")
    return found
