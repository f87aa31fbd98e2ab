"""The pictures of a savings report: PNG bytes with a title and alt text, drawn without pyplot."""

from finops.reports.drawing import Chart
from finops.reports.team_chart import savings_by_team_chart
from finops.reports.trend_chart import verified_trend_chart

__all__ = ["Chart", "savings_by_team_chart", "verified_trend_chart"]
