"""How learnt prices look on a terminal and as JSON: a type, a region and a way of paying a line."""

import textwrap
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from finops.domain.billed_rates import BillRates, OptionRate
from finops.domain.checks import Check

Line = list[tuple[str, str]]
_QUIET = "bright_black"
_UNKNOWN = "–"


def price_lines(rates: BillRates, check: Check, *, width: int) -> list[Line]:
    """The table, the most used first, and what it rests on."""
    lines: list[Line] = []
    if rates.options:
        rows = [_row(option) for option in rates.options]
        sizes = [max(len(row[column]) for row in (_HEAD, *rows)) for column in range(len(_HEAD))]
        lines = [_line(_HEAD, sizes, _QUIET)]
        lines += [
            _line(row, sizes, _QUIET if option.usd_per_hour is None else "")
            for row, option in zip(rows, rates.options, strict=True)
        ]
        lines += [[]]
    said = f"{check.detail} {check.fix}".strip()
    return [*lines, *([(line, _QUIET)] for line in textwrap.wrap(said, width))]


_HEAD = ("TYPE", "REGION", "PAID", "$/HOUR", "UNDER LIST", "HOURS", "MACHINES", "DAYS")
_TO_THE_RIGHT = range(3, 7)


def _row(option: OptionRate) -> tuple[str, ...]:
    return (
        option.instance_type,
        option.region or _UNKNOWN,
        option.pricing.value,
        _UNKNOWN if option.usd_per_hour is None else f"{option.usd_per_hour:.4f}",
        _under_list(option),
        f"{option.hours:,.0f}",
        f"{option.machines:,}",
        f"{option.first_day} to {option.last_day}" if not option.why_not else option.why_not,
    )


def _under_list(option: OptionRate) -> str:
    if option.usd_per_hour is None or not option.list_usd_per_hour:
        return _UNKNOWN
    return f"{(1 - option.usd_per_hour / option.list_usd_per_hour) * 100:.0f} %"


def _line(row: tuple[str, ...], sizes: list[int], style: str) -> Line:
    cells = (
        f"{cell:>{size}}" if column in _TO_THE_RIGHT else f"{cell:{size}}"
        for column, (cell, size) in enumerate(zip(row, sizes, strict=True))
    )
    return [("  ".join(cells).rstrip(), style)]


def as_json(rates: BillRates) -> Mapping[str, Any]:
    """`{"newest_day", "why_none", "rates": [{type, region, paid, usd_per_hour, ...}]}`.

    Dollars are text with all their decimals; `usd_per_hour` is null where `why_not` says why.
    """
    return {
        "newest_day": rates.newest_day.isoformat() if rates.newest_day else None,
        "why_none": rates.why_none,
        "rates": [
            {
                "type": option.instance_type,
                "region": option.region,
                "paid": option.pricing.value,
                "usd_per_hour": _text(option.usd_per_hour),
                "list_usd_per_hour": _text(option.list_usd_per_hour),
                "hours": float(option.hours),
                "machines": option.machines,
                "first_day": option.first_day.isoformat(),
                "last_day": option.last_day.isoformat(),
                "why_not": option.why_not,
            }
            for option in rates.options
        ],
    }


def _text(usd: Decimal | None) -> str | None:
    return None if usd is None else f"{usd:.10f}".rstrip("0").rstrip(".")
