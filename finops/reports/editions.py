"""The editions of a report as documents: what all leaders, a CFO and a CTO read first."""

from collections.abc import Callable, Mapping

from finops.reports.cfo_edition import cfo_document
from finops.reports.charts import charts_for
from finops.reports.cto_edition import cto_document
from finops.reports.document import Document, cleaned
from finops.reports.drawing import Chart
from finops.reports.leaders_edition import leaders_document
from finops.reports.report import Edition, SavingsReport

Charts = tuple[Chart, ...]
_EDITIONS: Mapping[Edition, Callable[[SavingsReport, Charts], Document]] = {
    Edition.LEADERS: leaders_document,
    Edition.CFO: cfo_document,
    Edition.CTO: cto_document,
}


def document_of(report: SavingsReport, edition: Edition, charts: Charts | None = None) -> Document:
    """The report in that edition; `charts` are its own, where they were drawn already."""
    drawn = charts_for(report, edition) if charts is None else charts
    return cleaned(_EDITIONS[edition](report, drawn))
