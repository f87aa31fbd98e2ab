"""A cluster model from what a cycle saw.

Left out, because nobody reads it: how many volumes a node may attach, and anti-affinity between
different workloads. Preferences (ScheduleAnyway, PreferNoSchedule) keep nobody from moving.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from finops.domain.cluster_objects import ANYWHERE, Pod
from finops.domain.estate import Node, Snapshot, Workload
from finops.rightsizing.packing.blockers import WorkloadKey, is_static, key_of, node_blockers
from finops.rightsizing.packing.class_table import ClassTable
from finops.rightsizing.packing.model import PENDING, RESOURCES, Amounts, ClusterModel

# Karpenter's table of EC2 types leaves 90-97 % of capacity allocatable; 94 % is its middle.
ALLOCATABLE_SHARE = 0.94
# Kubernetes' own default; a cloud's network may allow fewer, which a `max-pods` tag says.
_MAX_PODS = 110


def model_of(snapshot: Snapshot) -> ClusterModel:
    """The snapshot's nodes and pods, ready to be packed.

    A workload that an autoscaler scales is counted with the most replicas its history shows, so
    that a quiet hour does not make nodes look empty; what is missing waits like any pending pod.
    """
    workloads = {each.key: each for each in snapshot.workloads}
    numbers = {node.name: number for number, node in enumerate(snapshot.nodes)}
    seen = [pod for pod in snapshot.pods if not pod.node or pod.node in numbers]
    fixed = [pod for pod in seen if pod.is_daemon or is_static(pod)]
    moving = [pod for pod in seen if not (pod.is_daemon or is_static(pod))]
    moving += _at_most_replicas(moving, workloads)
    table = ClassTable.of(moving, snapshot, workloads)
    resources = _resources(moving)
    return ClusterModel(
        nodes=tuple(numbers),
        room=_room(snapshot.nodes, fixed, resources),
        pods=tuple(f"{pod.namespace}/{pod.name}" for pod in moving),
        requests=_amounts(moving, resources),
        home=np.array([numbers.get(pod.node, PENDING) for pod in moving], dtype=np.int64),
        pod_class=table.pod_class,
        classes=table.classes,
        selected=table.selected(snapshot.nodes),
        may_run=table.may_run(snapshot.nodes, _ports_taken(fixed, workloads)),
        receives=np.array([node.is_schedulable for node in snapshot.nodes], dtype=bool),
        blocked=_blocked(snapshot.nodes, seen, workloads),
        prices=tuple(node.price_usd_per_hour for node in snapshot.nodes),
        priority=np.array([pod.priority for pod in moving], dtype=np.int64),
        loses_files=np.array([pod.loses_files for pod in moving], dtype=bool),
        domains=table.domains(snapshot.nodes),
        topology_keys=table.topology_keys,
        resources=resources,
        notes=tuple(_notes(snapshot, moving)),
        **_groups(snapshot),
    )


def requests_of(pod: Pod) -> tuple[int, ...]:
    """CPU in millicores, memory in bytes, one slot for a pod."""
    return pod.cpu_request_millicores, pod.memory_request_bytes, 1


def _resources(pods: Iterable[Pod]) -> tuple[str, ...]:
    """The three that every pod takes, and every other that some pod asks for, by name."""
    return (*RESOURCES, *sorted({name for pod in pods for name in pod.other_requests}))


def _amounts(pods: Sequence[Pod], resources: tuple[str, ...]) -> Amounts:
    others = resources[len(RESOURCES) :]
    rows = [
        (*requests_of(pod), *(pod.other_requests.get(name, 0) for name in others)) for pod in pods
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, len(resources))


def _room(nodes: Sequence[Node], fixed: Sequence[Pod], resources: tuple[str, ...]) -> Amounts:
    """What is allocatable without what DaemonSets and static pods hold (N, R)."""
    numbers = {node.name: number for number, node in enumerate(nodes)}
    others = resources[len(RESOURCES) :]
    rows = [
        (*allocatable(node), *(node.allocatable_others.get(name, 0) for name in others))
        for node in nodes
    ]
    room = np.array(rows, dtype=np.int64).reshape(-1, len(resources))
    standing = [pod for pod in fixed if pod.node]
    where = np.array([numbers[pod.node] for pod in standing], dtype=np.int64)
    np.subtract.at(room, where, _amounts(standing, resources))
    return room


def allocatable(node: Node) -> tuple[int, int, int]:
    """Millicores, bytes and pods that the node offers; 94 % of capacity where nobody said."""
    cpu, memory = node.allocatable_cpu_millicores, node.allocatable_memory_bytes
    return (
        math.floor(node.cpu_millicores * ALLOCATABLE_SHARE) if cpu is None else cpu,
        math.floor(node.memory_bytes * ALLOCATABLE_SHARE) if memory is None else memory,
        max_pods(node),
    )


def max_pods(node: Node) -> int:
    """What the node says, else its `max-pods` tag, else 110."""
    said = [
        int(value)
        for key, value in node.tags.items()
        if key.lower().replace("_", "-").endswith("max-pods") and value.isdecimal()
    ]
    return node.max_pods or max(1, min(said, default=_MAX_PODS))


def _at_most_replicas(
    pods: Sequence[Pod], workloads: Mapping[WorkloadKey, Workload]
) -> Iterator[Pod]:
    """Copies of a scaled workload's first pod, up to the most replicas of its history."""
    found: dict[WorkloadKey, list[Pod]] = {}
    for pod in pods:
        found.setdefault(key_of(pod), []).append(pod)
    for key, standing in found.items():
        workload = workloads.get(key)
        if workload is None or not workload.autoscaler or not workload.replica_history:
            continue
        missing = math.ceil(workload.replica_history.most) - len(standing)
        for number in range(missing):
            yield replace(
                standing[0], name=f"{workload.name} (peak replica {number + 1})", node="", claims=()
            )


def _ports_taken(
    fixed: Iterable[Pod], workloads: Mapping[WorkloadKey, Workload]
) -> dict[int, set[str]]:
    """Names of the nodes on which a DaemonSet holds a host port, by port."""
    found: dict[int, set[str]] = {}
    for pod in fixed:
        workload = workloads.get(key_of(pod))
        for port in (workload.placement if workload else ANYWHERE).host_ports:
            found.setdefault(port, set()).add(pod.node)
    return found


def _blocked(
    nodes: Sequence[Node], pods: Iterable[Pod], workloads: Mapping[WorkloadKey, Workload]
) -> tuple[tuple[str, ...], ...]:
    standing: dict[str, list[Pod]] = {}
    for pod in pods:
        standing.setdefault(pod.node, []).append(pod)
    return tuple(node_blockers(node, standing.get(node.name, []), workloads) for node in nodes)


def _groups(snapshot: Snapshot) -> dict[str, Amounts]:
    """Numbers of the nodes' groups, and how many may leave each: not under its declared minimum."""
    names = list(dict.fromkeys(node.node_group for node in snapshot.nodes))
    least = {group.name: group.min_size for group in snapshot.node_groups}
    numbers = np.array([names.index(n.node_group) for n in snapshot.nodes], dtype=np.int64)
    sizes = np.bincount(numbers, minlength=max(1, len(names)))
    least_sizes = np.array([least.get(name, 0) for name in names] or [0], dtype=np.int64)
    return {"groups": numbers, "most_leaving": np.maximum(sizes - least_sizes, 0)}


def _notes(snapshot: Snapshot, moving: Sequence[Pod]) -> Iterator[str]:
    """What the simulation leaves out of this very cluster, each in a sentence."""
    soft = sum(any(not s.is_hard for s in w.placement.spreads) for w in snapshot.workloads)
    if soft:
        yield f"ScheduleAnyway spreads of {soft} workloads are preferences and are not kept."
    if any(t.effect == "PreferNoSchedule" for n in snapshot.nodes for t in n.taints):
        yield "PreferNoSchedule taints are preferences and are not kept."
    if any(pod.claims for pod in moving):
        yield "How many volumes a node may attach is not simulated."
    if unsaid := sum(node.allocatable_cpu_millicores is None for node in snapshot.nodes):
        yield f"{unsaid} nodes do not say what is allocatable; 94 % of capacity is taken."
    names = {"", *(node.name for node in snapshot.nodes)}
    lost = sum(pod.node not in names for pod in snapshot.pods)
    if lost:
        yield f"{lost} pods stand on nodes that were not seen and are left out."
