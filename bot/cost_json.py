"""The shape of `finops cost --json`: documented here, and only ever added to.

    {"period": {"start", "end"},            days, the end not included
     "previous": {"start", "end"} or null,  what it is compared with
     "by", "scope": {dimension: name},      of the question
     "year_before": {"start", "end"} or null,
     "currencies": [{"currency", "total", "billed", "previous_total", "year_before_total",
                     "change": {"total", "price", "usage", "mix", "unmetered", "idle"},
                     "lines": [{"name", "category", "cost", "previous", "change"}],
                     "days": [{"day", "cost", "billed"}],
                     "bill": {"effective", "difference"}}],
     "unit_costs": [{"name", "per", "scope", "currency", "cost", "previous", "days", "reason"}],
     "billed_until", "is_final", "missing_days": [], "source", "receipt", "forecast", "notes": []}

Money is text with six decimals, so that it adds up exactly; `category` is null for a name, else
`idle`, `shared` or `unallocated`. `difference` is the lines' sum minus the bill's own total: 0.
Where a display currency other than US dollars is set there is also

     "display": {"code", "per_usd", "as_of", "currencies", "unit_costs", "forecast"}

with what was billed in dollars in that currency.
"""

from decimal import Decimal
from typing import Any

from finops.billing.cost_report import CostLine, CostReport, CostTable
from finops.billing.periods import DayRange
from finops.billing.trend import Change
from finops.billing.unit_cost import UnitCost
from finops.reports.display_columns import rate_json


def as_json(report: CostReport, *, shown: CostReport | None = None) -> dict[str, Any]:
    """The whole report as billed; `shown` is the same in the display currency."""
    values = _as_json(report)
    if shown is None:
        return values
    told = _as_json(shown)
    kept = ("currencies", "unit_costs", "forecast")
    return values | {
        "display": {**rate_json(shown.currency), **{name: told[name] for name in kept}}
    }


def _as_json(report: CostReport) -> dict[str, Any]:
    is_compared = not report.not_compared and bool(report.tables)
    return {
        "period": _days(report.period),
        "previous": _days(report.previous) if is_compared else None,
        "year_before": _days(report.period.a_year_before()) if report.year_before else None,
        "by": report.question.by.value,
        "scope": {by.value: name for by, name in report.question.scope.items()},
        "currencies": [
            _table(table, report.year_before.get(table.currency), is_compared=is_compared)
            for table in report.tables
        ],
        "unit_costs": [_unit(unit) for unit in report.unit_costs],
        "billed_until": report.billed_until.isoformat() if report.billed_until else None,
        "is_final": report.is_final,
        "missing_days": [day.isoformat() for day in report.missing],
        "source": report.source,
        "receipt": report.receipt,
        "forecast": report.forecast,
        "notes": [note for note in (report.not_compared, report.teaching) if note],
    }


def _table(table: CostTable, year_before: Decimal | None, *, is_compared: bool) -> dict[str, Any]:
    change = table.trend.change
    return {
        "currency": table.currency,
        "total": _money(table.total),
        "billed": _money(table.billed),
        "previous_total": _money(table.trend.before) if is_compared else None,
        "year_before_total": None if year_before is None else _money(year_before),
        "change": _change(change) if is_compared else None,
        "lines": [_line(line, is_compared=is_compared) for line in table.lines],
        "days": [
            {
                "day": day.day.isoformat(),
                "cost": _money(day.effective_cost),
                "billed": _money(day.billed_cost),
            }
            for day in table.days
        ],
        "bill": {"effective": _money(table.invoice), "difference": _money(table.difference)},
    }


def _line(line: CostLine, *, is_compared: bool) -> dict[str, Any]:
    return {
        "name": line.name,
        "category": line.category.value if line.category else None,
        "cost": _money(line.cost),
        "previous": _money(line.before) if is_compared else None,
        "change": _change(line.change) if is_compared else None,
    }


def _change(change: Change) -> dict[str, str]:
    """Six decimals each; the last one takes what rounding the others left."""
    parts = {
        name: _rounded(getattr(change, name)) for name in ("price", "usage", "unmetered", "idle")
    }
    total = _rounded(change.total)
    parts["mix"] = total - sum(parts.values())
    ordered = ("price", "usage", "mix", "unmetered", "idle")
    return {"total": _money(total), **{name: _money(parts[name]) for name in ordered}}


def _unit(unit: UnitCost) -> dict[str, Any]:
    return {
        "name": unit.name,
        "per": unit.per,
        "scope": unit.scope,
        "currency": unit.currency,
        "cost": None if unit.cost is None else f"{unit.cost:.9f}",
        "previous": None if unit.before is None else f"{unit.before:.9f}",
        "days": unit.days,
        "reason": unit.reason,
    }


def _days(period: DayRange) -> dict[str, str]:
    return {"start": period.start.isoformat(), "end": period.end.isoformat()}


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.000001"))


def _money(amount: Decimal) -> str:
    return format(_rounded(amount), "f")
