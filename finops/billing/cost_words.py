"""A cost report in sentences: how much, why it changed, how fresh it is, what it adds up to."""

from decimal import Decimal

from finops.billing.cost_report import CostLine, CostReport, CostTable
from finops.billing.trend import Change
from finops.billing.unit_cost import UnitCost
from finops.domain.cost_pieces import CostBy
from finops.domain.costs import CostCategory
from finops.domain.currency import DOLLARS, Currency
from finops.domain.estate import UNKNOWN_TEAM
from finops.domain.money import cents_that_add_up, format_amount, to_cents

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


def short(amount: Decimal, code: str, shown: Currency = DOLLARS) -> str:
    """`$41`, `$8.40`, `1,235 CHF`: for sentences; `shown` is the display currency."""
    if code == shown.code:
        return shown.told(amount)
    return named(format_amount(amount, symbol="").removesuffix(".00"), code, shown)


def named(figures: str, code: str, shown: Currency) -> str:
    """Figures with the symbol of the display currency; of another one, with its ISO code behind."""
    return f"{shown.symbol}{figures}" if code == shown.code else f"{figures} {code}"


def signed(amount: Decimal, code: str, shown: Currency = DOLLARS) -> str:
    """`+$41`, `−$8.40`, `±$0`."""
    sign = "+" if amount > 0 else "−" if amount < 0 else "±"
    return f"{sign}{short(abs(amount), code, shown)}"


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


def changes(report: CostReport, table: CostTable) -> list[Decimal]:
    """The lines' changes as the columns of a table show them: their whole cents, subtracted."""
    digits = report.digits_of(table)
    now = cents_that_add_up([line.cost for line in table.lines], digits)
    before = cents_that_add_up([line.before for line in table.lines], digits)
    return [cost - old for cost, old in zip(now, before, strict=True)]


def headline(report: CostReport, table: CostTable) -> str:
    """`$4,210, $310 (8 %) more than Oct 1–27: more use +$420, lower prices −$110.`"""
    cost = short(_rounded(table.total, report, table), table.currency, report.currency)
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
    difference = _rounded(trend.now, report, table) - _rounded(trend.before, report, table)
    change = trend.change.in_cents(difference, report.digits_of(table))
    previous = f"{report.previous.words_in(report.period.start.year)}{_unequal(report)}"
    if abs(change.total) < _HALF_A_CENT:
        return f"the same as {previous}."
    share = f" ({_percent(abs(trend.share))})" if trend.share is not None else ""
    more = "more" if change.total > 0 else "less"
    amount = short(abs(change.total), table.currency, report.currency)
    words = f"{amount}{share} {more} than {previous}"
    return f"{words}: {reasons(change, table.currency, report.currency)}."


def _rounded(amount: Decimal, report: CostReport, table: CostTable) -> Decimal:
    return to_cents(amount, report.digits_of(table))


def _unequal(report: CostReport) -> str:
    """A month more has a day more: that is use, and it is said."""
    days, before = report.period.days, report.previous.days
    return "" if days == before else f" ({days} days against {before})"


def reasons(change: Change, code: str, shown: Currency = DOLLARS) -> str:
    """`more use +$420, lower prices −$110`: the parts of a change, the largest first."""
    parts = [(getattr(change, name), up, down) for name, up, down in REASONS]
    found = sorted((part for part in parts if part[0]), key=lambda part: -abs(part[0]))
    said = [
        f"{up if amount > 0 else down} {signed(amount, code, shown)}" for amount, up, down in found
    ]
    return ", ".join(said) or "nothing else"


def drivers(report: CostReport, table: CostTable) -> str:
    """`Most of it: data +$250, shop +$120.`; nothing where nothing changed or stands out."""
    by, total = report.question.by, table.trend.change.total
    if report.not_compared or abs(total) < 1 or len(table.lines) < 2:
        return ""
    shown = zip(table.lines, changes(report, table), strict=True)
    changed = sorted(shown, key=lambda each: -abs(each[0].change.total))
    found = [each for each in changed if each[0].change.total * total > 0]
    large = [each for each in found if abs(each[0].change.total) >= _DRIVER_SHARE * abs(total)]
    if not large:
        return ""
    said = ", ".join(
        f"{line_name(line, by)} {signed(change, table.currency, report.currency)}"
        for line, change in large[:MOST_DRIVERS]
    )
    return f"Most of it: {said}."


def year_before(report: CostReport, table: CostTable) -> str:
    """`A year before, Oct 1–27, 2025, it was $3,800: 11 % more now.`; nothing without that bill."""
    before = report.year_before.get(table.currency)
    if before is None:
        return ""
    period = report.period.a_year_before()
    was = short(_rounded(before, report, table), table.currency, report.currency)
    words = f"A year before, {period.words}, it was {was}"
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
        invoice = short(_rounded(table.invoice, report, table), table.currency, report.currency)
        return f"That is {_percent(table.total / table.invoice)} of the whole bill, {invoice}."
    if abs(table.difference) >= _LAST_DECIMAL:
        off = signed(table.difference, table.currency, report.currency)
        return f"The lines differ from {report.source} by {off}; `finops doctor` says where."
    billed = short(_rounded(table.billed, report, table), table.currency, report.currency)
    words = f"All lines add up to the invoice, {billed} billed"
    if to_cents(table.billed) == to_cents(table.total):
        return f"{words}."
    return f"{words}; shown is effective cost, with commitments spread over the hours they cover."


def unit_cost_words(unit: UnitCost, shown: Currency = DOLLARS) -> str:
    """`$0.035 for 1,000 requests (team shop), 4 % more than before`; or why it is not known."""
    what = f"{unit.per:,} {unit.name}" if unit.per != 1 else unit.name
    scope = f" ({unit.scope})" if unit.scope else ""
    if unit.cost is None:
        return f"Cost for {what}{scope} is not known. {unit.reason}"
    cost = f"{_fine(unit.cost, unit.currency, shown)} for {what}{scope}"
    if unit.share is None:
        return f"{cost}; there is nothing to compare it with."
    if abs(unit.share) < _HALF_A_CENT:
        return f"{cost}, as before."
    more = "more" if unit.share > 0 else "less"
    return f"{cost}, {_percent(abs(unit.share))} {more} than before."


def _fine(amount: Decimal, code: str, shown: Currency) -> str:
    """Three figures that say something: `$0.0352`, `$12.40`."""
    if abs(amount) >= 1 or not amount:
        return short(amount, code, shown)
    figures = f"{amount:.3g}"
    return named(f"{Decimal(figures):f}", code, shown)


def _percent(share: Decimal) -> str:
    """`8 %`, `0.4 %`, `over 1,000 %`."""
    percent = share * 100
    if percent > 1000:
        return "over 1,000 %"
    if percent and abs(percent) < 1:
        return f"{percent:.1f} %" if abs(percent) >= Decimal("0.05") else "under 0.1 %"
    return f"{percent:.0f} %"
