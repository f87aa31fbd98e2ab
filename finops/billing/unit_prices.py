"""What a core-hour and a GiB-hour cost on machines whose price is known: one formula. Pure."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from finops.domain.estate import Node, UnitPrices
from finops.domain.prices import DEFAULT_UNIT_PRICES
from finops.domain.quantities import GIB

_CPU_WEIGHT = DEFAULT_UNIT_PRICES.cpu_usd_per_core_hour
_MEMORY_WEIGHT = DEFAULT_UNIT_PRICES.memory_usd_per_gib_hour


def split_price(usd: Decimal, *, cores: Decimal, gib: Decimal) -> tuple[Decimal, Decimal]:
    """A machine's price as (CPU part, memory part); the two sum to `usd` exactly.

    One formula for the whole program: parts stand to each other as cores × 0.031611 to GiB ×
    0.004237 (OpenCost's default rates). m5.large, 0.096 $/h: 2 × 0.031611 = 0.063222 against
    8 × 0.004237 = 0.033896, so CPU is 65.1 %: 0.0625 $ and memory 0.0335 $.
    """
    cpu_weight, memory_weight = cores * _CPU_WEIGHT, gib * _MEMORY_WEIGHT
    if not cpu_weight + memory_weight:
        return usd, Decimal(0)
    cpu_part = (usd * cpu_weight / (cpu_weight + memory_weight)).quantize(Decimal("1e-12"))
    return cpu_part, usd - cpu_part


def unit_prices(nodes: Sequence[Node]) -> UnitPrices:
    """What a core-hour and a GiB-hour cost on these nodes; the defaults when none has a price.

    All priced nodes are taken as one machine and split by `split_price`, so cores × rate plus
    GiB × rate is what the nodes cost. Three m5.large: 0.1875 $ ÷ 6 cores = 0.03126 $/core-hour.
    """
    priced = [n for n in nodes if n.price_usd_per_hour and n.cpu_millicores and n.memory_bytes]
    if not priced:
        return DEFAULT_UNIT_PRICES
    cores = Decimal(sum(n.cpu_millicores for n in priced)) / 1000
    gib = Decimal(sum(n.memory_bytes for n in priced)) / GIB
    usd = sum((n.price_usd_per_hour or Decimal(0) for n in priced), Decimal(0))
    cpu_part, memory_part = split_price(usd, cores=cores, gib=gib)
    return UnitPrices(cpu_part / cores, memory_part / gib, _unit_source(priced, len(nodes)))


def origins_of(sources: Iterable[str]) -> list[str]:
    """The different origins of many prices, sorted; what the bill says of each machine is one."""
    return sorted({"bill" if s.startswith("bill: ") else s for s in sources if s})


def _unit_source(priced: Sequence[Node], total: int) -> str:
    origins = "; ".join(origins_of([n.price_source for n in priced]))
    return (
        f"{len(priced)} of {total} nodes by {origins or 'their given prices'}, split between CPU "
        "and memory in the ratio of OpenCost's default rates"
    )
