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
    return found + _uneven(nodes, held, placements, moved, plan)


def _broken_on(
    node: Node, pods: list[Pod], newcomers: list[Pod], placements: dict[str, Placement]
) -> list[str]:
    found = []
    if sum(p.cpu_request_millicores for p in pods) > (node.allocatable_cpu_millicores or 0):
        found.append(f"{node.name} is over its CPU")
    if sum(p.memory_request_bytes for p in pods) > (node.allocatable_memory_bytes or 0):
        found.append(f"{node.name} is over its memory")
    if len(pods) > (node.max_pods or 0):
        found.append(f"{node.name} runs too many pods")
    if not node.is_schedulable:
        found.append(f"{node.name} is cordoned")
    for each in newcomers:
        placement = placements[each.workload_name]
        alike = [p for p in pods if p.workload_name == each.workload_name]
        if HOSTNAME in placement.apart_on and len(alike) > 1:
            found.append(f"{each.name} stands beside its like on {node.name}")
        if any(node.labels.get(k) != v for k, v in placement.node_selector.items()):
            found.append(f"{each.name} is on {node.name} against its selector")
        tolerated = {t.key for t in placement.tolerations}
        if any(t.key not in tolerated for t in node.taints):
            found.append(f"{each.name} is on {node.name} against its taint")
        ports = [set(placements[p.workload_name].host_ports) for p in pods if p is not each]
        if any(set(placement.host_ports) & taken for taken in ports):
            found.append(f"{each.name} shares a host port on {node.name}")
    return found


def _uneven(
    nodes: dict[str, Node],
    held: dict[str, list[Pod]],
    placements: dict[str, Placement],
    moved: set[str],
    plan: Consolidation,
) -> list[str]:
    """Workloads of which a pod moved into a zone that has now too many."""
    staying = [node for name, node in nodes.items() if name not in plan.leaving_names]
    found = []
    for workload, placement in placements.items():
        if not placement.spreads:
            continue
        counts = {node.zone: 0 for node in staying}
        reached = set()
        for name, pods in held.items():
            alike = [p for p in pods if p.workload_name == workload]
            counts[nodes[name].zone] += len(alike)
            if any(f"{p.namespace}/{p.name}" in moved for p in alike):
                reached.add(nodes[name].zone)
        if any(counts[zone] - min(counts.values()) > 1 for zone in reached):
            found.append(f"{workload} is uneven: {counts}")
    return found
