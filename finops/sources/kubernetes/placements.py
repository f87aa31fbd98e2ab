"""Where a pod spec lets its pods run."""

from collections.abc import Iterator, Mapping

from finops.domain.cluster_objects import (
    ANYWHERE,
    Placement,
    Requirement,
    Taint,
    Toleration,
    TopologySpread,
)
from finops.sources.kubernetes.selectors import requirements, selector_from
from finops.sources.raw_objects import Mapped, at, listing, mapping, mappings, text, texts, whole

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def placement_of(spec: Mapped, pod_labels: Mapping[str, str]) -> Placement:
    """What a pod spec asks of its node; preferences are left out, they keep nobody from moving."""
    found = Placement(
        node_selector=texts(spec.get("nodeSelector")),
        tolerations=tuple(_toleration(each) for each in mappings(spec.get("tolerations"))),
        required_terms=tuple(_terms(at(spec, "affinity", "nodeAffinity", _REQUIRED))),
        apart_on=tuple(_apart_on(spec, pod_labels)),
        with_pods=bool(listing(at(spec, "affinity", "podAffinity", _REQUIRED))),
        spreads=tuple(_spread(each) for each in mappings(spec.get("topologySpreadConstraints"))),
        host_ports=tuple(dict.fromkeys(_host_ports(spec))),
    )
    return ANYWHERE if found == ANYWHERE else found


def taint_from(raw: Mapped) -> Taint:
    """A node's taint."""
    return Taint(text(raw.get("key")), text(raw.get("value")), text(raw.get("effect")))


def _toleration(raw: Mapped) -> Toleration:
    return Toleration(
        text(raw.get("key")),
        text(raw.get("operator")) or "Equal",
        text(raw.get("value")),
        text(raw.get("effect")),
    )


def _terms(affinity: object) -> Iterator[tuple[Requirement, ...]]:
    """A term without requirements matches no node; Kubernetes ignores it, and so do we."""
    for term in mappings(mapping(affinity).get("nodeSelectorTerms")):
        if found := requirements(term.get("matchExpressions")) + requirements(
            term.get("matchFields")
        ):
            yield found


def _apart_on(spec: Mapped, pod_labels: Mapping[str, str]) -> Iterator[str]:
    """Topology keys of anti-affinity terms that mean the workload's own pods."""
    for term in mappings(at(spec, "affinity", "podAntiAffinity", _REQUIRED)):
        selector = term.get("labelSelector")
        if isinstance(selector, dict) and selector_from(selector).matches(pod_labels):
            yield text(term.get("topologyKey"))


def _spread(raw: Mapped) -> TopologySpread:
    return TopologySpread(
        text(raw.get("topologyKey")),
        whole(raw.get("maxSkew")) or 1,
        raw.get("whenUnsatisfiable") != "ScheduleAnyway",
    )


def _host_ports(spec: Mapped) -> Iterator[int]:
    """With hostNetwork every container port is one of the node's."""
    is_host = spec.get("hostNetwork") is True
    for container in mappings(spec.get("containers")):
        for port in mappings(container.get("ports")):
            found = whole(port.get("hostPort"), most=65535)
            if not found and is_host:
                found = whole(port.get("containerPort"), most=65535)
            if found:
                yield found
