"""Counts by day, from Prometheus itself."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from finops.domain.errors import InvalidInput, TryAgainLater, WillNeverWork
from finops.sources.prometheus.api import Patience, Series
from finops.sources.prometheus.daily_metric import PrometheusDailyMetric, counts_by_day
from tests.real_parts.prometheus import PrometheusFactory

FIRST = date(2026, 11, 1)
QUERY = "sum(increase(http_requests_total[1d]))"
HASTY = Patience(timeout_seconds=0.5, tries=1, total_seconds=1)


def history() -> str:
    """Two pods that serve 60 and 30 requests a minute for three days, then nothing is known."""
    start = int(datetime(2026, 10, 31, 23, tzinfo=UTC).timestamp())
    lines = ["# TYPE http_requests counter"]
    for pod, a_minute in (("a", 60), ("b", 30)):
        lines += [
            f'http_requests_total{{pod="{pod}"}} {minute * a_minute} {start + minute * 60}'
            for minute in range(0, 3 * 1440 + 61, 5)
        ]
    return "\n".join([*lines, "# EOF\n"])


def test_each_day_is_counted_and_days_without_samples_are_left_out(
    prometheus: PrometheusFactory,
) -> None:
    metric = PrometheusDailyMetric(base_url=prometheus(history()))
    found = metric.daily(QUERY, start=FIRST, end=FIRST + timedelta(days=20))
    by_pod = metric.daily(
        "sum by (pod) (increase(http_requests_total[1d]))", start=FIRST, end=FIRST + timedelta(2)
    )
    nothing = metric.daily("absent_total", start=FIRST, end=FIRST + timedelta(days=2))

    assert [day.day for day in found][:3] == [1, 2, 3]
    assert all(abs(found[FIRST + timedelta(n)] - 129_600) < 700 for n in range(3))
    assert len(found) <= 4
    assert by_pod[FIRST] == pytest.approx(found[FIRST])
    assert nothing == {}


def test_a_query_that_is_wrong_is_refused_with_its_reason(prometheus: PrometheusFactory) -> None:
    metric = PrometheusDailyMetric(base_url=prometheus("# TYPE up gauge\nup 1 1793491200\n# EOF\n"))

    with pytest.raises(WillNeverWork, match=r"Prometheus could not answer: .*parse error"):
        metric.daily("sum(", start=FIRST, end=FIRST + timedelta(days=1))


def test_a_server_that_is_down_is_asked_again_later() -> None:
    metric = PrometheusDailyMetric(base_url="http://127.0.0.1:9", patience=HASTY)

    with pytest.raises(TryAgainLater, match="Prometheus did not answer"):
        metric.daily(QUERY, start=FIRST, end=FIRST + timedelta(days=1))
    with pytest.raises(InvalidInput):
        PrometheusDailyMetric(base_url="prometheus").daily(QUERY, start=FIRST, end=FIRST)


def test_what_is_no_number_is_no_count() -> None:
    noon = int(datetime(2026, 11, 2, tzinfo=UTC).timestamp())
    pairs: list[Any] = [[noon, "NaN"], [noon, "+Inf"], [noon, "-3"], [noon, "x"], None, [noon, "5"]]

    assert counts_by_day([Series({}, pairs)]) == {FIRST: Decimal(5)}
