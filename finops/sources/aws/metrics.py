"""CloudWatch metrics of many resources: 500 questions a call, one datapoint a day.

GetMetricData costs $0.01 per 1,000 metrics, so nothing is asked twice and every question is
counted. 2,000 volumes with two metrics each are 4,000 metrics, 8 calls and $0.04.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from finops.domain.cloud import MetricSummary
from finops.sources.aws.calls import Call, under
from finops.sources.aws.failures import Failed, Failure
from finops.sources.aws.metric_wishes import AVERAGE, MAXIMUM, SUM, Wish
from finops.sources.aws.region import CALLS_AT_ONCE, Asker, Question

DAY = timedelta(days=1)
# The most that one GetMetricData call takes.
BATCH = 500
METRICS = Call(
    service="cloudwatch",
    operation="get_metric_data",
    action="cloudwatch:GetMetricData",
    reads="metrics that tell what is idle",
    items=under("MetricDataResults"),
    trial={
        "StartTime": datetime(2026, 1, 1, tzinfo=UTC),
        "EndTime": datetime(2026, 1, 2, tzinfo=UTC),
        "MetricDataQueries": [{"Id": "m0", "Expression": "TIME_SERIES(0)"}],
    },
    hides=None,
)
# resource id → metric name → summary
Summaries = Mapping[str, Mapping[str, MetricSummary]]


@dataclass(frozen=True, slots=True)
class Window:
    """Whole days in UTC up to today's midnight, and what there is of today."""

    start: datetime
    end: datetime

    @property
    def days(self) -> float:
        """How long it is."""
        return round((self.end - self.start) / DAY, 2)

    @classmethod
    def before(cls, now: datetime, days: int) -> "Window":
        """The window of `days` whole days before today, and today until `now`."""
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(midnight - days * DAY, now.replace(microsecond=0))

    def shortened(self, days: int | None) -> "Window":
        """Only its last `days` days; the same for None."""
        if days is None:
            return self
        midnight = self.end.replace(hour=0, minute=0, second=0)
        return Window(max(self.start, midnight - days * DAY), self.end)


@dataclass(slots=True)
class _Series:
    moments: list[datetime] = field(default_factory=list)
    values: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MetricReading:
    """Summaries of what CloudWatch answered, and how many metrics were asked, for the bill.

    A resource without an entry was not answered; one with 0 datapoints has none.
    """

    summaries: Summaries
    asked: int


def read_metrics(asker: Asker, wishes: Iterable[Wish], window: Window) -> MetricReading:
    """Ask for each wish once; batches that fail are noted and leave no summaries."""
    batches = list(_batches(list(dict.fromkeys(wishes))))
    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        answers = list(pool.map(lambda batch: _ask(asker, batch, window), batches))
    series = {wish: one for answer, _ in answers for wish, one in answer.items()}
    return MetricReading(summarised(series, window), sum(asked for _, asked in answers))


def _batches(wishes: Sequence[Wish]) -> Iterator[Sequence[Wish]]:
    """At most 500 wishes with the same window."""
    by_days: dict[int | None, list[Wish]] = defaultdict(list)
    for wish in wishes:
        by_days[wish.days].append(wish)
    for alike in by_days.values():
        for start in range(0, len(alike), BATCH):
            yield alike[start : start + BATCH]


def _ask(asker: Asker, batch: Sequence[Wish], window: Window) -> tuple[Mapping[Wish, _Series], int]:
    """(what was answered, how many metrics were asked)."""
    part = window.shortened(batch[0].days)
    arguments = {
        "MetricDataQueries": [_query(number, wish) for number, wish in enumerate(batch)],
        "StartTime": part.start,
        "EndTime": part.end,
        "ScanBy": "TimestampAscending",
    }
    results, is_whole = asker.ask(Question(METRICS, arguments))
    if not is_whole:
        return {}, len(batch) if results else 0
    found: dict[str, _Series] = defaultdict(_Series)
    states: dict[str, str] = {}
    for result in results:  # one question may be answered in parts, the last of which is Complete
        found[result["Id"]].moments += result["Timestamps"]
        found[result["Id"]].values += result["Values"]
        states[result["Id"]] = result.get("StatusCode", "Complete")
    for state in sorted({state for state in states.values() if state != "Complete"}):
        asker.setbacks.failures.append(Failure(METRICS, asker.region, Failed.OTHER, state))
    wishes = {f"m{number}": wish for number, wish in enumerate(batch)}
    complete = [key for key in wishes if states.get(key) == "Complete"]
    return {wishes[key]: found[key] for key in complete}, len(batch)


def _query(number: int, wish: Wish) -> dict[str, Any]:
    metric = {
        "Namespace": wish.namespace,
        "MetricName": wish.metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in wish.dimensions],
    }
    day = int(DAY.total_seconds())
    return {
        "Id": f"m{number}",
        "MetricStat": {"Metric": metric, "Period": day, "Stat": wish.statistic},
        "ReturnData": True,
    }


def summarised(series: Mapping[Wish, _Series], window: Window) -> Summaries:
    """The statistics of one metric of one resource together."""
    grouped: dict[tuple[str, str], dict[str, _Series]] = defaultdict(dict)
    days: dict[tuple[str, str], float] = {}
    for wish, one in series.items():
        grouped[wish.resource_id, wish.name][wish.statistic] = one
        days[wish.resource_id, wish.name] = window.shortened(wish.days).days
    result: dict[str, dict[str, MetricSummary]] = defaultdict(dict)
    for (resource_id, name), statistics in grouped.items():
        result[resource_id][name] = _summary(name, statistics, days[resource_id, name])
    return result


def _summary(name: str, statistics: Mapping[str, _Series], days: float) -> MetricSummary:
    def values(statistic: str) -> list[float]:
        return statistics[statistic].values if statistic in statistics else []

    averages, maxima, sums = values(AVERAGE), values(MAXIMUM), values(SUM)
    moments = [moment for one in statistics.values() for moment in one.moments]
    return MetricSummary(
        name=name,
        window_days=days,
        datapoints=max(len(one.values) for one in statistics.values()),
        mean=sum(averages) / len(averages) if averages else None,
        maximum=max(maxima) if maxima else None,
        total=sum(sums) if sums else None,
        last_at=max(moments).astimezone(UTC) if moments else None,
    )
