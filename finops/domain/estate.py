"""What a cycle sees: workloads, nodes and volumes of one cluster, with usage and prices.

CPU is in millicores, memory in bytes, prices in US dollars an hour or a month as named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

UNKNOWN_TEAM = "unknown"


@dataclass(frozen=True, slots=True)
class UsageSummary:
    """One container's use of one resource over a window, the hottest pod of each moment.

    Values are millicores (CPU) or bytes (memory). `percentiles` maps a share such as 0.95 to a
    value. `daily_peaks` holds one figure for each day of the window, oldest first: the day's 95th
    percentile for CPU, the day's maximum for memory. A single figure without history has
    `window_days` 0 and no daily peaks.
    """

    window_days: float
    samples: int
    mean: float
    maximum: float
    percentiles: Mapping[float, float] = field(default_factory=dict)
    daily_peaks: tuple[float, ...] = ()
    source: str = ""

    def percentile(self, share: float) -> float:
        """The value at `share`; falls back to the next higher known share, then the maximum."""
        higher = [s for s in self.percentiles if s >= share]
        return self.percentiles[min(higher)] if higher else self.maximum


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container as declared, with what it used. `None` means not declared or not measured."""

    name: str
    cpu_request_millicores: int | None = None
    cpu_limit_millicores: int | None = None
    memory_request_bytes: int | None = None
    memory_limit_bytes: int | None = None
    cpu_usage: UsageSummary | None = None
    memory_usage: UsageSummary | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A Kubernetes controller and its containers."""

    cluster: str
    namespace: str
    kind: str
    name: str
    replicas: int = 1
    containers: tuple[Container, ...] = ()
    team: str = UNKNOWN_TEAM
    tags: Mapping[str, str] = field(default_factory=dict)
    source_path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A machine of the cluster. `requested_*` sums the requests of the pods on it."""

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
    team: str = UNKNOWN_TEAM
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeGroup:
    """A set of equal nodes whose size is declared somewhere (Terraform, Auto Scaling)."""

    cluster: str
    name: str
    desired_size: int
    min_size: int
    max_size: int
    instance_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A block volume. `detached_since` is None while attached or when nobody knows."""

    volume_id: str
    size_gib: int
    volume_type: str
    is_attached: bool
    cluster: str = ""
    name: str = ""
    created_at: datetime | None = None
    detached_since: datetime | None = None
    price_usd_per_month: Decimal | None = None
    price_source: str = ""
    team: str = UNKNOWN_TEAM
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something a source could not read, in a sentence; shown with the cycle, never dropped.

    `hides_resources` is true when resources may be missing from the snapshot because of it, so
    that a missing one is not taken for a deleted one.
    """

    source: str
    sentence: str
    hides_resources: bool = False


@dataclass(frozen=True, slots=True)
class UnitPrices:
    """What a core-hour and a GiB-hour of this cluster cost, and where that rate is from."""

    cpu_usd_per_core_hour: Decimal
    memory_usd_per_gib_hour: Decimal
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What one cycle saw of one cluster, with prices and usage summaries."""

    cluster: str
    taken_at: datetime
    workloads: tuple[Workload, ...] = ()
    nodes: tuple[Node, ...] = ()
    node_groups: tuple[NodeGroup, ...] = ()
    volumes: tuple[Volume, ...] = ()
    unit_prices: UnitPrices
    gaps: tuple[Gap, ...] = ()

    @property
    def may_hide_resources(self) -> bool:
        """Whether what is not in here may exist all the same."""
        return any(gap.hides_resources for gap in self.gaps)
