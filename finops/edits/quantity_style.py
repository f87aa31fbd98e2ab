"""Write a quantity the way the file already writes it: `0.2` stays in cores, `2Gi` in Gi."""

import re
from decimal import Decimal

from finops.domain.quantities import MIB, format_cpu, format_memory

_WRITTEN = re.compile(r"([0-9]*)(\.[0-9]*)?([a-zA-Z]*)")
_MEMORY_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12} | {
    f"{letter}i": 1024**power for power, letter in enumerate("KMGT", start=1)
}
# 0.125Gi is read at a glance, 0.1171875Gi is not.
_MAX_DECIMALS = 3


def cpu_like(written: str, millicores: int) -> str:
    """Millicores in the style of `written`: `0.5` → `0.12`, `500m` → `120m`, else the usual form.

    A whole number of cores has no style for part of a core: `2` → `1500m`.
    """
    match = _WRITTEN.fullmatch(written)
    if match is None:
        return format_cpu(millicores)
    _, decimals, unit = match.groups()
    if unit == "m" and not decimals:
        return f"{millicores}m"
    if not unit and decimals is not None:
        return _plain(Decimal(millicores) / 1000)
    return format_cpu(millicores)


def memory_like(written: str, size_bytes: int) -> str:
    """Bytes in the unit of `written` when that is exact, else in Mi, else the usual form.

    `2Gi` → `1536Mi` for 1.5 GiB, because whole numbers stay whole; `0.5Gi` → `0.25Gi`.
    """
    match = _WRITTEN.fullmatch(written)
    unit = match.group(3) if match else None
    if match is not None and unit in _MEMORY_UNITS:
        amount = Decimal(size_bytes) / _MEMORY_UNITS[unit]
        if amount == amount.to_integral_value():
            return f"{amount:f}{unit}"
        if match.group(2) and -int(amount.normalize().as_tuple().exponent) <= _MAX_DECIMALS:
            return f"{_plain(amount)}{unit}"
    if size_bytes % MIB == 0:
        return f"{size_bytes // MIB}Mi"
    return format_memory(size_bytes)


def _plain(amount: Decimal) -> str:
    """A decimal without exponent or trailing zeros."""
    return f"{amount.normalize():f}"
