"""A node group under judgement: what its pods ask for and use, and how few nodes hold that."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from finops.domain.estate import UNKNOWN_TEAM, Node, NodeGroup, UsageSummary
from finops.domain.money import HOURS_PER_MONTH, to_cents
from finops.domain.prices import cashable_part
from finops.rightsizing.packing.drains import GroupDrain
from finops.rightsizing.packing.from_snapshot import allocatable, max_pods
from finops.rightsizing.packing.model import CPU, MEMORY

FILL_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class GroupUse:
    """One resource of a group, in millicores or bytes.

    `allocatable` is what the smallest node offers; `peak` the sum of the nodes' maxima, which is
    never under the true peak of the sum; None when a node was not measured.
    """

    allocatable: int
    requested: int
    peak: float | None
    daily_peaks: tuple[float, ...]
    window_days: float
    source: str

    def room_on(self, nodes: int) -> float:
        """What `nodes` may hold: 80 % of what they offer."""
        return nodes * self.allocatable * FILL_SHARE

    @property
    def nodes_needed_by_use(self) -> int:
        """The fewest nodes whose room covers the peak of usage alone."""
        return math.ceil((self.peak or 0) / self.room_on(1) - 1e-9)

    @property
    def nodes_needed(self) -> int:
        """The fewest nodes whose room covers requests and peak."""
        return math.ceil(max(self.requested, self.peak or 0) / self.room_on(1) - 1e-9)


@dataclass(frozen=True, slots=True)
class GroupCase:
    """A declared group with the nodes that were seen of it.

    Where pods were seen too, `drain` is what simulating their places found, and `blocked` names
    the nodes that must stay with every reason; both stay empty in a coarse estimate.
    """

    group: NodeGroup
    nodes: tuple[Node, ...]
    drain: GroupDrain | None = None
    blocked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    losing_files: int = 0

    @property
    def cpu(self) -> GroupUse:
        """CPU in millicores."""
        return _use(
            self.nodes,
            lambda n: allocatable(n)[CPU],
            lambda n: n.requested_cpu_millicores,
            lambda n: n.cpu_usage,
        )

    @property
    def memory(self) -> GroupUse:
        """Memory in bytes."""
        return _use(
            self.nodes,
            lambda n: allocatable(n)[MEMORY],
            lambda n: n.requested_memory_bytes,
            lambda n: n.memory_usage,
        )

    @property
    def is_usage_known(self) -> bool:
        """Whether every node was measured for both resources."""
        return self.cpu.peak is not None and self.memory.peak is not None

    @property
    def price_usd_per_month(self) -> Decimal:
        """Of the group's cheapest node, because nobody knows which one leaves: price × 730."""
        prices = [n.price_usd_per_hour for n in self.nodes if n.price_usd_per_hour is not None]
        return to_cents(min(prices) * HOURS_PER_MONTH) if prices else Decimal(0)

    def cashable_usd_per_month(self, leaving: int) -> Decimal:
        """What the bill loses now when that many leave; the rest of it frees commitments.

        A node's limit (see `MachinePrice`) is on all that leaves at once, so the tightest counts.
        Three of $0.06 an hour leave, limit $0.10: 0.10 × 730 = $73 of $131.40.
        """
        whole = self.price_usd_per_month * leaving
        limits = [
            node.cashable_limit_usd_per_hour
            for node in self.nodes
            if node.cashable_limit_usd_per_hour is not None
        ]
        limit = to_cents(min(limits) * HOURS_PER_MONTH) if limits else None
        return cashable_part(whole, limit)

    @property
    def team(self) -> str:
        """The team that all nodes name, else unknown."""
        teams = {node.team for node in self.nodes}
        return teams.pop() if len(teams) == 1 else UNKNOWN_TEAM

    @property
    def tags(self) -> Mapping[str, str]:
        """The tags of all nodes; differing values of a key are joined by commas."""
        values: dict[str, list[str]] = {}
        for node in self.nodes:
            for key, value in node.tags.items():
                seen = values.setdefault(key, [])
                if value not in seen:
                    seen.append(value)
        return {key: ",".join(seen) for key, seen in sorted(values.items())}

    @property
    def max_pods(self) -> int:
        """The fewest pods a node of the group may run, see `max_pods`."""
        return max(1, min((max_pods(node) for node in self.nodes), default=1))


def nodes_needed(case: GroupCase) -> int:
    """The fewest nodes that hold the group's CPU, memory and pods; at least 1.

    With pods the simulation has placed what they ask for, and usage at its peak must fit too.
    """
    if case.drain is not None:
        by_use = max(case.cpu.nodes_needed_by_use, case.memory.nodes_needed_by_use)
        return max(1, len(case.nodes) - case.drain.leaving, by_use)
    pods = sum(node.pods for node in case.nodes)
    by_pods = -(-pods // case.max_pods)
    return max(1, case.cpu.nodes_needed, case.memory.nodes_needed, by_pods)


def blockers_sentence(case: GroupCase) -> str:
    """Who must not be drained and why, three named, and what would help."""
    blocked = case.blocked or {n.name: n.blockers for n in case.nodes if n.blockers}
    reasons = list(blocked.items())
    named = "; ".join(f"{name}: {', '.join(said[:3])}" for name, said in reasons[:3])
    more = f"; and {len(reasons) - 3} more" if len(reasons) > 3 else ""
    return (
        f"{len(reasons)} of {len(case.nodes)} nodes must not be drained ({named}{more}). The cloud "
        "chooses which node leaves, so clear what blocks them first."
    )


def _use(
    nodes: Sequence[Node],
    allocatable_of: Callable[[Node], int],
    requested_of: Callable[[Node], int],
    usage_of: Callable[[Node], UsageSummary | None],
) -> GroupUse:
    usages = [usage for node in nodes if (usage := usage_of(node)) is not None]
    is_whole = bool(usages) and len(usages) == len(nodes)
    # Days are lined up from the newest; the shortest history decides how many there are.
    days = min((len(usage.daily_peaks) for usage in usages), default=0) if is_whole else 0
    return GroupUse(
        allocatable=max(1, min((allocatable_of(node) for node in nodes), default=1)),
        requested=sum(requested_of(node) for node in nodes),
        peak=sum(usage.maximum for usage in usages) if is_whole else None,
        daily_peaks=tuple(
            sum(usage.daily_peaks[-day] for usage in usages) for day in range(days, 0, -1)
        ),
        window_days=min((usage.window_days for usage in usages), default=0) if is_whole else 0,
        source=usages[0].source if usages else "",
    )
