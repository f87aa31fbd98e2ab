"""What a cycle sees: workloads, nodes and volumes of one cluster, with usage and prices.

CPU is in millicores, memory in bytes, prices in US dollars an hour or a month as named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from finops.domain.cloud import CloudResource, MetricSummary
from finops.domain.cluster_objects import (
    ANYWHERE,
    Autoscaler,
    Claim,
    DisruptionBudget,
    NamespacePolicy,
    Placement,
    Pod,
    Service,
    Taint,
    VerticalAutoscaler,
)
from finops.domain.people import UNKNOWN_TEAM
from finops.domain.usage import ReplicaHistory, Stability, UsageSummary

__all__ = [
    "EVERYTHING",
    "UNKNOWN_TEAM",
    "Container",
    "ContainerRole",
    "Gap",
    "Node",
    "NodeGroup",
    "Snapshot",
    "SnapshotPart",
    "UnitPrices",
    "UsageSummary",
    "Volume",
    "Workload",
]


class ContainerRole(StrEnum):
    """When a container runs: with the pod, before it, or beside it from the start."""

    APP = "app"
    INIT = "init"
    SIDECAR = "sidecar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container as declared, with what it used. `None` means not declared or not measured.

    `runtime_hints` are the words of its command, arguments and environment that size a heap, such
    as `-Xmx2g`, `-XX:MaxRAMPercentage=75`, `GOMEMLIMIT=1GiB`, `--max-old-space-size=512`.
    """

    name: str
    cpu_request_millicores: int | None = None
    cpu_limit_millicores: int | None = None
    memory_request_bytes: int | None = None
    memory_limit_bytes: int | None = None
    cpu_usage: UsageSummary | None = None
    memory_usage: UsageSummary | None = None
    role: ContainerRole = ContainerRole.APP
    image: str = ""
    runtime_hints: tuple[str, ...] = ()
    stability: Stability | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A Kubernetes controller (or a bare pod, or an Argo Rollout) and its containers.

    `owner_rule` says which rule found the team. `pod_labels` are those of its pod template, where
    they were read. `schedule` is a CronJob's. `qos_class` and `priority_class` are the pods'.
    `is_scaling_known` is False where a source that should have said whether an autoscaler scales it
    was refused.
    """

    cluster: str
    namespace: str
    kind: str
    name: str
    replicas: int = 1
    containers: tuple[Container, ...] = ()
    team: str = UNKNOWN_TEAM
    owner_rule: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    pod_labels: Mapping[str, str] = field(default_factory=dict)
    source_path: str = ""
    autoscaler: Autoscaler | None = None
    is_scaling_known: bool = True
    vertical_autoscaler: VerticalAutoscaler | None = None
    disruption_budget: DisruptionBudget | None = None
    placement: Placement = ANYWHERE
    priority_class: str = ""
    qos_class: str = ""
    schedule: str = ""
    replica_history: ReplicaHistory | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """(namespace, kind, name): unique in its cluster."""
        return self.namespace, self.kind, self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A machine of the cluster. `requested_*` sums the requests of the pods on it.

    `cpu_millicores` and `memory_bytes` are its capacity; `allocatable_*` what pods may ask for,
    None where nobody said (`allocatable_others`: devices and storage by name). `capacity_type` is
    `on-demand`, `spot`, `reserved` or empty. What of its price is cash when it leaves is limited by
    `cashable_limit_usd_per_hour` (see `MachinePrice`).
    """

    cluster: str
    name: str
    instance_type: str
    cpu_millicores: int
    memory_bytes: int
    instance_id: str = ""
    node_group: str = ""
    requested_cpu_millicores: int = 0
    requested_memory_bytes: int = 0
    cpu_usage: UsageSummary | None = None
    memory_usage: UsageSummary | None = None
    pods: int = 0
    blockers: tuple[str, ...] = ()
    price_usd_per_hour: Decimal | None = None
    price_source: str = ""
    cashable_limit_usd_per_hour: Decimal | None = None
    cashable_reason: str = ""
    team: str = UNKNOWN_TEAM
    owner_rule: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    allocatable_cpu_millicores: int | None = None
    allocatable_memory_bytes: int | None = None
    max_pods: int | None = None
    allocatable_others: Mapping[str, int] = field(default_factory=dict)
    region: str = ""
    zone: str = ""
    architecture: str = ""
    capacity_type: str = ""
    is_schedulable: bool = True
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Taint, ...] = ()
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeGroup:
    """A set of equal nodes whose size is declared somewhere (Terraform, Auto Scaling).

    `manager` is `eks`, `karpenter`, `asg` or empty. Karpenter's pools have no declared size: there
    `desired_size` counts the nodes that were seen.
    """

    cluster: str
    name: str
    desired_size: int
    min_size: int
    max_size: int
    instance_type: str = ""
    manager: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A block volume. `detached_since` is None while attached or when nobody knows.

    `detached_evidence` says how it is known, empty for the inventory's own word. `metrics` are as
    in `CloudResource`.
    """

    volume_id: str
    size_gib: int
    volume_type: str
    is_attached: bool
    cluster: str = ""
    name: str = ""
    created_at: datetime | None = None
    detached_since: datetime | None = None
    detached_evidence: str = ""
    price_usd_per_month: Decimal | None = None
    price_source: str = ""
    team: str = UNKNOWN_TEAM
    owner_rule: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    account: str = ""
    region: str = ""
    zone: str = ""
    iops: int = 0
    throughput_mib_per_second: int = 0
    metrics: Mapping[str, MetricSummary] = field(default_factory=dict)


class SnapshotPart(StrEnum):
    """A part of the snapshot that a gap may hide."""

    WORKLOADS = "workloads"
    NODES = "nodes"
    NODE_GROUPS = "node groups"
    VOLUMES = "volumes"
    CLOUD_RESOURCES = "cloud resources"


EVERYTHING = frozenset(SnapshotPart)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something a source could not read, in a sentence; shown with the cycle, never dropped.

    `hides` names the parts of the snapshot in which resources may be missing because of it, so that
    a missing one is not taken for a deleted one. A gap about usage or prices hides nothing.
    """

    source: str
    sentence: str
    hides: frozenset[SnapshotPart] = frozenset()


@dataclass(frozen=True, slots=True)
class UnitPrices:
    """What a core-hour and a GiB-hour of this cluster cost, and where that rate is from."""

    cpu_usd_per_core_hour: Decimal
    memory_usd_per_gib_hour: Decimal
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What one cycle saw of one cluster or account, with prices and usage summaries."""

    cluster: str
    taken_at: datetime
    workloads: tuple[Workload, ...] = ()
    nodes: tuple[Node, ...] = ()
    node_groups: tuple[NodeGroup, ...] = ()
    volumes: tuple[Volume, ...] = ()
    unit_prices: UnitPrices
    pods: tuple[Pod, ...] = ()
    claims: tuple[Claim, ...] = ()
    services: tuple[Service, ...] = ()
    namespaces: tuple[NamespacePolicy, ...] = ()
    cloud_resources: tuple[CloudResource, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def may_hide(self, part: SnapshotPart) -> bool:
        """Whether a resource of that part may exist although it is not in here."""
        return any(part in gap.hides for gap in self.gaps)
