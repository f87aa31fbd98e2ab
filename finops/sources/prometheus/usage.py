"""What containers used, from any PromQL endpoint: few grouped questions, only about what is new.

The first reading asks for whole days of the past by their statistics, each later one for what has
come since. What was learnt is kept as sketches in a store; marks and sketches move together, so a
reading that dies half-way has lost nothing and counts nothing twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import blake2b
from time import monotonic

import requests

from finops.domain.checks import Check
from finops.domain.errors import OutsideWorldFailed as Failed
from finops.domain.errors import TryAgainLater, WillNeverWork
from finops.domain.estate import Gap, Workload
from finops.ports import UNHEARD, Progress, UsageReading, UsageStore
from finops.sources.prometheus import checks
from finops.sources.prometheus.api import (
    Patience,
    PrometheusApi,
    Traffic,
    check_address,
    shown_url,
)
from finops.sources.prometheus.asker import Asker
from finops.sources.prometheus.hours import Hours
from finops.sources.prometheus.look import Look, look
from finops.sources.prometheus.owners import Owners
from finops.sources.prometheus.questions import check_matchers, matching
from finops.sources.prometheus.shard_reading import Found, Reading, ShardReading
from finops.sources.prometheus.shards import Shard, series_by_namespace, shards
from finops.sources.prometheus.stretches import last_sample_second

SOURCE = "prometheus"
# A rate of five minutes carries minute 5 as far as minute 10; runtimes have warmed up by then.
STARTUP_MINUTES = 10
# While one shard is folded, the answers of the next are already on their way.
_AHEAD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusUsage:
    """Usage of one cluster's workloads as one PromQL server shows it (UsageSource, Checked).

    `matchers` are added to every selector, such as `{"cluster": "prod"}` where one server holds
    several clusters. `session` carries credentials and TLS settings; without one, a plain session
    is opened for each reading. At most `concurrency` questions are asked at once. What a container
    uses in its first `startup_minutes` is kept apart; 0 keeps nothing apart.
    """

    base_url: str
    cluster: str
    store: UsageStore
    session: requests.Session | None = None
    matchers: Mapping[str, str] = field(default_factory=dict)
    patience: Patience = field(default_factory=Patience)
    concurrency: int = 2
    startup_minutes: int = STARTUP_MINUTES
    traffic: Traffic = field(default_factory=Traffic)
    progress: Progress = UNHEARD

    def __post_init__(self) -> None:
        check_address(self.base_url)
        check_matchers(self.matchers)

    def read(
        self, workloads: Sequence[Workload], *, now: datetime, window_days: int
    ) -> UsageReading:
        """Usage by container, read on from where the last reading ended.

        What fails becomes a gap, and what is kept from before still counts while it is fresh.
        Raises TryAgainLater when every question failed and nothing is kept, WillNeverWork when
        every one failed for good (credentials, address).
        """
        if not workloads:
            return UsageReading({})
        series = series_by_namespace(workloads)
        with self._api() as api, ThreadPoolExecutor(self.concurrency, "prometheus") as pool:
            seen = self._look(api, now)
            end = last_sample_second(now.timestamp()) if isinstance(seen, Failed) else seen.end
            reading = Reading(
                asker=Asker(api, pool, series),
                api=api,
                owners=Owners(workloads),
                matchers=self.matchers,
                cluster=self.cluster,
                source=self._kept_under,
                server=self._shown,
                store=self.store,
                now=now,
                look=seen,
                end=end,
                startup_minutes=self.startup_minutes,
            )
            known = self.store.marks(self.cluster, self._kept_under)
            plan = shards(series, known, end=end, window_days=window_days)
            found = list(self._read_all(reading, plan))
        self._check_any(found)
        return self._result(found, seen)

    def hours(self, workloads: Sequence[Workload], *, day: date) -> Sequence[Sequence[object]]:
        """Each container's hours of a UTC day (HourlyUsage); raises as `read` does."""
        with self._api() as api:
            return Hours(api, self.cluster, self.matchers).rows(workloads, day=day)

    def check(self) -> Sequence[Check]:
        """Reach, version, clock, and each metric that is asked for."""
        with self._api(seconds=30) as api:
            return checks.check(api, self._shown, self.matchers)

    @property
    def _kept_under(self) -> str:
        """What the store calls it: other matchers mean other containers, and begin anew."""
        if not self.matchers:
            return SOURCE
        chosen = matching(dict(sorted(self.matchers.items())))
        return f"{SOURCE}/{blake2b(chosen.encode(), digest_size=8).hexdigest()}"

    @property
    def _shown(self) -> str:
        return f"Prometheus at {shown_url(self.base_url)}"

    @contextmanager
    def _api(self, seconds: float | None = None) -> Iterator[PrometheusApi]:
        patience = self.patience
        if seconds is not None:
            patience = replace(patience, total_seconds=seconds, timeout_seconds=10, tries=1)
        with ExitStack() as stack:
            session = self.session or stack.enter_context(requests.Session())
            give_up_at = monotonic() + patience.total_seconds
            yield PrometheusApi(self.base_url, session, give_up_at, patience, self.traffic)

    def _look(self, api: PrometheusApi, now: datetime) -> Look | Failed:
        try:
            return look(api, now=now.timestamp(), matchers=self.matchers)
        except Failed as error:
            return error

    def _read_all(self, reading: Reading, plan: Sequence[Shard]) -> Iterator[Found]:
        waiting: list[ShardReading] = []
        for number, shard in enumerate(plan):
            waiting.append(ShardReading(reading, shard))
            if len(waiting) > _AHEAD:
                yield waiting.pop(0).finish()
                self.progress.step("asking Prometheus", number - _AHEAD, len(plan))
        for one in waiting:
            yield one.finish()
        self.progress.step("asking Prometheus", len(plan), len(plan))

    def _check_any(self, found: Sequence[Found]) -> None:
        failures = [failure for one in found for failure in one.failures.values()]
        if not failures or any(one.containers or one.is_answered for one in found):
            return
        for_good = all(isinstance(error, WillNeverWork) for error in failures)
        sentence = f"{self._shown} answered no question: {failures[0]}"
        sentence = sentence if sentence.endswith("?") else f"{sentence}."
        raise WillNeverWork(sentence) if for_good else TryAgainLater(sentence, after_seconds=60)

    def _result(self, found: Sequence[Found], seen: Look | Failed) -> UsageReading:
        sentences = [text for one in found for text in one.sentences]
        if isinstance(seen, Look):
            sentences = [*seen.sentences(self._shown), *sentences]
        return UsageReading(
            containers={key: usage for one in found for key, usage in one.containers.items()},
            replicas={key: value for one in found for key, value in one.replicas.items()},
            gaps=tuple(Gap(SOURCE, text) for text in dict.fromkeys(sentences)),
        )
