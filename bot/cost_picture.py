"""A cost report as a picture: which bars, and what is said above them. Pure."""

from finops.billing import cost_words
from finops.billing.cost_report import CostReport, CostTable
from finops.billing.cost_rows import CostRow, rows_of
from finops.domain.currency import Currency
from finops.reports.cost_chart import MOST_BARS, CostBar, CostPicture

# Shared, idle and unallocated have bars of their own.
_PLACES = 3


def picture_of(report: CostReport, table: CostTable) -> CostPicture:
    """Bars of one currency, the dearest on top."""
    year = report.period.start.year
    rows = [row for row in rows_of(report, table, most=MOST_BARS - _PLACES) if not row.is_total]
    return CostPicture(
        title=cost_words.title(report),
        note=cost_words.summary(report, table),
        now=report.period.words_in(year),
        before=report.previous.words_in(year),
        bars=[_bar(row, report) for row in rows],
        currency=_axis_of(report, table),
    )


def _axis_of(report: CostReport, table: CostTable) -> Currency:
    """The display currency, or the bill's own, of which no symbol is known here."""
    if table.currency == report.currency.code:
        return report.currency
    return Currency(code=table.currency, symbol="")


def _bar(row: CostRow, report: CostReport) -> CostBar:
    return CostBar(
        name=row.place.value if row.place else row.name,
        cost=row.cost,
        before=None if report.not_compared else row.before,
        shown=cost_words.short(row.cost, row.currency, report.currency),
        is_place=row.place is not None,
    )
