"""A node's cost, split among the containers on it; what nobody asked for or used is idle.

The rule is that of AWS split cost allocation: a container gets what it reserved or used, whichever
is more; when that is more than the node has, everybody's part shrinks alike and nothing is idle.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

from finops.billing.unit_prices import split_price
from finops.domain.errors import InvalidInput
from finops.domain.money import to_cents
from finops.domain.quantities import GIB

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class NodeCapacity:
    """What the node has: millicores and bytes."""

    cpu_millicores: int
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Demand:
    """What one container reserved and used: millicores and bytes; nothing known is 0."""

    key: str
    cpu_request_millicores: int = 0
    cpu_usage_millicores: int = 0
    memory_request_bytes: int = 0
    memory_usage_bytes: int = 0

    @property
    def cpu_millicores(self) -> int:
        """The larger of request and usage."""
        return max(self.cpu_request_millicores, self.cpu_usage_millicores)

    @property
    def memory_bytes(self) -> int:
        """The larger of request and usage."""
        return max(self.memory_request_bytes, self.memory_usage_bytes)


@dataclass(frozen=True, slots=True)
class Allocation:
    """US dollars by container, and what is left over; together exactly the node's cost in cents."""

    shares_usd: Mapping[str, Decimal]
    idle_usd: Decimal


def allocate_node_cost(
    node_cost_usd: Decimal,
    capacity: NodeCapacity,
    demands: Sequence[Demand],
    *,
    cpu_part_usd: Decimal | None = None,
) -> Allocation:
    """Split a node's cost (rounded to cents) so that shares and idle sum to it exactly.

    `cpu_part_usd` is the part of the cost that is for CPU; by default `split_price` says it. Worked
    line: $1.00, 4 cores and 16 GiB, CPU part $0.69: a container with 1 core and 4 GiB gets
    1/4 × 0.69 + 4/16 × 0.31 = $0.25. Cents go by the largest remainder, ties to the first.

    Raises InvalidInput for a negative cost or demand, a key that comes twice, or a node without
    size.
    """
    _check(node_cost_usd, capacity, demands)
    cost = to_cents(node_cost_usd)
    if cpu_part_usd is None:
        cpu_part_usd, _ = split_price(
            cost,
            cores=Decimal(capacity.cpu_millicores) / 1000,
            gib=Decimal(capacity.memory_bytes) / GIB,
        )
    cpu = _part(cpu_part_usd, capacity.cpu_millicores, [d.cpu_millicores for d in demands])
    memory = _part(cost - cpu_part_usd, capacity.memory_bytes, [d.memory_bytes for d in demands])
    exact = [c + m for c, m in zip(cpu, memory, strict=True)]
    cents = _whole_cents([*exact, Fraction(cost) - sum(exact, Fraction(0))], cost)
    return Allocation(dict(zip((d.key for d in demands), cents, strict=False)), cents[-1])


def _part(usd: Decimal, capacity: int, demanded: Sequence[int]) -> list[Fraction]:
    whole = max(capacity, sum(demanded))
    return [Fraction(usd) * Fraction(one, whole) for one in demanded]


def _whole_cents(exact: Sequence[Fraction], total: Decimal) -> list[Decimal]:
    """Round down to cents, then give the missing cents to the largest remainders (Hamilton)."""
    floors = [int(one * 100 // 1) for one in exact]
    missing = int((total / _CENT).to_integral_value(ROUND_FLOOR)) - sum(floors)
    by_remainder = sorted(range(len(exact)), key=lambda i: floors[i] - exact[i] * 100)
    for index in by_remainder[:missing]:
        floors[index] += 1
    return [floor * _CENT for floor in floors]


def _check(cost: Decimal, capacity: NodeCapacity, demands: Sequence[Demand]) -> None:
    if not cost.is_finite() or cost < 0:
        raise InvalidInput(f"The cost of a node is {cost}; it must be 0 or more.")
    if capacity.cpu_millicores <= 0 or capacity.memory_bytes <= 0:
        raise InvalidInput("A node without CPU or memory cannot have its cost split.")
    keys = [demand.key for demand in demands]
    if len(set(keys)) < len(keys):
        raise InvalidInput("Two containers on one node have the same key; keys must be unique.")
    if any(min(d.cpu_millicores, d.memory_bytes) < 0 for d in demands):
        raise InvalidInput("A container's request or usage is negative.")
