"""The exact series of a backtest from any PromQL endpoint: day by day, in bounded answers.

Only what matters most is read: the containers that used the most CPU in the last day, so many that
they fit into memory (a container takes 100 kB for 42 days). Nothing is kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

import numpy as np
import requests

from finops.domain.errors import InvalidInput, OutsideWorldFailed, TryAgainLater, WillNeverWork
from finops.ports import UNHEARD, Progress
from finops.rightsizing.series_file import Grid, Kind, SeriesFile
from finops.rightsizing.sketches import SAMPLES_PER_DAY
from finops.sources.prometheus import past_questions as ask
from finops.sources.prometheus import questions as q
from finops.sources.prometheus.api import Answer, Patience, PrometheusApi, check_address, shown_url
from finops.sources.prometheus.asker import Asked, Asker
from finops.sources.prometheus.look import look
from finops.sources.prometheus.questions import MEMORY_METRIC, Question, check_matchers
from finops.sources.prometheus.stretches import DAY, Stretch
from finops.sources.prometheus.tables import RowKey, Table

# 28 to learn from and 14 to test, and two more origins a week apart.
USUAL_DAYS = 56
MOST_DAYS = 182
USUAL_CONTAINERS = 2_000
# Weeks of exact samples of thousands of containers: a first backtest may take its time.
PAST_SECONDS = 3_600
_LEAST_DAYS = 2
_EVERYTHING = ('container!=""', 'container!="POD"')


@dataclass(frozen=True, slots=True)
class Past:
    """Series to replay, and what a person should know of how they were chosen."""

    series: SeriesFile
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusPast:
    """The past of one cluster's containers, as one PromQL server keeps it.

    `matchers` and `session` are as in `PrometheusUsage`. At most `concurrency` questions are asked
    at once, and the answers of two days are held.
    """

    base_url: str
    session: requests.Session
    matchers: Mapping[str, str] = field(default_factory=dict)
    patience: Patience = field(default_factory=lambda: Patience(total_seconds=PAST_SECONDS))
    concurrency: int = 2
    progress: Progress = UNHEARD

    def __post_init__(self) -> None:
        check_address(self.base_url)
        check_matchers(self.matchers)

    def read(self, *, now: datetime, days: int, most: int) -> Past:
        """Up to `days` days of the `most` largest containers, as far back as the server goes.

        Raises InvalidInput when it holds no container samples or less than two days of them,
        TryAgainLater or WillNeverWork naming the server when it does not answer.
        """
        try:
            return self._read(now, days, most)
        except TryAgainLater as error:
            raise TryAgainLater(self._failed(error), after_seconds=error.after_seconds) from error
        except OutsideWorldFailed as error:
            raise WillNeverWork(self._failed(error)) from error

    def _read(self, now: datetime, days: int, most: int) -> Past:
        give_up_at = monotonic() + self.patience.total_seconds
        api = PrometheusApi(self.base_url, self.session, give_up_at, self.patience)
        seen = look(api, now=now.timestamp(), matchers=self.matchers)
        if not seen.is_fresh:
            raise InvalidInput(seen.sentences(self._shown)[-1])
        whole = self._days_kept(api, seen.end, days)
        with ThreadPoolExecutor(self.concurrency, "prometheus") as pool:
            namespaces = self._namespaces(api, seen.end)
            reading = _Reading(Asker(api, pool, namespaces), tuple(namespaces), self.matchers)
            chosen, share = reading.largest(seen.end, most)
            reading = reading.only({key[0] for key in chosen})
            series = self._series(reading, chosen, seen.end, whole)
        return Past(series, tuple(_sentences(series, chosen, share, most)))

    def _days_kept(self, api: PrometheusApi, end: int, days: int) -> int:
        """How many whole days back containers were measured, at most `days`."""
        everything = ",".join([*_EVERYTHING, q.matching(self.matchers)]).rstrip(",")
        answer = api.query_range(
            f"count({MEMORY_METRIC}{{{everything}}})",
            start=end - (days - 1) * DAY,
            end=end,
            step=DAY,
        )
        kept = _earliest(answer, end)
        if kept < _LEAST_DAYS:
            raise InvalidInput(
                f"{self._shown} holds container samples of {kept} day; a backtest needs "
                f"{_LEAST_DAYS} at least, and 42 to judge two weeks by four."
            )
        return kept

    def _namespaces(self, api: PrometheusApi, end: int) -> dict[str, int]:
        everything = ",".join([*_EVERYTHING, q.matching(self.matchers)]).rstrip(",")
        answer = api.query(ask.PODS.promql.replace("$s", everything), at=end)
        return {str(one.labels.get("namespace", "")): _count(one.pairs) for one in answer.series}

    def _series(
        self, reading: "_Reading", chosen: Mapping[RowKey, int], end: int, days: int
    ) -> SeriesFile:
        start = end - days * DAY
        cpu, memory = (_nothing(len(chosen), days * SAMPLES_PER_DAY) for _ in range(2))
        for day, (used, held) in enumerate(reading.each_day(start, days)):
            columns = slice(day * SAMPLES_PER_DAY, (day + 1) * SAMPLES_PER_DAY)
            cpu[:, columns], memory[:, columns] = used.aligned(chosen), held.aligned(chosen)
            self.progress.step("reading days of Prometheus", day + 1, days)
        whole = Stretch(start, end, days=days)
        cpu_set, memory_set = (
            reading.state(one, whole).aligned(chosen).astype(np.float32)
            for one in (ask.CPU_SET, ask.MEMORY_SET)
        )
        return SeriesFile(
            kind=Kind.PODS,
            names=tuple("/".join(key) for key in chosen),
            cpu=cpu,
            memory=memory,
            cpu_set=_carried(cpu_set),
            memory_set=_carried(memory_set),
            rows_left_out=0,
        )

    def _failed(self, error: OutsideWorldFailed) -> str:
        return f"{self._shown} could not be read: {error}"

    @property
    def _shown(self) -> str:
        return f"Prometheus at {shown_url(self.base_url)}"


@dataclass(frozen=True, slots=True)
class _Reading:
    """Questions about some namespaces."""

    asker: Asker
    namespaces: tuple[str, ...]
    matchers: Mapping[str, str]

    def only(self, namespaces: set[str]) -> "_Reading":
        return _Reading(self.asker, tuple(sorted(namespaces)), self.matchers)

    def largest(self, end: int, most: int) -> tuple[dict[RowKey, int], float]:
        """The rows of the containers with the most CPU of the last day, and their share of it."""
        table = self._used(ask.DAYS_USE, Stretch(end - DAY, end, in_one=True)).result()
        used = np.nan_to_num(table.values[:, 0])
        keys = list(table.rows)
        order = np.argsort(-used, kind="stable")[:most].tolist()
        rows = {key: row for row, key in enumerate(sorted(keys[place] for place in order))}
        if not rows:
            raise InvalidInput("No container used any CPU in the last day: nothing to try.")
        total = float(used.sum())
        return rows, float(used[order].sum()) / total if total else 1.0

    def each_day(self, start: int, days: int) -> Iterator[tuple[Table, Table]]:
        """CPU and memory of each day; while one is taken in, the next is on its way."""
        coming = self._day(start)
        for day in range(days):
            used, held = coming
            self.asker.forget()
            if day + 1 < days:
                coming = self._day(start + (day + 1) * DAY)
            yield used.result(), held.result()

    def state(self, question: Question, stretch: Stretch) -> Table:
        """What kube-state-metrics says; nothing where it does not answer."""

        def selector(names: tuple[str, ...]) -> str:
            return q.state_selector(names, self.matchers)

        return self.asker.ask(Asked(question, self.namespaces, stretch, selector)).result()

    def _day(self, start: int) -> tuple[Future[Table], Future[Table]]:
        stretch = Stretch(start, start + DAY, in_full=True)
        return self._used(ask.CPU, stretch), self._used(ask.MEMORY, stretch)

    def _used(self, question: Question, stretch: Stretch) -> Future[Table]:
        def selector(names: tuple[str, ...]) -> str:
            return q.usage_selector(names, self.matchers)

        return self.asker.ask(Asked(question, self.namespaces, stretch, selector))


def _sentences(
    series: SeriesFile, chosen: Mapping[RowKey, int], share: float, most: int
) -> Iterator[str]:
    if len(chosen) == most:
        yield (
            f"The {most:,} containers that used the most CPU in the last day; they hold "
            f"{share:.0%} of it. --containers takes more."
        )
    if not np.isfinite(series.cpu_set).any():
        yield (
            f"What is set now is unknown: the server has no {ask.REQUESTS_METRIC} "
            "(kube-state-metrics)."
        )


def _earliest(answer: Answer, end: int) -> int:
    """How many days back from `end` the oldest sample lies, counting its own."""
    try:
        oldest = min(float(pair[0]) for one in answer.series for pair in one.pairs)
    except (TypeError, ValueError, IndexError):
        return 0
    return int((end - oldest) / DAY + 0.5) + 1


def _count(pairs: Sequence[object]) -> int:
    try:
        [[_, value]] = pairs  # type: ignore[misc]
        return max(1, int(float(value)))  # type: ignore[has-type]
    except (TypeError, ValueError):
        return 1


def _nothing(rows: int, columns: int) -> Grid:
    return np.full((rows, columns), np.nan, np.float32)


def _carried(daily: Grid) -> Grid:
    """Days without a figure take that of the day before."""
    for day in range(1, daily.shape[1]):
        daily[:, day] = np.where(np.isnan(daily[:, day]), daily[:, day - 1], daily[:, day])
    return daily
