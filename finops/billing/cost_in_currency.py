"""Costs in US dollars, in the display currency; costs in any other currency as they are billed.

It is done before anything is summed, so that lines, totals, changes and days add up in what is
shown, and so that a bill in the display currency stands in one table with what was converted.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from finops.billing.cost_report import CostReading
from finops.domain.cost_pieces import CostPiece, DayCost
from finops.domain.currency import USD, Currency


def reading_in(reading: CostReading, currency: Currency) -> CostReading:
    """The same reading, told in the currency."""
    if currency.is_usd:
        return reading
    return replace(
        reading,
        now=[_piece(piece, currency) for piece in reading.now],
        before=[_piece(piece, currency) for piece in reading.before],
        days=_days(reading.days, currency),
        invoice=_days(reading.invoice, currency),
        is_converted=any(piece.currency == USD for piece in (*reading.now, *reading.before)),
    )


def totals_in(totals: Mapping[str, Decimal], currency: Currency) -> dict[str, Decimal]:
    """Totals by currency."""
    told: dict[str, Decimal] = defaultdict(Decimal)
    for code, amount in totals.items():
        told[code_in(code, currency)] += amount_in(amount, code, currency)
    return dict(told)


def days_in(
    costs: Mapping[str, Mapping[date, Decimal]], currency: Currency
) -> dict[str, dict[date, Decimal]]:
    """Daily costs by currency."""
    told: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for code, by_day in costs.items():
        for day, amount in by_day.items():
            told[code_in(code, currency)][day] += amount_in(amount, code, currency)
    return {code: dict(by_day) for code, by_day in told.items()}


def code_in(code: str, currency: Currency) -> str:
    """In which currency something that was billed in `code` is told."""
    return currency.code if code == USD else code


def amount_in(amount: Decimal, code: str, currency: Currency) -> Decimal:
    """An amount that was billed in `code`; only dollars have a rate."""
    return currency.amount(amount) if code == USD else amount


def _piece(piece: CostPiece, currency: Currency) -> CostPiece:
    return replace(
        piece,
        currency=code_in(piece.currency, currency),
        effective_cost=amount_in(piece.effective_cost, piece.currency, currency),
        billed_cost=amount_in(piece.billed_cost, piece.currency, currency),
    )


def _days(days: Sequence[DayCost], currency: Currency) -> list[DayCost]:
    """One a day and currency, also where two bills of a day are told in the same one."""
    sums: dict[tuple[date, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for day in days:
        kept = sums[day.day, code_in(day.currency, currency)]
        kept[0] += amount_in(day.effective_cost, day.currency, currency)
        kept[1] += amount_in(day.billed_cost, day.currency, currency)
    return [DayCost(day, code, *amounts) for (day, code), amounts in sums.items()]
