"""Who spent what in a period, and why it is more or less than before. Pure.

Effective cost throughout: commitments are spread over the hours they cover. By team, namespace and
workload, what is idle, shared or nobody's stands in lines of its own; by service, account, cluster
and item every bill line has a name, so those are whole. Either way the lines of a whole bill add up
to it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from finops.billing.periods import DayRange
from finops.billing.trend import Change, Charge, Trend, trends
from finops.billing.unit_cost import UnitCost
from finops.domain.cost_pieces import CostBy, CostPiece, DayCost
from finops.domain.costs import CostCategory
from finops.domain.currency import DOLLARS, Currency

ZERO = Decimal(0)
# Where it is said whose something is, what is nobody's is shown apart.
_OWNERS = {CostBy.TEAM, CostBy.NAMESPACE, CostBy.WORKLOAD}
_LAST = (CostCategory.SHARED, CostCategory.IDLE, CostCategory.UNALLOCATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostQuestion:
    """`by` is what gets a line, `scope` what everything must be of: `{team: shop}`."""

    period: DayRange
    by: CostBy = CostBy.TEAM
    scope: Mapping[CostBy, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostReading:
    """What was read of two periods: pieces, days, and the bill's own totals of each day.

    `days`, `invoice` and `billed` reach from the beginning of the period before to the end of this
    one. `invoice` is the whole bill whatever the scope, empty where nobody knows it; `billed` are
    the days that it has. `receipt` says what reading it cost.
    """

    now: Sequence[CostPiece] = ()
    before: Sequence[CostPiece] = ()
    days: Sequence[DayCost] = ()
    invoice: Sequence[DayCost] = ()
    billed: Collection[date] = frozenset()
    is_final: bool = False
    source: str = "the bill"
    receipt: str = ""
    is_converted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """One line of the table. `category` is set where the line is a place and not a name."""

    name: str
    cost: Decimal
    before: Decimal
    change: Change
    category: CostCategory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostTable:
    """One currency: lines that add up to `total`, the days of the period, and the trend.

    `billed` is what the invoice asks for the same lines. `invoice` is the effective cost of the
    whole bill in these days, and `difference` how far the lines of a whole bill are from it.
    """

    currency: str
    total: Decimal
    billed: Decimal
    invoice: Decimal
    difference: Decimal
    lines: tuple[CostLine, ...]
    days: tuple[DayCost, ...]
    trend: Trend


@dataclass(frozen=True, slots=True, kw_only=True)
class CostReport:
    """The answer. No tables: nothing was billed in the period.

    `period` is the part of what was asked that is billed, `missing` the days in it that are not.
    `not_compared` says why there is no trend; then the tables' trends mean nothing. `year_before`
    has what the same cost in the same days of the year before by currency, where all are billed.
    `currency` is the display currency: what was billed in dollars is in it already.
    """

    question: CostQuestion
    period: DayRange
    previous: DayRange
    tables: tuple[CostTable, ...] = ()
    missing: tuple[date, ...] = ()
    not_compared: str = ""
    is_final: bool = False
    source: str = "the bill"
    receipt: str = ""
    billed_until: date | None = None
    unit_costs: tuple[UnitCost, ...] = ()
    forecast: str = ""
    year_before: Mapping[str, Decimal] = field(default_factory=dict)
    teaching: str = ""
    currency: Currency = DOLLARS
    is_converted: bool = False

    @property
    def rate_sentence(self) -> str:
        """The rate, where anything was converted by it."""
        return self.currency.rate_sentence if self.is_converted else ""

    def digits_of(self, table: CostTable) -> int:
        """The decimals of a table's currency; two where it is not the display currency."""
        return self.currency.digits if table.currency == self.currency.code else 2


def build_report(
    question: CostQuestion, period: DayRange, previous: DayRange, reading: CostReading
) -> CostReport:
    """Put a reading of `period` and `previous` together."""
    billed = set(reading.billed)
    return CostReport(
        question=question,
        period=period,
        previous=previous,
        tables=_tables(question, period, reading),
        missing=tuple(day for day in _days(period) if day not in billed),
        not_compared=_why_not_compared(previous, billed),
        is_final=reading.is_final,
        source=reading.source,
        receipt=reading.receipt,
        billed_until=max(billed, default=None),
        is_converted=reading.is_converted,
    )


def _tables(
    question: CostQuestion, period: DayRange, reading: CostReading
) -> tuple[CostTable, ...]:
    found = trends(_charges(reading.before, question.by), _charges(reading.now, question.by))
    tables = [_table(question, period, reading, trend) for trend in found]
    return tuple(sorted(tables, key=lambda table: (-table.total, table.currency)))


def _table(
    question: CostQuestion, period: DayRange, reading: CostReading, trend: Trend
) -> CostTable:
    now = [piece for piece in reading.now if piece.currency == trend.currency]
    before = [piece for piece in reading.before if piece.currency == trend.currency]
    total = sum((piece.effective_cost for piece in now), ZERO)
    invoice = _sum(reading.invoice, period, trend.currency)
    return CostTable(
        currency=trend.currency,
        total=total,
        billed=sum((piece.billed_cost for piece in now), ZERO),
        invoice=invoice,
        difference=ZERO if question.scope else total - invoice,
        lines=_lines(now, before, trend, question.by),
        days=tuple(
            day
            for day in sorted(reading.days, key=lambda day: day.day)
            if day.currency == trend.currency and period.start <= day.day < period.end
        ),
        trend=trend,
    )


def _sum(days: Iterable[DayCost], period: DayRange, currency: str) -> Decimal:
    mine = (d for d in days if d.currency == currency and period.start <= d.day < period.end)
    return sum((day.effective_cost for day in mine), ZERO)


_LineKey = tuple[str, CostCategory | None]


def _lines(
    now: Sequence[CostPiece], before: Sequence[CostPiece], trend: Trend, by: CostBy
) -> tuple[CostLine, ...]:
    """Names first, the dearest on top, then shared, idle and what is nobody's."""
    new, old = _costs(now, by), _costs(before, by)
    changes: dict[tuple[str, str], Change] = defaultdict(Change)
    for group, change in trend.by_group.items():
        changes[group[0], group[1]] += change
    lines = [
        CostLine(
            name=name,
            category=category,
            cost=new.get((name, category), ZERO),
            before=old.get((name, category), ZERO),
            change=changes[name, category or ""],
        )
        for name, category in {*new, *old}
    ]
    lines = [line for line in lines if line.cost or line.before]
    return tuple(
        sorted(lines, key=lambda line: (_place(line), -line.cost, -line.before, line.name))
    )


def _place(line: CostLine) -> int:
    return 0 if line.category is None else 1 + _LAST.index(line.category)


def _costs(pieces: Iterable[CostPiece], by: CostBy) -> dict[_LineKey, Decimal]:
    sums: dict[_LineKey, Decimal] = defaultdict(Decimal)
    for piece in pieces:
        sums[_line_of(piece, by)] += piece.effective_cost
    return sums


def _line_of(piece: CostPiece, by: CostBy) -> _LineKey:
    """A name, or the place where nobody's cost stands."""
    if by in _OWNERS and piece.category is not CostCategory.ALLOCATED:
        return "", piece.category
    return piece.name, None


def _charges(pieces: Iterable[CostPiece], by: CostBy) -> list[Charge]:
    """Like is compared with like within a line and a service."""
    found = []
    for piece in pieces:
        name, category = _line_of(piece, by)
        found.append(
            Charge(
                group=(name, category or "", piece.service),
                item=piece.item,
                # Without a unit (spot hours of old bills) an item is comparable with itself only.
                unit=piece.unit or piece.item,
                quantity=ZERO if piece.category is CostCategory.UNALLOCATED else piece.quantity,
                cost=piece.effective_cost,
                currency=piece.currency,
                is_idle=piece.category is CostCategory.IDLE,
            )
        )
    return found


def _why_not_compared(previous: DayRange, billed: set[date]) -> str:
    there = sum(day in billed for day in _days(previous))
    if there == previous.days:
        return ""
    if not there:
        return f"There is no bill of {previous.words} to compare with."
    has = f"the bill has {there} of its {previous.days} days"
    return f"It is not compared with {previous.words}: {has}."


def _days(period: DayRange) -> list[date]:
    return [date.fromordinal(period.start.toordinal() + n) for n in range(period.days)]
