"""A cost report in sentences: how much, why it changed, how fresh it is, what it adds up to."""

from decimal import Decimal

from finops.billing.cost_report import CostLine, CostReport, CostTable
from finops.billing.trend import Change
from finops.billing.unit_cost import UnitCost
from finops.domain.cost_pieces import CostBy
from finops.domain.costs import CostCategory
from finops.domain.estate import UNKNOWN_TEAM
from finops.domain.money import cents_that_add_up, format_money, to_cents

ZERO = Decimal(0)
# Bills are kept to the millionth; what is smaller comes of dividing.
_LAST_DECIMAL = Decimal("0.000001")
_HALF_A_CENT = Decimal("0.005")
MOST_DRIVERS = 3
# A driver brings at least a tenth of the change, in its direction.
_DRIVER_SHARE = Decimal("0.1")

PLACES = {
    CostCategory.SHARED: "Shared in clusters",
    CostCategory.IDLE: "Idle",
    CostCategory.UNALLOCATED: "Unallocated: tax, fees, credits",
}
_NAMELESS = {
    CostBy.TEAM: "no team",
    CostBy.NAMESPACE: "outside Kubernetes",
    CostBy.WORKLOAD: "outside Kubernetes",
    CostBy.SERVICE: "no service named",
    CostBy.ACCOUNT: "no account named",
    CostBy.CLUSTER: "outside clusters",
    CostBy.ITEM: "nothing named",
}
# (attribute of Change, words when it rose, words when it fell)
REASONS = (
    ("usage", "more use", "less use"),
    ("price", "higher prices", "lower prices"),
    ("mix", "a dearer mix", "a cheaper mix"),
    ("idle", "more idle", "less idle"),
    ("unmetered", "charges without a quantity", "charges without a quantity"),
)


def short(amount: Decimal, currency: str) -> str:
    """`$41`, `$8.40`, `1,235 EUR`: for sentences."""
    return format_money(amount, currency).replace(".00", "", 1)


def signed(amount: Decimal, currency: str) -> str:
    """`+$41`, `−$8.40`, `±$0`."""
    sign = "+" if amount > 0 else "−" if amount < 0 else "±"
    return f"{sign}{short(abs(amount), currency)}"


def title(report: CostReport) -> str:
    """`Cost of team shop by workload, Nov 1–27, 2026`."""
    scope = " and ".join(
        f"{by} {name}" if name else _NAMELESS[by] for by, name in report.question.scope.items()
    )
    of = f" of {scope}" if scope else ""
    return f"Cost{of} by {report.question.by}, {report.period.words}"


def line_name(line: CostLine, by: CostBy) -> str:
    """What a line is called."""
    if line.category is not None:
        return PLACES[line.category]
    if by is CostBy.TEAM and line.name == UNKNOWN_TEAM:
        return _NAMELESS[by]
    return line.name or _NAMELESS[by]


def cents(table: CostTable) -> list[Decimal]:
    """The lines' costs in whole cents, which add up to the total's."""
    return cents_that_add_up([line.cost for line in table.lines])


def headline(report: CostReport, table: CostTable) -> str:
    """`$4,210, $310 (8 %) more than Oct 1–27: more use +$420, lower prices −$110.`"""
    cost = short(to_cents(table.total), table.currency)
    if report.missing:
        days = report.period.days
        cost = f"{cost} on {days - len(report.missing)} of {days} days"
    if report.not_compared:
        return f"{cost}. {report.not_compared}"
    return f"{cost}, {_compared(report, table)}"


def summary(report: CostReport, table: CostTable) -> str:
    """`$4,210, $310 (8 %) more than Oct 1–27`: the headline without its reasons."""
    return headline(report, table).partition(": ")[0].rstrip(".")


def _compared(report: CostReport, table: CostTable) -> str:
    trend = table.trend
    change = trend.change.in_cents(to_cents(trend.now) - to_cents(trend.before))
    previous = f"{report.previous.words_in(report.period.start.year)}{_unequal(report)}"
    if abs(change.total) < _HALF_A_CENT:
        return f"the same as {previous}."
    share = f" ({_percent(abs(trend.share))})" if trend.share is not None else ""
    more = "more" if change.total > 0 else "less"
    words = f"{short(abs(change.total), table.currency)}{share} {more} than {previous}"
    return f"{words}: {reasons(change, table.currency)}."


def _unequal(report: CostReport) -> str:
    """A month more has a day more: that is use, and it is said."""
    days, before = report.period.days, report.previous.days
    return "" if days == before else f" ({days} days against {before})"


def reasons(change: Change, currency: str) -> str:
    """`more use +$420, lower prices −$110`: the parts of a change, the largest first."""
    parts = [(getattr(change, name), up, down) for name, up, down in REASONS]
    found = sorted((part for part in parts if part[0]), key=lambda part: -abs(part[0]))
    said = [
        f"{up if amount > 0 else down} {signed(amount, currency)}" for amount, up, down in found
    ]
    return ", ".join(said) or "nothing else"


def drivers(report: CostReport, table: CostTable) -> str:
    """`Most of it: data +$250, shop +$120.`; nothing where nothing changed or stands out."""
    by, total = report.question.by, table.trend.change.total
    if report.not_compared or abs(total) < 1 or len(table.lines) < 2:
        return ""
    changed = sorted(table.lines, key=lambda line: -abs(line.change.total))
    found = [line for line in changed if line.change.total * total > 0]
    large = [line for line in found if abs(line.change.total) >= _DRIVER_SHARE * abs(total)]
    if not large:
        return ""
    said = ", ".join(
        f"{line_name(line, by)} {signed(to_cents(line.change.total), table.currency)}"
        for line in large[:MOST_DRIVERS]
    )
    return f"Most of it: {said}."


def year_before(report: CostReport, table: CostTable) -> str:
    """`A year before, Oct 1–27, 2025, it was $3,800: 11 % more now.`; nothing without that bill."""
    before = report.year_before.get(table.currency)
    if before is None:
        return ""
    period = report.period.a_year_before()
    words = f"A year before, {period.words}, it was {short(to_cents(before), table.currency)}"
    change = to_cents(table.total) - to_cents(before)
    if abs(change) < _HALF_A_CENT:
        return f"{words}, the same."
    if before <= 0:
        return f"{words}."
    more = "more" if change > 0 else "less"
    return f"{words}: {_percent(abs(change) / before)} {more} now."


def freshness(report: CostReport) -> str:
    """`Billed to Nov 27; the month is open, so AWS may still correct it.`"""
    if report.billed_until is None:
        return ""
    day = report.billed_until
    state = "final" if report.is_final else "not final yet, so AWS may correct it"
    missing = ""
    if report.missing:
        count = len(report.missing)
        missing = (
            f" {count} {'day is' if count == 1 else 'days are'} missing, first {report.missing[0]}."
        )
    return f"Billed to {day:%b} {day.day}; {state}.{missing}"


def reconciliation(report: CostReport, table: CostTable) -> str:
    """Whether the lines add up to the invoice, or what part of it they are."""
    if report.question.scope:
        if table.invoice <= 0:
            return ""
        invoice = short(to_cents(table.invoice), table.currency)
        return f"That is {_percent(table.total / table.invoice)} of the whole bill, {invoice}."
    if abs(table.difference) >= _LAST_DECIMAL:
        off = signed(table.difference, table.currency)
        return f"The lines differ from {report.source} by {off}; `finops doctor` says where."
    words = (
        f"All lines add up to the invoice, {short(to_cents(table.billed), table.currency)} billed"
    )
    if to_cents(table.billed) == to_cents(table.total):
        return f"{words}."
    return f"{words}; shown is effective cost, with commitments spread over the hours they cover."


def unit_cost_words(unit: UnitCost) -> str:
    """`$0.035 for 1,000 requests (team shop), 4 % more than before`; or why it is not known."""
    what = f"{unit.per:,} {unit.name}" if unit.per != 1 else unit.name
    scope = f" ({unit.scope})" if unit.scope else ""
    if unit.cost is None:
        return f"Cost for {what}{scope} is not known. {unit.reason}"
    cost = f"{_fine(unit.cost, unit.currency)} for {what}{scope}"
    if unit.share is None:
        return f"{cost}; there is nothing to compare it with."
    if abs(unit.share) < _HALF_A_CENT:
        return f"{cost}, as before."
    more = "more" if unit.share > 0 else "less"
    return f"{cost}, {_percent(abs(unit.share))} {more} than before."


def _fine(amount: Decimal, currency: str) -> str:
    """Three figures that say something: `$0.0352`, `$12.40`."""
    if abs(amount) >= 1 or not amount:
        return short(amount, currency)
    figures = f"{amount:.3g}"
    plain = f"{Decimal(figures):f}"
    return f"${plain}" if currency == "USD" else f"{plain} {currency}"


def _percent(share: Decimal) -> str:
    """`8 %`, `0.4 %`, `over 1,000 %`."""
    percent = share * 100
    if percent > 1000:
        return "over 1,000 %"
    if percent and abs(percent) < 1:
        return f"{percent:.1f} %" if abs(percent) >= Decimal("0.05") else "under 0.1 %"
    return f"{percent:.0f} %"
