"""What containers used, from Prometheus: one CPU and one memory question a namespace."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from time import monotonic
from typing import Any

import numpy as np
import requests

from finops.domain.errors import OutsideWorldFailed, TryAgainLater, WillNeverWork
from finops.domain.estate import Gap, UsageSummary, Workload
from finops.ports import ContainerKey, ContainerUsage, UsageReading
from finops.sources.pod_names import PodOwners, pod_owners
from finops.sources.prometheus_api import (
    Patience,
    PrometheusApi,
    TooMuchAtOnce,
    check_address,
    shown_url,
)
from finops.sources.prometheus_queries import CPU, MEMORY, Metric, check_matchers, query_for
from finops.sources.usage_series import Floats, TimeGrid, grid_ending, put_hottest, summarise

# 576 points a series at 5-minute steps (Prometheus refuses over 11,000), some 4 MB for 300 series.
_CHUNK_SECONDS = 2 * 86_400
_MOST_POINTS = 10_000
_THREADS = 4


@dataclass(slots=True)
class _Found:
    """What one question brought: series by container, warnings, unfit samples, or a failure."""

    namespace: str
    metric: Metric
    hottest: dict[tuple[str, str, str], Floats] = field(default_factory=dict)
    warnings: set[str] = field(default_factory=set)
    unfit: int = 0
    failure: OutsideWorldFailed | None = None


@dataclass(frozen=True, slots=True)
class PrometheusUsage:
    """Usage of workloads as cAdvisor's metrics in one Prometheus show it (UsageSource).

    `matchers` are added to every selector, such as `{"cluster": "prod"}` where one server holds
    several clusters. `session` carries credentials and TLS settings; without one, a plain session
    is opened for each reading.
    """

    base_url: str
    session: requests.Session | None = None
    step_seconds: int = 300
    timeout_seconds: float = 30
    matchers: Mapping[str, str] = field(default_factory=dict)
    patience: Patience = field(default_factory=Patience)

    def __post_init__(self) -> None:
        check_address(self.base_url)
        check_matchers(self.matchers)

    def read(
        self, workloads: Sequence[Workload], *, now: datetime, window_days: int
    ) -> UsageReading:
        """Usage of the hottest pod of each moment, by container, over the days before `now`.

        A namespace that fails becomes a gap and the others are kept. Raises TryAgainLater when
        every question failed, WillNeverWork when every one failed for good (credentials, address).
        """
        by_namespace = _by_namespace(workloads)
        if not by_namespace:
            return UsageReading({})
        grid = grid_ending(now.timestamp(), window_days=window_days, step=self.step_seconds)
        found = self._ask_all(by_namespace, grid)
        self._check_any(found)
        return UsageReading(_usage(found, grid, self._shown), gaps=tuple(_gaps(found, self._shown)))

    @property
    def _shown(self) -> str:
        return shown_url(self.base_url)

    def _ask_all(self, by_namespace: Mapping[str, PodOwners], grid: TimeGrid) -> list[_Found]:
        questions = [_Found(name, metric) for name in by_namespace for metric in (CPU, MEMORY)]
        with ExitStack() as stack:
            session = self.session or stack.enter_context(requests.Session())
            api = PrometheusApi(
                self.base_url,
                session,
                monotonic() + self.patience.total_seconds,
                replace(self.patience, timeout_seconds=self.timeout_seconds),
            )
            pool = stack.enter_context(ThreadPoolExecutor(_THREADS, "prometheus"))
            return list(
                pool.map(lambda q: self._ask(api, q, by_namespace[q.namespace], grid), questions)
            )

    def _ask(self, api: PrometheusApi, found: _Found, owners: PodOwners, grid: TimeGrid) -> _Found:
        query = query_for(
            found.metric,
            namespace=found.namespace,
            matchers=self.matchers,
            step_seconds=self.step_seconds,
        )
        try:
            for chunk in grid.chunks(min(_CHUNK_SECONDS, _MOST_POINTS * grid.step)):
                _ask_chunk(api, query, chunk, into=_Sink(found, owners, grid))
        except OutsideWorldFailed as error:
            # Without one of its chunks a series might lack its peak: none of it is used.
            found.failure = error
            found.hottest.clear()
        return found

    def _check_any(self, found: Sequence[_Found]) -> None:
        failures = [f.failure for f in found if f.failure]
        if len(failures) < len(found):
            return
        for_good = all(isinstance(error, WillNeverWork) for error in failures)
        sentence = f"Prometheus at {self._shown} answered no question: {failures[0]}"
        sentence = sentence if sentence.endswith("?") else f"{sentence}."
        raise WillNeverWork(sentence) if for_good else TryAgainLater(sentence, after_seconds=60)


@dataclass(frozen=True, slots=True)
class _Sink:
    """Puts the series of an answer where they belong on the whole window's grid."""

    found: _Found
    owners: PodOwners
    grid: TimeGrid

    def put(self, series: Mapping[str, Any]) -> None:
        labels = series.get("metric")
        if not isinstance(labels, dict) or labels.get("namespace") != self.found.namespace:
            return
        owner = self.owners.owner_of(str(labels.get("pod", "")))
        container = str(labels.get("container", ""))
        if owner is None or not container:
            return
        times, values = _samples(series)
        hottest = self.found.hottest.setdefault((*owner, container), self.grid.empty())
        self.found.unfit += put_hottest(
            hottest, self.grid, times, values=values, largest=self.found.metric.largest
        )


def _ask_chunk(api: PrometheusApi, query: str, chunk: TimeGrid, *, into: _Sink) -> None:
    """Ask for one piece of the window; halve it as long as the answer is too large."""
    try:
        answer = api.query_range(query, chunk)
    except TooMuchAtOnce:
        if chunk.size < 2:
            raise
        for half in chunk.chunks(-(-chunk.size // 2) * chunk.step):
            _ask_chunk(api, query, half, into=into)
        return
    into.found.warnings.update(answer.warnings)
    for series in answer.series:
        into.put(series)


def _samples(series: Mapping[str, Any]) -> tuple[Floats, Floats]:
    try:
        pairs = series.get("values", [])
        times = np.array([time for time, _ in pairs], dtype=np.float64)
        values = np.array([value for _, value in pairs], dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise WillNeverWork("its samples are not [time, value] pairs") from error
    if times.ndim != 1 or values.ndim != 1:
        raise WillNeverWork("its samples are not [time, value] pairs")
    return times, values


def _by_namespace(workloads: Iterable[Workload]) -> dict[str, PodOwners]:
    ordered = sorted(workloads, key=lambda workload: workload.namespace)
    return {
        namespace: pod_owners(group)
        for namespace, group in groupby(ordered, key=lambda workload: workload.namespace)
    }


def _usage(found: Sequence[_Found], grid: TimeGrid, url: str) -> dict[ContainerKey, ContainerUsage]:
    usage: dict[ContainerKey, ContainerUsage] = {}
    for part in found:
        for (kind, workload, container), hottest in part.hottest.items():
            key = (part.namespace, kind, workload, container)
            summary = _summary(part, hottest, grid, url=url)
            known = usage.get(key, ContainerUsage())
            is_cpu = part.metric is CPU
            usage[key] = replace(known, cpu=summary) if is_cpu else replace(known, memory=summary)
    return usage


def _summary(part: _Found, hottest: Floats, grid: TimeGrid, *, url: str) -> UsageSummary | None:
    source = f"Prometheus at {url}, {part.metric.name}, hottest pod of each {grid.step} s"
    if part.warnings:
        source += "; the server warned, so it may be too low"
    return summarise(hottest, grid, peak_share=part.metric.peak_share, source=source)


def _gaps(found: Sequence[_Found], url: str) -> Iterable[Gap]:
    for namespace, group in groupby(found, key=lambda part: part.namespace):
        for sentence in dict.fromkeys(_sentences(list(group), namespace, url)):
            yield Gap("prometheus", sentence)


def _sentences(parts: Sequence[_Found], namespace: str, url: str) -> Iterable[str]:
    server = f"Prometheus at {url}"
    failed = [part for part in parts if part.failure]
    for part in failed[:1]:
        what = "CPU and memory" if len(failed) > 1 else part.metric.words
        yield (
            f"{server} did not answer for namespace {namespace} ({what}): {part.failure}; its "
            "workloads are skipped."
        )
    if not failed and not any(part.hottest for part in parts):
        yield f"{server} knows no container of the workloads in namespace {namespace}."
    for part in parts:
        for warning in sorted(part.warnings):
            yield (
                f"{server} warned about namespace {namespace}: {warning}; its figures may be too "
                "low."
            )
        if part.unfit:
            yield (
                f"{server} sent {part.unfit} {part.metric.words} samples for namespace {namespace} "
                "that are negative, absurd or no number; they are left out."
            )
