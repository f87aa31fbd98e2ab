"""The cost of a thousand requests, where somebody has said how to count them."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from finops.billing.cost_in_currency import days_in
from finops.billing.cost_report import CostReport
from finops.billing.periods import DayRange
from finops.billing.unit_cost import UnitCost, cost_per_unit
from finops.domain.cost_pieces import CostBy
from finops.domain.errors import OutsideWorldFailed
from finops.engine.parts import Parts, UnitMetric
from finops.ledger.costs import cost_sums

# A unit cost is everything with that team or namespace on it, its share of idle and shared too.
_MOST = 5


def unit_costs(parts: Parts, report: CostReport) -> tuple[UnitCost, ...]:
    """Of everything that has a metric and is within the question, at most five."""
    wanted = [metric for metric in parts.unit_metrics if _is_within(metric, report)]
    return tuple(unit for metric in wanted[:_MOST] for unit in _unit_cost(parts, metric, report))


def _is_within(metric: UnitMetric, report: CostReport) -> bool:
    scope = report.question.scope
    if not scope:
        return True
    is_team = scope.get(CostBy.TEAM) == metric.team and bool(metric.team)
    return is_team or (scope.get(CostBy.NAMESPACE) == metric.namespace and bool(metric.namespace))


def _unit_cost(parts: Parts, metric: UnitMetric, report: CostReport) -> Iterator[UnitCost]:
    """One for each currency of the cost."""
    whole = DayRange(report.previous.start, report.period.end)
    costs = days_in(_daily_costs(parts, metric, whole), report.currency)
    try:
        counts = metric.source.daily(metric.query, start=whole.start, end=whole.end)
    except OutsideWorldFailed as error:
        yield _unknown(metric, str(error))
        return
    if not costs:
        yield _unknown(metric, f"The bill has no cost of {_scope(metric) or 'that time'}.")
    for currency, by_day in sorted(costs.items()):
        cost, days, reason = cost_per_unit(by_day, counts, report.period, per=metric.per)
        before, _, _ = cost_per_unit(by_day, counts, report.previous, per=metric.per)
        yield UnitCost(
            name=metric.name,
            per=metric.per,
            scope=_scope(metric),
            currency=currency,
            cost=cost,
            before=before,
            days=days,
            reason=reason,
        )


def _daily_costs(
    parts: Parts, metric: UnitMetric, period: DayRange
) -> Mapping[str, Mapping[date, Decimal]]:
    named = {"team": metric.team, "namespace": metric.namespace}
    where = {column: name for column, name in named.items() if name}
    found: dict[str, dict[date, Decimal]] = {}
    with parts.ledger.reading() as tx:
        sums = cost_sums(tx.connection, start=period.start, end=period.end, by=["day"], where=where)
    for one in sums:
        found.setdefault(one.currency, {})[one.keys["day"]] = one.effective_cost
    return found


def _unknown(metric: UnitMetric, reason: str) -> UnitCost:
    return UnitCost(name=metric.name, per=metric.per, scope=_scope(metric), reason=reason)


def _scope(metric: UnitMetric) -> str:
    if metric.team:
        return f"team {metric.team}"
    return f"namespace {metric.namespace}" if metric.namespace else ""
