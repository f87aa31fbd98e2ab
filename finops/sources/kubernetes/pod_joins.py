"""Pods joined with what else was listed: their top controllers, what blocks them, their nodes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from finops.domain.cluster_objects import DisruptionBudget, Pod
from finops.domain.estate import Node
from finops.sources.kubernetes.objects import Owner, Place
from finops.sources.kubernetes.pods import SeenPod
from finops.sources.kubernetes.policies import Priority
from finops.sources.kubernetes.selectors import SelectorIndex
from finops.sources.kubernetes.workloads import MadeBy

PODS_UNKNOWN = "its pods could not be listed, so nobody knows what runs on it"
_NODE_BLOCKERS = 5
# A ReplicaSet is named after its maker and the hash of its template, which the pod carries too.
_HASHES = {"pod-template-hash": "Deployment", "rollouts-pod-template-hash": "Rollout"}


@dataclass(frozen=True, slots=True)
class Joins:
    """What pods are looked up in. `makers` maps (kind, place) of ReplicaSets and Jobs upwards."""

    makers: Mapping[tuple[str, Place], Owner]
    budgets: SelectorIndex[DisruptionBudget]
    priorities: Mapping[str, int]


def makers_of(steps: Iterable[MadeBy]) -> dict[tuple[str, Place], Owner]:
    """The controller above each ReplicaSet and Job."""
    return {(step.kind, step.place): step.owner for step in steps}


def priorities_of(classes: Iterable[Priority]) -> dict[str, int]:
    """Values by name; the default class also under the empty name."""
    found: dict[str, int] = {}
    for each in classes:
        found[each.name] = each.value
        if each.is_default:
            found[""] = each.value
    return found


def joined(seen: SeenPod, joins: Joins) -> Pod:
    """The pod under its top controller, with its priority and everything that blocks it."""
    pod = seen.pod
    owner = top_owner(seen, joins.makers)
    priority = pod.priority if seen.has_priority else joins.priorities.get(seen.priority_class, 0)
    return replace(
        pod,
        workload_kind=owner.kind if owner else "",
        workload_name=owner.name if owner else "",
        priority=priority,
        blockers=(*pod.blockers, *_joined_blockers(seen, joins)),
    )


def top_owner(seen: SeenPod, makers: Mapping[tuple[str, Place], Owner]) -> Owner | None:
    """ReplicaSet → Deployment or Rollout, Job → CronJob; anything else is the top itself.

    Where ReplicaSets could not be listed, their names still tell: `<deployment>-<template hash>`.
    """
    owner = seen.owner
    if owner is None:
        return None
    maker = makers.get((owner.kind, (seen.pod.namespace, owner.name)))
    if maker is not None or owner.kind != "ReplicaSet":
        return maker or owner
    for key, kind in _HASHES.items():
        suffix = f"-{seen.pod.labels.get(key, '')}"
        if len(suffix) > 1 and owner.name.endswith(suffix):
            return Owner(kind, owner.name.removesuffix(suffix))
    return owner


def _joined_blockers(seen: SeenPod, joins: Joins) -> Iterable[str]:
    pod = seen.pod
    if pod.workload_kind == "DaemonSet":
        return  # it is not evicted: it ends with its node
    for budget in joins.budgets.matching(pod.namespace, pod.labels):
        if budget.allowed == 0:
            yield f"PodDisruptionBudget {pod.namespace}/{budget.name} allows no disruption now"


def loaded_nodes(
    nodes: Sequence[Node], pods: Iterable[Pod], *, are_pods_whole: bool
) -> tuple[Node, ...]:
    """Nodes with what their pods ask for and what holds those in place.

    When not every pod is known a node could look empty, so each is blocked with that reason.
    """
    by_node: dict[str, list[Pod]] = {}
    for pod in pods:
        if pod.node:
            by_node.setdefault(pod.node, []).append(pod)
    return tuple(
        _loaded(node, by_node.get(node.name, []), are_pods_whole=are_pods_whole) for node in nodes
    )


def _loaded(node: Node, pods: Sequence[Pod], *, are_pods_whole: bool) -> Node:
    found = dict.fromkeys(blocker for pod in pods for blocker in pod.blockers)
    blockers = list(found)[:_NODE_BLOCKERS]
    if len(found) > _NODE_BLOCKERS:
        blockers.append(f"and {len(found) - _NODE_BLOCKERS} more reasons")
    if not are_pods_whole:
        blockers.insert(0, PODS_UNKNOWN)
    return replace(
        node,
        requested_cpu_millicores=sum(pod.cpu_request_millicores for pod in pods),
        requested_memory_bytes=sum(pod.memory_request_bytes for pod in pods),
        pods=len(pods),
        blockers=(*node.blockers, *blockers),
    )
