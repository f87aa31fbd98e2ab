"""Bundled price facts: common EC2 types and EBS, us-east-1, with their source in every answer.

EC2 Linux on-demand prices are linear inside a family: `m5.4xlarge` is 8 × `m5.large`. So the table
holds one price and one memory size a family (its `large`), and the sizes as multiples of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

from finops.domain.estate import Node, UnitPrices
from finops.domain.prices import DEFAULT_UNIT_PRICES, MachinePrice, VolumePrice
from finops.domain.quantities import GIB

EC2_SOURCE = "AWS public on-demand price list, us-east-1, July 2026"
EBS_SOURCE = "AWS public EBS price list, us-east-1, July 2026"

_CPU_WEIGHT = DEFAULT_UNIT_PRICES.cpu_usd_per_core_hour
_MEMORY_WEIGHT = DEFAULT_UNIT_PRICES.memory_usd_per_gib_hour

# Half of a `large`, a quarter, and so on. Only burstable families go below `medium`.
_TINY: Mapping[str, Decimal] = MappingProxyType(
    {"nano": Decimal("0.0625"), "micro": Decimal("0.125"), "small": Decimal("0.25")}
)
_MEDIUM: Mapping[str, Decimal] = MappingProxyType({"medium": Decimal("0.5")})
_UP_TO_2X: Mapping[str, Decimal] = MappingProxyType(
    {"large": Decimal(1), "xlarge": Decimal(2), "2xlarge": Decimal(4)}
)
_BIG: Mapping[str, Decimal] = MappingProxyType(
    {f"{n}xlarge": Decimal(2 * n) for n in (4, 8, 12, 16)}
)
_BURSTABLE = {**_TINY, **_MEDIUM, **_UP_TO_2X}
_X86 = {**_UP_TO_2X, **_BIG, "24xlarge": Decimal(48)}
_GRAVITON = {**_MEDIUM, **_UP_TO_2X, **_BIG}
# The fifth compute generation has its own steps: 9 and 18 instead of 8 and 16.
_C5 = {**_UP_TO_2X} | {f"{n}xlarge": Decimal(2 * n) for n in (4, 9, 12, 18, 24)}


@dataclass(frozen=True, slots=True)
class _Family:
    """A family by its `large`: US dollars an hour, GiB, and its sizes as multiples of `large`."""

    usd_per_hour: Decimal
    memory_gib: int
    sizes: Mapping[str, Decimal]
    is_burstable: bool = False


def _general(usd: str, sizes: Mapping[str, Decimal]) -> _Family:
    return _Family(Decimal(usd), 8, sizes)


def _compute(usd: str, sizes: Mapping[str, Decimal]) -> _Family:
    return _Family(Decimal(usd), 4, sizes)


def _memory(usd: str, sizes: Mapping[str, Decimal]) -> _Family:
    return _Family(Decimal(usd), 16, sizes)


def _burstable(usd: str) -> _Family:
    return _Family(Decimal(usd), 8, _BURSTABLE, is_burstable=True)


_FAMILIES: Mapping[str, _Family] = MappingProxyType(
    {
        "t3": _burstable("0.0832"),
        "t3a": _burstable("0.0752"),
        "t4g": _burstable("0.0672"),
        "m5": _general("0.096", _X86),
        "m5a": _general("0.086", _X86),
        "m6i": _general("0.096", _X86),
        "m6g": _general("0.077", _GRAVITON),
        "m7i": _general("0.1008", _X86),
        "m7g": _general("0.0816", _GRAVITON),
        "c5": _compute("0.085", _C5),
        "c6i": _compute("0.085", _X86),
        "c6g": _compute("0.068", _GRAVITON),
        "c7i": _compute("0.08925", _X86),
        "c7g": _compute("0.0725", _GRAVITON),
        "r5": _memory("0.126", _X86),
        "r6i": _memory("0.126", _X86),
        "r6g": _memory("0.1008", _GRAVITON),
        "r7i": _memory("0.1323", _X86),
        "r7g": _memory("0.1071", _GRAVITON),
    }
)

_EBS_USD_PER_GIB_MONTH: Mapping[str, Decimal] = MappingProxyType(
    {
        "gp2": Decimal("0.10"),
        "gp3": Decimal("0.08"),
        "io1": Decimal("0.125"),
        "io2": Decimal("0.125"),
        "st1": Decimal("0.045"),
        "sc1": Decimal("0.015"),
        "standard": Decimal("0.05"),
    }
)


def known_instance_types() -> tuple[str, ...]:
    """Every instance type the bundled list has a price for, family by family."""
    return tuple(f"{name}.{size}" for name, f in _FAMILIES.items() for size in f.sizes)


def node_price(instance_type: str) -> MachinePrice | None:
    """Size and US dollars an hour of an EC2 type, or None for an unknown one.

    `m5.4xlarge`: 8 × 0.096 = 0.768 $/h, 8 × 2 = 16 vCPU, 8 × 8 = 64 GiB. Burstable types keep 2
    vCPU up to `large`. AWS prints at most five decimals; a `medium` is rounded to four, halves up
    (`c7g.medium`: 0.0725 ÷ 2 = 0.03625 → 0.0363).
    """
    family_name, _, size = instance_type.partition(".")
    family = _FAMILIES.get(family_name)
    if family is None or size not in family.sizes:
        return None
    multiple = family.sizes[size]
    vcpu = max(multiple, Decimal(1)) * 2 if family.is_burstable else multiple * 2
    return MachinePrice(
        instance_type=instance_type,
        vcpu=int(vcpu),
        memory_gib=(family.memory_gib * multiple).normalize() + 0,
        usd_per_hour=_as_printed(family.usd_per_hour * multiple, size),
        source=EC2_SOURCE,
    )


def volume_price(volume_type: str, size_gib: int) -> VolumePrice | None:
    """US dollars a month for the storage of an EBS volume, or None for an unknown type.

    100 GiB of gp3: 100 × 0.08 = 8.00. Provisioned IOPS and throughput are not included, so a
    saving computed from this is never too large; the source sentence says so.
    """
    rate = _EBS_USD_PER_GIB_MONTH.get(volume_type)
    if rate is None:
        return None
    return VolumePrice(
        rate * size_gib, f"{EBS_SOURCE}: {rate} $/GiB-month for {volume_type}, storage only"
    )


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


def _unit_source(priced: Sequence[Node], total: int) -> str:
    origins = "; ".join(sorted({n.price_source for n in priced if n.price_source}))
    return (
        f"{len(priced)} of {total} nodes by {origins or 'their given prices'}, split between CPU "
        "and memory in the ratio of OpenCost's default rates"
    )


def _as_printed(usd: Decimal, size: str) -> Decimal:
    if size == "medium":
        return usd.quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return usd.normalize() + 0
