"""Where money meets the outside world: what the engine asks of its adapters.

Every method may raise `TryAgainLater` or `WillNeverWork`; a source that got only part of an answer
returns it together with `Gap`s that say what is missing.
"""

from finops.ports.bills import AllocatingBill, BillReading, BillSource, DailyMetric
from finops.ports.code_host import CodeHost, HasDashboard, Ticked
from finops.ports.estate import (
    UNHEARD,
    Checked,
    ClusterState,
    ClusterStateSource,
    DesiredState,
    DesiredStateSource,
    Inventory,
    InventorySource,
    Progress,
    SnapshotSource,
    Unheard,
)
from finops.ports.usage import (
    ContainerKey,
    ContainerUsage,
    HourlyUsage,
    Mark,
    SeriesKey,
    UsageReading,
    UsageSampler,
    UsageSource,
    UsageStore,
    WorkloadKey,
)

__all__ = [
    "UNHEARD",
    "AllocatingBill",
    "BillReading",
    "BillSource",
    "Checked",
    "ClusterState",
    "ClusterStateSource",
    "CodeHost",
    "ContainerKey",
    "ContainerUsage",
    "DailyMetric",
    "DesiredState",
    "DesiredStateSource",
    "HasDashboard",
    "HourlyUsage",
    "Inventory",
    "InventorySource",
    "Mark",
    "Progress",
    "SeriesKey",
    "SnapshotSource",
    "Ticked",
    "Unheard",
    "UsageReading",
    "UsageSampler",
    "UsageSource",
    "UsageStore",
    "WorkloadKey",
]
