"""Sizes and on-demand prices of common EC2 types, Linux, us-east-1, as AWS printed them July 2026.

Prices are linear inside a family: `m5.4xlarge` is 8 × `m5.large`. So the table holds one price a
family (its `large`) and the sizes as multiples of it; graphics types, which are not linear, stand
one by one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Ec2Type:
    """One type: vCPU, GiB, and US dollars an hour on demand."""

    vcpu: int
    memory_gib: Decimal
    usd_per_hour: Decimal


def _xlarge(*sizes: int) -> dict[str, Decimal]:
    return {f"{n}xlarge" if n > 1 else "xlarge": Decimal(2 * n) for n in sizes}


_LARGE = {"large": Decimal(1)}
_MEDIUM = {"medium": Decimal("0.5")} | _LARGE
_UP_TO_16 = _LARGE | _xlarge(1, 2, 4, 8, 12, 16)
_UP_TO_24 = _UP_TO_16 | _xlarge(24)
_UP_TO_32 = _UP_TO_24 | _xlarge(32)
_GRAVITON = _MEDIUM | _UP_TO_16
_GRAVITON_48 = _GRAVITON | _xlarge(24, 48)
_AMD_48 = _UP_TO_32 | _xlarge(48)
_INTEL_48 = _UP_TO_24 | _xlarge(48)
_INTEL_96 = _UP_TO_32 | _xlarge(48, 96)
_DENSE = _LARGE | _xlarge(1, 2, 3, 6, 12)
_BURSTABLE = (
    {"nano": Decimal("0.0625"), "micro": Decimal("0.125"), "small": Decimal("0.25")}
    | _MEDIUM
    | _xlarge(1, 2)
)

# (GiB of a `large`, sizes, price of a `large` by family)
_GENERAL, _COMPUTE, _MEMORY = "8", "4", "16"
_GROUPS: tuple[tuple[str, Mapping[str, Decimal], str], ...] = (
    (_GENERAL, _BURSTABLE, "t3 0.0832  t3a 0.0752  t4g 0.0672"),
    (_GENERAL, _LARGE | _xlarge(1, 2, 4, 10, 16), "m4 0.1"),
    (
        _GENERAL,
        _UP_TO_24,
        "m5 0.096  m5a 0.086  m5ad 0.103  m5d 0.113  m5dn 0.136  m5n 0.119",
    ),
    (_GENERAL, _UP_TO_32, "m6i 0.096  m6id 0.11865  m6idn 0.15912  m6in 0.13923"),
    (_GENERAL, _AMD_48, "m6a 0.0864"),
    (_GENERAL, _AMD_48 | _MEDIUM, "m7a 0.11592"),
    (_GENERAL, _INTEL_48, "m7i 0.1008"),
    (_GENERAL, _INTEL_96, "m8i 0.10584"),
    (_GENERAL, _UP_TO_16, "m7i-flex 0.09576  m8i-flex 0.10055"),
    (_GENERAL, _GRAVITON, "m6g 0.077  m6gd 0.0904  m7g 0.0816"),
    (_GENERAL, _GRAVITON_48, "m8a 0.12172  m8g 0.08976  m8gd 0.11532"),
    # The fifth compute generation has its own steps: 9 and 18 instead of 8 and 16.
    (_COMPUTE, _LARGE | _xlarge(1, 2, 4, 9, 12, 18, 24), "c5 0.085  c5d 0.096"),
    ("5.25", _LARGE | _xlarge(1, 2, 4), "c5n 0.108"),
    (_COMPUTE, _UP_TO_24, "c5a 0.077  c5ad 0.086"),
    (_COMPUTE, _UP_TO_32, "c6i 0.085  c6id 0.1008  c6in 0.1134"),
    (_COMPUTE, _AMD_48, "c6a 0.0765"),
    (_COMPUTE, _AMD_48 | _MEDIUM, "c7a 0.10264"),
    (_COMPUTE, _INTEL_48, "c7i 0.08925"),
    (_COMPUTE, _INTEL_96, "c8i 0.09371"),
    (_COMPUTE, _UP_TO_16, "c8i-flex 0.08902"),
    (_COMPUTE, _GRAVITON, "c6g 0.068  c6gd 0.0768  c6gn 0.0864  c7g 0.0725  c7gn 0.1248"),
    (_COMPUTE, _GRAVITON_48, "c8a 0.10777  c8g 0.07976  c8gd 0.09798"),
    ("15.25", _LARGE | _xlarge(1, 2, 4, 8, 16), "r4 0.133  i3 0.156"),
    (
        _MEMORY,
        _UP_TO_24,
        "r5 0.126  r5a 0.113  r5ad 0.131  r5b 0.149  r5d 0.144  r5dn 0.167  r5n 0.149",
    ),
    (_MEMORY, _UP_TO_32, "r6i 0.126  r6id 0.1512  r6idn 0.19539  r6in 0.17433"),
    (_MEMORY, _AMD_48, "r6a 0.1134"),
    (_MEMORY, _AMD_48 | _MEDIUM, "r7a 0.15215"),
    (_MEMORY, _INTEL_48, "r7i 0.1323"),
    (_MEMORY, _INTEL_96, "r8i 0.13892"),
    (_MEMORY, _UP_TO_16, "r8i-flex 0.13197"),
    (_MEMORY, _GRAVITON, "r6g 0.1008  r6gd 0.1152  r7g 0.1071"),
    (_MEMORY, _GRAVITON_48, "r8a 0.15976  r8g 0.11782  r8gd 0.14696"),
    ("32", _GRAVITON, "x2gd 0.167"),
    (_MEMORY, _DENSE, "z1d 0.186"),
    (_MEMORY, _DENSE | _xlarge(24), "i3en 0.226"),
    (_MEMORY, _UP_TO_24 | _xlarge(48), "i8g 0.1716"),
)

# type: vCPU, GiB, $/h
_SINGLE = """
t2.nano 1 0.5 0.0058      t2.micro 1 1 0.0116      t2.small 1 2 0.023       t2.medium 2 4 0.0464
t2.large 2 8 0.0928       t2.xlarge 4 16 0.1856    t2.2xlarge 8 32 0.3712
c4.large 2 3.75 0.1       c4.xlarge 4 7.5 0.199    c4.2xlarge 8 15 0.398    c4.4xlarge 16 30 0.796
c4.8xlarge 36 60 1.591    c5n.9xlarge 36 96 1.944  c5n.18xlarge 72 192 3.888
g4dn.xlarge 4 16 0.526    g4dn.2xlarge 8 32 0.752  g4dn.4xlarge 16 64 1.204
g4dn.8xlarge 32 128 2.176 g4dn.12xlarge 48 192 3.912 g4dn.16xlarge 64 256 4.352
g5.xlarge 4 16 1.006      g5.2xlarge 8 32 1.212    g5.4xlarge 16 64 1.624   g5.8xlarge 32 128 2.448
g5.12xlarge 48 192 5.672  g5.16xlarge 64 256 4.096 g5.24xlarge 96 384 8.144
g5.48xlarge 192 768 16.288
g6.xlarge 4 16 0.8048     g6.2xlarge 8 32 0.9776   g6.4xlarge 16 64 1.3232  g6.8xlarge 32 128 2.0144
g6.12xlarge 48 192 4.6016 g6.16xlarge 64 256 3.3968 g6.24xlarge 96 384 6.6752
g6.48xlarge 192 768 13.3504
"""


def _in_families() -> Iterator[tuple[str, Ec2Type]]:
    for gib, sizes, families in _GROUPS:
        words = families.split()
        for family, usd in zip(words[::2], words[1::2], strict=True):
            for size, multiple in sizes.items():
                # Burstable types keep 2 vCPU below `large`; Graviton's `medium` has 1.
                vcpu = max(multiple, Decimal(1)) * 2 if sizes is _BURSTABLE else multiple * 2
                yield (
                    f"{family}.{size}",
                    Ec2Type(
                        int(vcpu),
                        (Decimal(gib) * multiple).normalize() + 0,
                        _as_printed(Decimal(usd) * multiple, family, size),
                    ),
                )


def _as_printed(usd: Decimal, family: str, size: str) -> Decimal:
    """AWS prints a Graviton `medium` of the seventh and earlier generations with four decimals."""
    if size == "medium" and family in ("c7g", "r7g"):
        usd = usd.quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return usd.quantize(Decimal("0.00001"), ROUND_HALF_UP).normalize() + 0


def _one_by_one() -> Iterator[tuple[str, Ec2Type]]:
    words = _SINGLE.split()
    for name, vcpu, gib, usd in zip(*(words[n::4] for n in range(4)), strict=True):
        yield name, Ec2Type(int(vcpu), Decimal(gib), Decimal(usd))


# `m5.4xlarge`: 8 × 0.096 = 0.768 $/h, 8 × 2 = 16 vCPU, 8 × 8 = 64 GiB.
EC2_TYPES: Mapping[str, Ec2Type] = MappingProxyType({**dict(_in_families()), **dict(_one_by_one())})
