"""The pictures of a savings report: PNG bytes with a title and alt text, drawn without pyplot."""

from finops.reports.decision_chart import decision_time_chart
from finops.reports.drawing import Chart
from finops.reports.report import Edition, SavingsReport
from finops.reports.team_chart import savings_by_team_chart
from finops.reports.trend_chart import verified_trend_chart

__all__ = [
    "Chart",
    "charts_for",
    "decision_time_chart",
    "savings_by_team_chart",
    "verified_trend_chart",
]


def charts_for(report: SavingsReport, edition: Edition) -> tuple[Chart, ...]:
    """The two charts of an edition, the more important one first."""
    if edition is Edition.CFO:
        return verified_trend_chart(report), savings_by_team_chart(report)
    if edition is Edition.CTO and report.delivery is not None:
        return decision_time_chart(report.delivery), savings_by_team_chart(report)
    return savings_by_team_chart(report), verified_trend_chart(report)
