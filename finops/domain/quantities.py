"""Kubernetes quantities: CPU in whole millicores, memory in whole bytes.

Source: the Kubernetes API convention for `resource.Quantity`
(decimal suffixes n, u, m, k, M, G, T, P, E and binary suffixes Ki … Ei).
"""

import re
from decimal import ROUND_CEILING, Decimal

from finops.domain.errors import InvalidInput

MIB = 1024**2
GIB = 1024**3

# A node with 10,000 cores or 1 PiB does not exist; such a figure is a unit mistake.
MAX_CPU_MILLICORES = 10_000_000
MAX_MEMORY_BYTES = 1024**5

_DECIMAL = {"n": "1e-9", "u": "1e-6", "m": "1e-3", "": "1", "k": "1e3", "M": "1e6"} | {
    "G": "1e9",
    "T": "1e12",
    "P": "1e15",
    "E": "1e18",
}
_SUFFIXES = {suffix: Decimal(text) for suffix, text in _DECIMAL.items()} | {
    f"{letter}i": Decimal(1024**power) for power, letter in enumerate("KMGTPE", start=1)
}
_QUANTITY = re.compile(
    r"([0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})([a-zA-Z]{0,2}|[eE][+-]?[0-9]{1,2})"
)


def parse_cpu_millicores(text: str) -> int:
    """Read a CPU quantity: `"250m"` → 250, `"1.5"` → 1500; rounds up to a whole millicore.

    Raises InvalidInput naming the text when it is malformed, negative or absurdly large.
    """
    millicores = int((_parse(text, "CPU") * 1000).to_integral_value(ROUND_CEILING))
    if millicores > MAX_CPU_MILLICORES:
        raise InvalidInput(f"CPU quantity {text!r} is over 10,000 cores; check its unit.")
    return millicores


def parse_memory_bytes(text: str) -> int:
    """Read a memory quantity: `"128Mi"` → 134217728, `"1G"` → 1000000000.

    Raises InvalidInput naming the text when it is malformed, negative or absurdly large.
    """
    size = int(_parse(text, "memory").to_integral_value(ROUND_CEILING))
    if size > MAX_MEMORY_BYTES:
        raise InvalidInput(f"Memory quantity {text!r} is over 1 PiB; check its unit.")
    return size


def parse_number(text: str) -> float:
    """Read a quantity without a unit of its own: `"500m"` → 0.5, `"2k"` → 2000.0.

    Raises InvalidInput naming the text when it is malformed, negative or over 1e18.
    """
    number = _parse(text, "The")
    if number > Decimal("1e18"):
        raise InvalidInput(f"The quantity {text[:40]!r} is over 1e18; check its unit.")
    return float(number)


def format_cpu(millicores: int) -> str:
    """Write millicores the way people write them in manifests: 250 → `250m`, 2000 → `2`."""
    return str(millicores // 1000) if millicores % 1000 == 0 and millicores else f"{millicores}m"


def format_memory(size_bytes: int) -> str:
    """Write bytes with the largest binary suffix that keeps it whole: 134217728 → `128Mi`."""
    for power, letter in ((4, "T"), (3, "G"), (2, "M"), (1, "K")):
        unit = 1024**power
        if size_bytes >= unit and size_bytes % unit == 0:
            return f"{size_bytes // unit}{letter}i"
    return str(size_bytes)


def _parse(text: str, what: str) -> Decimal:
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        raise InvalidInput(
            f"{what} quantity {text[:40]!r} is not a Kubernetes quantity such as 250m, 0.5, 128Mi."
        )
    number, suffix = match.groups()
    if suffix[:1] in ("e", "E") and len(suffix) > 1 and suffix != "Ei":
        return Decimal(number + suffix)
    if suffix not in _SUFFIXES:
        raise InvalidInput(f"{what} quantity {text[:40]!r} has the unknown unit {suffix!r}.")
    return Decimal(number) * _SUFFIXES[suffix]
