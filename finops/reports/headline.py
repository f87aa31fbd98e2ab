"""The one sentence a leader remembers."""

from decimal import Decimal

from finops.domain.currency import DOLLARS, Currency
from finops.reports.report import PROMISED_SHARE, Period, Tally


def headline_of(
    totals: Tally,
    *,
    period: Period,
    share: Decimal | None,
    previous: Tally | None,
    currency: Currency = DOLLARS,
) -> str:
    """The takeaway: verified cash a month, its share of the bill, the change, what waits."""
    if totals.is_empty:
        return f"Nothing was found this {period.noun}: no opportunity, and nothing verified yet."
    cash = totals.verified.cashable_usd_per_month
    if cash <= 0:
        return f"No cash has left the bill yet; {_still_to_come(totals, currency)}."
    parts = [f"{currency.format(cash)}/month has verifiably left the bill"]
    if share is not None:
        parts.append(f"{percent(share)} of it ({percent(PROMISED_SHARE)} promised)")
    if previous is not None:
        parts.append(_change(cash - previous.verified.cashable_usd_per_month, period, currency))
    return f"{', '.join(parts)}; {_still_to_come(totals, currency)}."


def _still_to_come(totals: Tally, currency: Currency) -> str:
    in_flight, offered = totals.in_flight, totals.offered
    if in_flight.cashable_usd_per_month > 0:
        waiting = f"{currency.format(in_flight.cashable_usd_per_month)}/month is in flight"
        return f"{waiting} and {currency.format(offered.cashable_usd_per_month)}/month is offered"
    if offered.cashable_usd_per_month > 0:
        return f"{currency.format(offered.cashable_usd_per_month)}/month waits for a decision"
    if offered.freed_usd_per_month > 0:
        freed = currency.format(offered.freed_usd_per_month)
        return f"room worth {freed}/month, not cash, waits for a decision"
    return "nothing more waits for a decision"


def _change(difference: Decimal, period: Period, currency: Currency) -> str:
    if difference == 0:
        return f"unchanged from the {period.noun} before"
    word = "more" if difference > 0 else "less"
    return f"{currency.format(abs(difference))}/month {word} than the {period.noun} before"


def percent(share: Decimal) -> str:
    """`20 %`, and `5.5 %` where a whole number would say too little."""
    hundredths = share * 100
    is_rough = hundredths >= 10 or hundredths == 0
    return f"{hundredths:.0f} %" if is_rough else f"{hundredths:.1f} %"
