"""One cluster whole: what is declared, what was used, which machines and disks there are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from finops.domain.errors import OutsideWorldFailed
from finops.domain.estate import Container, Gap, Snapshot, Workload
from finops.domain.prices import PriceList
from finops.ports import (
    ContainerKey,
    ContainerUsage,
    DesiredState,
    DesiredStateSource,
    Inventory,
    InventorySource,
    UsageReading,
    UsageSource,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateReader:
    """Composes three sources into the snapshots of one cluster (SnapshotSource).

    Without desired state there is nothing to propose, so its failure is raised. A failing or
    missing usage or inventory source becomes a gap and the rest is still seen.
    """

    cluster: str
    desired: DesiredStateSource
    prices: PriceList
    usage: UsageSource | None = None
    inventory: InventorySource | None = None
    window_days: int = 14

    def snapshot(self, *, now: datetime) -> Snapshot:
        """Read all three; raises what the desired state source raises."""
        desired = self.desired.read()
        reading = self._usage(desired, now)
        inventory = self._inventory(now)
        return Snapshot(
            cluster=self.cluster,
            taken_at=now,
            workloads=tuple(with_usage(w, reading.containers) for w in desired.workloads),
            nodes=inventory.nodes,
            node_groups=inventory.node_groups,
            volumes=inventory.volumes,
            unit_prices=self.prices.unit_prices(inventory.nodes),
            gaps=(*desired.gaps, *reading.gaps, *inventory.gaps),
        )

    def _usage(self, desired: DesiredState, now: datetime) -> UsageReading:
        if self.usage is None:
            return UsageReading({}, (Gap("usage", "No usage source is configured."),))
        try:
            return self.usage.read(desired.workloads, now=now, window_days=self.window_days)
        except OutsideWorldFailed as error:
            return UsageReading({}, (Gap("usage", f"Usage is missing: {error}"),))

    def _inventory(self, now: datetime) -> Inventory:
        if self.inventory is None:
            gap = Gap(
                "inventory", "No source of machines and disks is configured.", hides_resources=True
            )
            return Inventory(gaps=(gap,))
        try:
            return self.inventory.read(now=now)
        except OutsideWorldFailed as error:
            sentence = f"Machines and disks are missing: {error}"
            return Inventory(gaps=(Gap("inventory", sentence, hides_resources=True),))


def with_usage(workload: Workload, usage: Mapping[ContainerKey, ContainerUsage]) -> Workload:
    """The workload with what each of its containers used; unmeasured ones stay None."""

    def measured(container: Container) -> Container:
        found = usage.get((workload.namespace, workload.name, container.name), ContainerUsage())
        return replace(container, cpu_usage=found.cpu, memory_usage=found.memory)

    return replace(workload, containers=tuple(measured(c) for c in workload.containers))
