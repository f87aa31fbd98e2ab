"""One cluster whole: what runs, what is declared, what was used, which machines and disks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from finops.domain.errors import InvalidInput, OutsideWorldFailed, WillNeverWork
from finops.domain.estate import (
    EVERYTHING,
    Container,
    Gap,
    Node,
    NodeGroup,
    Snapshot,
    SnapshotPart,
    Workload,
)
from finops.domain.prices import PriceList
from finops.ports import (
    UNHEARD,
    ClusterState,
    ClusterStateSource,
    ContainerKey,
    ContainerUsage,
    DesiredState,
    DesiredStateSource,
    Inventory,
    InventorySource,
    Progress,
    UsageReading,
    UsageSource,
)

MACHINES_AND_DISKS = EVERYTHING - {SnapshotPart.WORKLOADS}
_RUNS = frozenset({SnapshotPart.WORKLOADS, SnapshotPart.NODES})


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateReader:
    """Composes up to four sources into the snapshots of one cluster (SnapshotSource).

    `running` (the Kubernetes API) says what is; `desired` (git) where it is declared. Where only
    one of them is configured it says both. Without either there is nothing to propose, so when the
    one that names the workloads fails, that is raised. Any other failing or missing source becomes
    a gap and the rest is still seen.
    """

    cluster: str
    prices: PriceList
    running: ClusterStateSource | None = None
    desired: DesiredStateSource | None = None
    usage: UsageSource | None = None
    inventory: InventorySource | None = None
    window_days: int = 14
    progress: Progress = UNHEARD

    def snapshot(self, *, now: datetime) -> Snapshot:
        """Read all of them; raises what the source of workloads raises."""
        seen = self._seen(now)
        reading = self._usage(seen.state.workloads, now)
        inventory = self._inventory(now)
        nodes = self._priced(_nodes(seen.state.nodes, inventory.nodes))
        return Snapshot(
            cluster=self.cluster,
            taken_at=now,
            workloads=tuple(with_usage(w, reading) for w in seen.state.workloads),
            nodes=nodes,
            node_groups=_groups(seen.state.node_groups, inventory.node_groups),
            volumes=inventory.volumes,
            pods=seen.state.pods,
            claims=seen.state.claims,
            services=seen.state.services,
            namespaces=seen.state.namespaces,
            cloud_resources=inventory.cloud_resources,
            unit_prices=self.prices.unit_prices(nodes),
            gaps=(*seen.gaps, *seen.state.gaps, *reading.gaps, *inventory.gaps),
        )

    def _seen(self, now: datetime) -> "_Seen":
        if self.running is None:
            desired = self._desired()
            return _Seen(ClusterState(workloads=desired.workloads, gaps=desired.gaps))
        self.progress.step("reading Kubernetes", 0, 0)
        state = self.running.read(now=now)
        if not state.workloads and not state.gaps:
            sentence = f"{self.cluster} lists no workload at all; is it the cluster that is meant?"
            state = replace(state, gaps=(Gap("kubernetes", sentence),))
        if self.desired is None:
            return _Seen(state)
        try:
            declared = self._desired()
        except OutsideWorldFailed as error:
            gap = Gap("git", f"Where workloads are declared is unknown: {error}")
            return _Seen(state, (gap,))
        workloads = with_source_paths(state.workloads, declared.workloads)
        return _Seen(replace(state, workloads=workloads), _of_files(declared.gaps))

    def _desired(self) -> DesiredState:
        if self.desired is None:
            raise WillNeverWork(f"No source of workloads is configured for {self.cluster}.")
        self.progress.step("reading manifests", 0, 0)
        return self.desired.read()

    def _usage(self, workloads: tuple[Workload, ...], now: datetime) -> UsageReading:
        if self.usage is None:
            return UsageReading({}, gaps=(Gap("usage", "No usage source is configured."),))
        self.progress.step("asking for usage", 0, 0)
        try:
            return self.usage.read(workloads, now=now, window_days=self.window_days)
        except (OutsideWorldFailed, InvalidInput) as error:  # a sketch of a newer program
            return UsageReading({}, gaps=(Gap("usage", f"Usage is missing: {error}"),))

    def _inventory(self, now: datetime) -> Inventory:
        if self.inventory is None:
            return Inventory(gaps=(self._no_inventory(),))
        self.progress.step("reading machines and disks", 0, 0)
        try:
            return self.inventory.read(now=now)
        except OutsideWorldFailed as error:
            hidden = MACHINES_AND_DISKS if self.running is None else MACHINES_AND_DISKS - _RUNS
            return Inventory(
                gaps=(Gap("inventory", f"Machines and disks are missing: {error}", hides=hidden),)
            )

    def _no_inventory(self) -> Gap:
        if self.running is None:
            sentence = "No source of machines and disks is configured."
            return Gap("inventory", sentence, hides=MACHINES_AND_DISKS)
        sentence = "No AWS account is configured for this cluster, so its disks are not seen."
        hidden = frozenset({SnapshotPart.VOLUMES, SnapshotPart.CLOUD_RESOURCES})
        return Gap("inventory", sentence, hides=hidden)

    def _priced(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        """What the cluster lists with a price each; the inventory has priced its own."""
        if self.running is None:
            return nodes
        return tuple(with_price(node, self.prices) for node in nodes)


@dataclass(frozen=True, slots=True)
class _Seen:
    state: ClusterState
    gaps: tuple[Gap, ...] = field(default=())


def _of_files(gaps: tuple[Gap, ...]) -> tuple[Gap, ...]:
    """What git does not say of a cluster that says it itself, in one sentence.

    Nothing is hidden by it, and a repository of charts would have hundreds of them.
    """
    if not gaps:
        return ()
    first, more = gaps[0], len(gaps) - 1
    sentence = (
        "Of some workloads the file that declares them, and its owner, may be unknown: "
        f"{first.sentence}"
    )
    return (Gap(first.source, f"{sentence} And {more} more such places." if more else sentence),)


def with_usage(workload: Workload, reading: UsageReading) -> Workload:
    """The workload with what each of its containers used; unmeasured ones stay None."""

    def measured(container: Container) -> Container:
        key: ContainerKey = (*workload.key, container.name)
        found = reading.containers.get(key, ContainerUsage())
        return replace(
            container,
            cpu_usage=found.cpu,
            memory_usage=found.memory,
            stability=found.stability or container.stability,
        )

    return replace(
        workload,
        containers=tuple(measured(c) for c in workload.containers),
        replica_history=reading.replicas.get(workload.key, workload.replica_history),
    )


def with_source_paths(
    running: Iterable[Workload], declared: Iterable[Workload]
) -> tuple[Workload, ...]:
    """Running workloads with the file that declares them, where one does by kind and name."""
    paths = {workload.key: workload.source_path for workload in declared}
    return tuple(
        replace(workload, source_path=paths.get(workload.key, workload.source_path))
        for workload in running
    )


def with_price(node: Node, prices: PriceList) -> Node:
    """The node with what it costs an hour, or as it is when nobody knows its type."""
    if node.price_usd_per_hour is not None or node.price_source or not node.instance_type:
        return node
    price = prices.machine_price(
        node.instance_type,
        region=node.region,
        capacity_type=node.capacity_type or "on-demand",
        instance_id=node.instance_id,
    )
    if price is None:
        return node
    return replace(
        node,
        price_usd_per_hour=price.usd_per_hour,
        price_source=price.source,
        cashable_limit_usd_per_hour=price.cashable_limit_usd_per_hour,
        cashable_reason=price.cashable_reason,
    )


def _nodes(running: tuple[Node, ...], cloud: tuple[Node, ...]) -> tuple[Node, ...]:
    """What the cluster lists, with the cloud's tags and prices; what only the cloud has if alone.

    A machine that is not in the node list runs no pods of this cluster: it is not a node (yet).
    """
    if not running:
        return cloud
    by_id: Mapping[str, Node] = {node.instance_id: node for node in cloud if node.instance_id}
    return tuple(_joined(node, by_id.get(node.instance_id)) for node in running)


def _joined(node: Node, machine: Node | None) -> Node:
    if machine is None:
        return node
    named = replace(
        node,
        tags={**machine.tags, **node.tags},
        node_group=node.node_group or machine.node_group,
    )
    if machine.price_usd_per_hour is None:
        return named
    return replace(
        named,
        price_usd_per_hour=machine.price_usd_per_hour,
        price_source=machine.price_source,
        cashable_limit_usd_per_hour=machine.cashable_limit_usd_per_hour,
        cashable_reason=machine.cashable_reason,
    )


def _groups(running: tuple[NodeGroup, ...], cloud: tuple[NodeGroup, ...]) -> tuple[NodeGroup, ...]:
    """The cloud's groups, whose sizes are declared, then those that only the cluster shows."""
    named = {group.name for group in cloud}
    return (*cloud, *(group for group in running if group.name not in named))
