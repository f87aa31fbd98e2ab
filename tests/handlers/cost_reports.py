"""Reports about cost for renderers: ordinary, long, empty, and with names that break things."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from finops.billing.cost_report import CostQuestion, CostReading, CostReport, build_report
from finops.billing.periods import DayRange
from finops.billing.unit_cost import UnitCost
from finops.domain.cost_pieces import CostBy, CostPiece, DayCost
from finops.domain.costs import CostCategory

PERIOD = DayRange(date(2026, 11, 1), date(2026, 11, 28), is_month=True)
ALLOCATED, IDLE = CostCategory.ALLOCATED, CostCategory.IDLE


def piece(
    name: str, usd: str, *, category: CostCategory = ALLOCATED, quantity: str = "10"
) -> CostPiece:
    return CostPiece(
        name=name,
        category=category,
        currency="USD",
        service="AmazonEC2",
        item="cpu",
        unit="core-hours",
        quantity=Decimal(quantity),
        effective_cost=Decimal(usd),
        billed_cost=Decimal(usd),
    )


def report_of(
    now: Sequence[CostPiece],
    before: Sequence[CostPiece] = (),
    *,
    by: CostBy = CostBy.TEAM,
    units: Sequence[UnitCost] = (),
) -> CostReport:
    """A report of November 1-27 whose days all cost the same."""
    previous = PERIOD.before()
    total = sum((p.effective_cost for p in now), Decimal(0))
    days = [previous.start + timedelta(days=n) for n in range((PERIOD.end - previous.start).days)]
    daily = [DayCost(day, "USD", total / PERIOD.days, total / PERIOD.days) for day in days]
    reading = CostReading(
        now=now,
        before=before,
        days=daily,
        invoice=daily,
        billed=frozenset(days) if before else frozenset(d for d in days if d >= PERIOD.start),
    )
    made = build_report(CostQuestion(period=PERIOD, by=by), PERIOD, previous, reading)
    return replace(made, unit_costs=tuple(units))
