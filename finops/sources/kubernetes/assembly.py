"""All lists of one cluster → its state. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from finops.domain.cluster_objects import Claim, Pod, Service
from finops.domain.estate import Gap, Node
from finops.ports import ClusterState
from finops.sources.kubernetes.listing import Listed
from finops.sources.kubernetes.nodes import Pool, groups_of
from finops.sources.kubernetes.objects import SOURCE
from finops.sources.kubernetes.pod_joins import (
    Joins,
    joined,
    loaded_nodes,
    makers_of,
    priorities_of,
)
from finops.sources.kubernetes.pods import SeenPod
from finops.sources.kubernetes.policies import Allotted, Bounded, Priority, Tagged, policies_of
from finops.sources.kubernetes.resources import AUTOSCALERS, ENDPOINT_SLICES, ENDPOINTS, PODS
from finops.sources.kubernetes.scalers import Budgeted, Scaled
from finops.sources.kubernetes.services import Ready, services_of
from finops.sources.kubernetes.storage import PersistentVolume, claims_of
from finops.sources.kubernetes.workload_joins import (
    WorkloadJoins,
    autoscalers_of,
    budget_index,
    qos_of,
    stability_of,
    verticals_of,
    workloads_of,
)
from finops.sources.kubernetes.workloads import Controller, MadeBy

T = TypeVar("T")


@dataclass(slots=True)
class Found:
    """The values of all lists, by their type, and which lists came whole."""

    values: dict[type, list[object]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    gaps: list[Gap] = field(default_factory=list)

    def add(self, listed: Listed) -> None:
        """Take one list in."""
        for value in listed.values:
            self.values.setdefault(type(value), []).append(value)
        if listed.is_whole:
            self.whole.add(listed.resource.name)
        self.gaps += listed.gaps(SOURCE)

    def of(self, kind: type[T]) -> list[T]:
        """The values of one type, in the order in which they were listed."""
        return [value for value in self.values.get(kind, ()) if isinstance(value, kind)]


def assemble(found: Found, *, cluster: str, version: str, now: datetime) -> ClusterState:
    """Join everything that was listed; the order of the server is kept."""
    nodes = list({node.name: node for node in found.of(Node)}.values())
    seen = list({(s.pod.namespace, s.pod.name): s for s in found.of(SeenPod)}.values())
    budgets = budget_index(found.of(Budgeted))
    joins = Joins(
        makers=makers_of(found.of(MadeBy)),
        budgets=budgets,
        priorities=priorities_of(found.of(Priority)),
    )
    pods = [joined(each, joins) for each in seen]
    workload_joins = WorkloadJoins(
        is_scaling_known=AUTOSCALERS.name in found.whole,
        scalers=autoscalers_of(found.of(Scaled)),
        verticals=verticals_of(found.of(Scaled)),
        budgets=budgets,
        qos=qos_of(pods),
        stability=stability_of(seen, pods, now),
    )
    return ClusterState(
        workloads=workloads_of(_controllers(found, seen), workload_joins),
        pods=tuple(pods),
        nodes=loaded_nodes(nodes, pods, are_pods_whole=PODS.name in found.whole),
        node_groups=groups_of(found.of(Pool), nodes, cluster),
        claims=_claims(found, pods),
        services=_services(found),
        namespaces=policies_of(found.of(Tagged), found.of(Bounded), found.of(Allotted)),
        server_version=version,
        gaps=tuple(found.gaps),
    )


def _controllers(found: Found, seen: Iterable[SeenPod]) -> list[Controller]:
    bare = (each.as_workload for each in seen)
    return [*found.of(Controller), *(each for each in bare if each is not None)]


def _claims(found: Found, pods: Iterable[Pod]) -> tuple[Claim, ...]:
    return claims_of(found.of(Claim), found.of(PersistentVolume), pods)


def _services(found: Found) -> tuple[Service, ...]:
    is_counted = bool({ENDPOINT_SLICES.name, ENDPOINTS.name} & found.whole)
    return services_of(found.of(Service), found.of(Ready), is_counted=is_counted)
