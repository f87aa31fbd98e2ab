"""The rows that a table of costs shows, in whole cents that add up. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from finops.billing.cost_report import CostLine, CostReport, CostTable
from finops.billing.cost_words import REASONS, line_name
from finops.billing.trend import Change
from finops.domain.costs import CostCategory
from finops.domain.money import cents_that_add_up

ZERO = Decimal(0)
_LEAST_SAID = Decimal("0.01")
_HALF_A_CENT = Decimal("0.005")
_NOISE = Decimal("0.005")


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRow:
    """One row in whole cents of `currency`. `place` is set for what is shared, idle or nobody's."""

    name: str
    cost: Decimal
    before: Decimal
    change: Change
    currency: str
    place: CostCategory | None = None
    is_total: bool = False

    @property
    def changed(self) -> Decimal:
        """The difference as the two columns show it."""
        return self.cost - self.before

    @property
    def reason(self) -> str:
        """`more use`, `lower prices`: the part of the change that is largest in its direction.

        Nothing for a change that is less than a cent or half a percent: that is noise.
        """
        total = self.change.total
        if abs(total) < max(_LEAST_SAID, _NOISE * abs(self.before)):
            return ""
        parts = [(getattr(self.change, name) * total, up, down) for name, up, down in REASONS]
        largest, up, down = max(parts)
        return "" if largest <= 0 else up if total > 0 else down


def rows_of(report: CostReport, table: CostTable, *, most: int) -> list[CostRow]:
    """At most `most` names, the others as one, then the places and the total.

    What is shown of the costs adds up to what is shown of the total, to the cent, and so do the
    costs of the period before.
    """
    lines = [*_folded([line for line in table.lines if line.category is None], most)]
    lines += [line for line in table.lines if line.category is not None]
    digits = report.digits_of(table)
    costs = cents_that_add_up([line.cost for line in lines], digits)
    before = cents_that_add_up([line.before for line in lines], digits)
    rows = [
        CostRow(
            name=line_name(line, report.question.by),
            cost=cost,
            before=old,
            change=line.change,
            currency=table.currency,
            place=line.category,
        )
        for line, cost, old in zip(lines, costs, before, strict=True)
    ]
    return [*(row for row in rows if row.cost or row.before), _total(table, rows)]


def _folded(named: Sequence[CostLine], most: int) -> list[CostLine]:
    """The dearest, and as one what is too many or less than half a cent in both periods."""
    seen = [line for line in named if _is_seen(line)]
    shown = len(seen) if len(seen) <= most else most - 1
    rest = [*seen[shown:], *(line for line in named if not _is_seen(line))]
    return [*seen[:shown], *([_others(rest)] if rest else [])]


def _is_seen(line: CostLine) -> bool:
    return max(abs(line.cost), abs(line.before)) >= _HALF_A_CENT


def _others(lines: Sequence[CostLine]) -> CostLine:
    return CostLine(
        name="1 other" if len(lines) == 1 else f"{len(lines):,} others",
        cost=sum((line.cost for line in lines), ZERO),
        before=sum((line.before for line in lines), ZERO),
        change=sum((line.change for line in lines), Change()),
    )


def _total(table: CostTable, rows: Sequence[CostRow]) -> CostRow:
    return CostRow(
        name="Total",
        cost=sum((row.cost for row in rows), ZERO),
        before=sum((row.before for row in rows), ZERO),
        change=table.trend.change,
        currency=table.currency,
        is_total=True,
    )
