"""Pods grouped by where they may run: one class for each workload and zone of its volumes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finops.domain.cluster_objects import ANYWHERE, Claim, Placement, Pod
from finops.domain.estate import Node, Snapshot, Workload
from finops.rightsizing.packing.blockers import WorkloadKey, key_of, words_for
from finops.rightsizing.packing.feasibility import is_selected, tolerates, words_of
from finops.rightsizing.packing.model import Flags, PodClass

_HOSTNAME = "kubernetes.io/hostname"
_ZONE_LABELS = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where volumes hold a pod: to a zone, or to the very node it is on; empty when nowhere."""

    zone: str = ""
    node: str = ""


@dataclass(frozen=True, slots=True)
class ClassTable:
    """The classes with what the model needs to know of them."""

    classes: tuple[PodClass, ...]
    pod_class: NDArray[np.int64]
    placements: tuple[Placement, ...]
    bounds: tuple[Bounds, ...]
    topology_keys: tuple[str, ...]

    @classmethod
    def of(
        cls, pods: Sequence[Pod], snapshot: Snapshot, workloads: Mapping[WorkloadKey, Workload]
    ) -> "ClassTable":
        """Group the pods by workload and volumes."""
        claims = {(claim.namespace, claim.name): claim for claim in snapshot.claims}
        zones = {node.name: node.zone for node in snapshot.nodes}
        numbers: dict[tuple[WorkloadKey, Bounds], int] = {}
        number_of = []
        for pod in pods:
            key = (key_of(pod), _bounds_of(pod, claims, zones))
            number_of.append(numbers.setdefault(key, len(numbers)))
        counted = {key: n for n, key in enumerate(dict.fromkeys(key for key, _ in numbers))}
        found = [workloads.get(key) for key, _ in numbers]
        placements = tuple(workload.placement if workload else ANYWHERE for workload in found)
        keys = tuple(dict.fromkeys(key for each in placements for key in _topologies(each)))
        classes = tuple(
            _class_of(key, placement, counted[key], keys, bounds=bounds)
            for (key, bounds), placement in zip(numbers, placements, strict=True)
        )
        return cls(
            classes=classes,
            pod_class=np.array(number_of, dtype=np.int64),
            placements=placements,
            bounds=tuple(bounds for _, bounds in numbers),
            topology_keys=keys,
        )

    def selected(self, nodes: Sequence[Node]) -> Flags:
        """The nodes that selector and node affinity of each class name (C, N)."""
        return self._judged(nodes, is_selected)

    def may_run(self, nodes: Sequence[Node], ports: Mapping[int, set[str]]) -> Flags:
        """Which nodes each class may run on (C, N); `ports` are taken for good on those nodes."""
        found = self.selected(nodes) & self._judged(
            nodes, lambda placement, node: tolerates(placement.tolerations, node.taints)
        )
        for number in range(len(self.classes)):
            found[number] &= self._volumes_and_ports(number, nodes, ports)
        return found

    def _judged(self, nodes: Sequence[Node], rule: Callable[[Placement, Node], bool]) -> Flags:
        """The rule for each class and node, asked once for those that are alike."""
        found = np.zeros((len(self.classes), len(nodes)), dtype=bool)
        alike = _alike(nodes, self.placements)
        known: dict[object, Flags] = {}
        for number, placement in enumerate(self.placements):
            key = _rules(placement)
            if key not in known:
                known[key] = np.zeros(len(nodes), dtype=bool)
                for members in alike:
                    known[key][members] = rule(placement, nodes[members[0]])
            found[number] = known[key]
        return found

    def _volumes_and_ports(
        self, number: int, nodes: Sequence[Node], ports: Mapping[int, set[str]]
    ) -> Flags:
        bounds, asked = self.bounds[number], self.classes[number].ports
        free: Flags = np.ones(len(nodes), dtype=bool)
        if bounds != Bounds():
            free &= [
                node.zone == bounds.zone and bounds.node in ("", node.name)
                if bounds.zone
                else node.name == bounds.node
                for node in nodes
            ]
        for port in asked:
            free &= [node.name not in ports.get(port, ()) for node in nodes]
        return free

    def domains(self, nodes: Sequence[Node]) -> tuple[NDArray[np.int64], ...]:
        """For each topology key the number of each node's domain, -1 without the label."""
        return tuple(_domains(key, nodes) for key in self.topology_keys)


def _bounds_of(
    pod: Pod, claims: Mapping[tuple[str, str], Claim], zones: Mapping[str, str]
) -> Bounds:
    """The zone of its bound volumes; its own zone where a claim was not read.

    A bound volume that is neither in a zone nor of a cloud (a handle) may lie on the node itself.
    A claim that is not bound yet is made where the pod goes.
    """
    zone = node = ""
    for name in pod.claims:
        claim = claims.get((pod.namespace, name))
        if claim is None:
            zone = zone or zones.get(pod.node, "")
        elif claim.zone:
            zone = claim.zone
        elif claim.phase == "Bound" and not claim.volume_handle:
            node = pod.node
    return Bounds(zone, node)


def _topologies(placement: Placement) -> list[str]:
    return [*placement.apart_on, *(s.topology_key for s in placement.spreads if s.is_hard)]


def _class_of(
    key: WorkloadKey, placement: Placement, counted: int, keys: tuple[str, ...], *, bounds: Bounds
) -> PodClass:
    said = [words_of(placement)]
    said += [f"its volume is in {bounds.zone}"] if bounds.zone else []
    said += [f"its volume may lie on {bounds.node} itself"] if bounds.node else []
    return PodClass(
        words=words_for(key),
        workload=counted,
        ports=placement.host_ports,
        apart_on=tuple(keys.index(each) for each in placement.apart_on),
        spreads=tuple(
            (keys.index(each.topology_key), each.max_skew)
            for each in placement.spreads
            if each.is_hard
        ),
        limits_words="; ".join(filter(None, said)),
    )


def _rules(placement: Placement) -> object:
    selector = tuple(sorted(placement.node_selector.items()))
    return selector, placement.required_terms, placement.tolerations


def _alike(nodes: Sequence[Node], placements: Sequence[Placement]) -> list[list[int]]:
    """Numbers of nodes that no placement can tell apart, by the labels it reads and taints."""
    keys = {key for each in placements for key in each.node_selector}
    keys |= {r.key for each in placements for term in each.required_terms for r in term}
    found: dict[object, list[int]] = {}
    for number, node in enumerate(nodes):
        labels = tuple(node.labels.get(key) for key in sorted(keys))
        name = node.name if "metadata.name" in keys else ""
        found.setdefault((labels, node.taints, name), []).append(number)
    return list(found.values())


def _domains(key: str, nodes: Sequence[Node]) -> NDArray[np.int64]:
    numbers: dict[str, int] = {}
    return np.array(
        [
            numbers.setdefault(label, len(numbers)) if (label := _label(key, node)) else -1
            for node in nodes
        ],
        dtype=np.int64,
    )


def _label(key: str, node: Node) -> str:
    if key == _HOSTNAME:
        return node.labels.get(key, node.name)
    if key in _ZONE_LABELS:
        return node.labels.get(key, node.zone)
    return node.labels.get(key, "")
