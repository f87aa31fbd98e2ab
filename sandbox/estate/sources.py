"""The simulated estate as the engine's sources see it: usage, machines, disks, and the bill."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np

from finops.aws_cost_integration import AwsCostIntegration
from finops.domain.estate import UNKNOWN_TEAM, Node, NodeGroup, UnitPrices, Volume, Workload
from finops.domain.money import DAYS_PER_MONTH
from finops.domain.opportunity import Resource
from finops.domain.quantities import GIB
from finops.domain.verdict import DailyCost
from finops.ports import ContainerKey, ContainerUsage, Inventory, UsageReading
from finops.sources.usage_series import grid_ending, summarise
from sandbox.estate import profiles
from sandbox.estate.desired import CLUSTER, Declared, DeclaredVolume, volume_id

PRICES = AwsCostIntegration()
SOURCE = "simulated metrics, 5-minute samples"
SEARCH_GROUP = "search"
# A volume nobody attached for long, one that is still warm, one that a claim owns.
DETACHED_DAYS = {"legacy-orders-db": 412, "etl-scratch": 47, "reindex-2026-11": 2}
_HOURS_PER_DAY = 24


class SimulatedUsage:
    """A UsageSource from the profiles."""

    def read(
        self, workloads: Sequence[Workload], *, now: datetime, window_days: int
    ) -> UsageReading:
        """Usage of every container that has a profile."""
        grid = grid_ending(now.timestamp(), window_days=window_days, step=profiles.STEP_SECONDS)
        times = np.arange(grid.start, grid.end + 1, grid.step, dtype=np.int64)
        found: dict[ContainerKey, ContainerUsage] = {}
        for workload in workloads:
            for container in workload.containers:
                named = (workload.namespace, workload.name, container.name)
                profile = profiles.PROFILES.get(named)
                if profile is None:
                    continue
                seed = "/".join(named)
                cpu = profiles.cpu_millicores(profile, times, seed=seed)
                memory = profiles.memory_bytes(profile, times, seed=seed)
                found[*workload.key, container.name] = ContainerUsage(
                    cpu=summarise(cpu, grid, peak_share=0.95, source=SOURCE),
                    memory=summarise(memory, grid, peak_share=1.0, source=SOURCE),
                )
        return UsageReading(found)


@dataclass(frozen=True, slots=True)
class SimulatedInventory:
    """An InventorySource: what stands there is what the main branch declares."""

    declared_now: Callable[[], Declared]

    def read(self, *, now: datetime) -> Inventory:
        """Machines and disks as of the newest merge."""
        declared = self.declared_now()
        return Inventory(
            nodes=nodes_of(declared, now=now),
            node_groups=declared.node_groups,
            volumes=tuple(_volume(volume, now) for volume in declared.volumes),
        )


@dataclass(frozen=True, slots=True)
class SimulatedBill:
    """A BillSource: each day costs what was deployed at its noon, give or take a percent."""

    declared_at: Callable[[datetime], Declared]

    def daily_costs(self, *, start: date, end: date) -> Iterator[DailyCost]:
        """Rows for every resource and day; today has none yet."""
        day = start
        while day < end:
            noon = datetime.combine(day, time(12), tzinfo=UTC)
            yield from day_costs(self.declared_at(noon), day)
            day += timedelta(days=1)


def nodes_of(declared: Declared, *, now: datetime | None = None) -> tuple[Node, ...]:
    """The machines of every group; what its pods ask for and use is spread evenly over them.

    Usage is left out without `now`: the bill does not need it.
    """
    nodes: list[Node] = []
    for group in declared.node_groups:
        node, first = _node_of(group, declared, now), len(nodes)
        nodes.extend(
            replace(
                node,
                name=f"ip-10-0-{first + n}-{20 + n}.ec2.internal",
                instance_id=f"i-0{hash_of(group.name):07x}{n:02d}",
            )
            for n in range(group.desired_size)
        )
    return tuple(nodes)


def _node_of(group: NodeGroup, declared: Declared, now: datetime | None) -> Node:
    """One machine of a group, still without its own name."""
    price = PRICES.machine_price(group.instance_type)
    if price is None:
        raise ValueError(f"the simulation knows no price for {group.instance_type}")
    pods = [w for w in declared.workloads if _group_of(w) == group.name]
    size = max(group.desired_size, 1)
    cpu, memory = requested(pods)
    used = group_usage(pods, size, now) if now else ContainerUsage()
    return Node(
        cluster=CLUSTER,
        name="",
        instance_type=group.instance_type,
        node_group=group.name,
        cpu_millicores=price.vcpu * 1000,
        memory_bytes=int(price.memory_gib * GIB),
        requested_cpu_millicores=cpu // size,
        requested_memory_bytes=memory // size,
        cpu_usage=used.cpu,
        memory_usage=used.memory,
        pods=sum(w.replicas for w in pods) // size,
        price_usd_per_hour=price.usd_per_hour,
        price_source=price.source,
        tags={"team": "platform" if group.name == "general" else "data"},
    )


def requested(workloads: Sequence[Workload]) -> tuple[int, int]:
    """Millicores and bytes that all replicas ask for together."""
    containers = [(w.replicas, c) for w in workloads for c in w.containers]
    cpu = sum(replicas * (c.cpu_request_millicores or 0) for replicas, c in containers)
    memory = sum(replicas * (c.memory_request_bytes or 0) for replicas, c in containers)
    return cpu, memory


def group_usage(workloads: Sequence[Workload], size: int, now: datetime) -> ContainerUsage:
    """What one of `size` equal nodes uses, summed over the pods' profiles."""
    grid = grid_ending(now.timestamp(), window_days=14, step=profiles.STEP_SECONDS)
    times = np.arange(grid.start, grid.end + 1, grid.step, dtype=np.int64)
    cpu, memory = np.zeros(len(times)), np.zeros(len(times))
    for workload in workloads:
        for container in workload.containers:
            key = (workload.namespace, workload.name, container.name)
            profile = profiles.PROFILES.get(key)
            if profile is not None:
                seed = "/".join(key)
                share = workload.replicas / size
                cpu += share * profiles.cpu_millicores(profile, times, seed=seed)
                memory += share * profiles.memory_bytes(profile, times, seed=seed)
    return ContainerUsage(
        cpu=summarise(cpu, grid, peak_share=0.95, source=SOURCE),
        memory=summarise(memory, grid, peak_share=1.0, source=SOURCE),
    )


def day_costs(declared: Declared, day: date) -> Iterator[DailyCost]:
    """Bill lines of machines and disks, and each container's share of the machines."""
    nodes = nodes_of(declared)
    for group in declared.node_groups:
        hourly = sum(
            (n.price_usd_per_hour or Decimal(0) for n in nodes if n.node_group == group.name),
            Decimal(0),
        )
        resource = Resource(cluster=CLUSTER, kind="NodeGroup", name=group.name)
        yield _row(day, resource, "billed", hourly * _HOURS_PER_DAY, team="platform")
    for volume in declared.volumes:
        price = PRICES.volume_price(volume.volume_type, volume.size_gib)
        if price is not None:
            resource = Resource(cluster=CLUSTER, kind="Volume", name=volume_id(volume.name))
            yield _row(
                day, resource, "billed", price.usd_per_month / DAYS_PER_MONTH, team=volume.team
            )
    for workload in declared.workloads:
        yield from _container_costs(workload, PRICES.unit_prices(nodes), day)


def _container_costs(workload: Workload, prices: UnitPrices, day: date) -> Iterator[DailyCost]:
    team = workload.tags.get("team", UNKNOWN_TEAM)
    for container in workload.containers:
        resource = Resource(
            cluster=CLUSTER,
            kind=workload.kind,
            name=workload.name,
            namespace=workload.namespace,
            container=container.name,
        )
        hours = workload.replicas * _HOURS_PER_DAY
        cores = Decimal(container.cpu_request_millicores or 0) / 1000
        gib = Decimal(container.memory_request_bytes or 0) / GIB
        cpu = cores * prices.cpu_usd_per_core_hour * hours
        memory = gib * prices.memory_usd_per_gib_hour * hours
        yield _row(day, resource, "allocated_cpu", cpu, team=team)
        yield _row(day, resource, "allocated_memory", memory, team=team)


def _row(day: date, resource: Resource, category: str, usd: Decimal, *, team: str) -> DailyCost:
    jitter = profiles.daily_jitter(f"{resource.key}/{category}", day.toordinal(), share=0.012)
    return DailyCost(
        day=day,
        resource_key=resource.key,
        category=category,
        effective_cost=(usd * Decimal(str(round(jitter, 6)))).quantize(Decimal("0.000001")),
        cluster=CLUSTER,
        namespace=resource.namespace,
        team=team,
    )


def _volume(volume: DeclaredVolume, now: datetime) -> Volume:
    price = PRICES.volume_price(volume.volume_type, volume.size_gib)
    days = DETACHED_DAYS.get(volume.name, 0)
    return Volume(
        volume_id=volume_id(volume.name),
        name=volume.name,
        cluster=CLUSTER,
        size_gib=volume.size_gib,
        volume_type=volume.volume_type,
        is_attached=volume.is_attached,
        created_at=now - timedelta(days=days + 200),
        detached_since=None if volume.is_attached else now - timedelta(days=days),
        price_usd_per_month=price.usd_per_month if price else None,
        price_source=price.source if price else "",
        team=volume.team,
        tags={"Name": volume.name, "team": volume.team},
    )


def _group_of(workload: Workload) -> str:
    return SEARCH_GROUP if workload.name == "search-index" else "general"


def hash_of(name: str) -> int:
    """A small number that is the same in every process."""
    return int(sum(ord(letter) * 31**place for place, letter in enumerate(name)) % 0xFFFFFFF)
