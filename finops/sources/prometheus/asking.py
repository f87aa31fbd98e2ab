"""Which questions make up the knowledge of one resource over one stretch."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace

from finops.sources.prometheus import questions as q
from finops.sources.prometheus.asker import Asked, Asker
from finops.sources.prometheus.folding import (
    ReplicaAnswers,
    StabilityAnswers,
    StartupAnswers,
    UsageAnswers,
)
from finops.sources.prometheus.kept import Answers
from finops.sources.prometheus.questions import Question
from finops.sources.prometheus.stretches import Stretch
from finops.sources.prometheus.tables import Table

# Waits for the answers; raises what asking raised.
Gather = Callable[[], Answers]


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks about some namespaces; `has_state` says whether kube-state-metrics is there."""

    asker: Asker
    namespaces: tuple[str, ...]
    matchers: Mapping[str, str]
    has_state: bool
    cpu: q.CpuQuestions

    def about(self, resource: str, stretch: Stretch) -> Gather:
        """Send the questions about one resource; the answers are gathered later."""
        if resource == "cpu":
            return self._cpu(stretch)
        if resource == "memory":
            return self._usage(stretch, q.MEMORY_SAMPLES, MEMORY)
        if resource == "startup":
            return self._startup(stretch)
        if resource == "stability":
            return self._stability(stretch.as_one())
        return self._replicas(stretch.as_one())

    def _cpu(self, stretch: Stretch) -> Gather:
        """Steady use, with what starts beside it."""
        statistics = _Statistics(q.CPU_SHARES, self.cpu.statistics, q.CPU_MEAN)
        starting = self._starting(stretch)
        steady = self._usage(stretch, self.cpu.samples, statistics)
        return lambda: replace(steady(), starting=starting.result() if starting else None)

    def _startup(self, stretch: Stretch) -> Gather:
        """What starting takes; the question is the one about CPU, so it is asked once."""
        starting = self._starting(stretch)
        return lambda: StartupAnswers(stretch, starting.result() if starting else None)

    def _starting(self, stretch: Stretch) -> Future[Table] | None:
        asked = self.cpu.starting_samples if stretch.is_raw else self.cpu.starting
        return self._used(asked, stretch) if asked else None

    def _usage(
        self, stretch: Stretch, samples: Question, statistics: "_Statistics"
    ) -> Callable[[], UsageAnswers]:
        if stretch.is_raw:
            sampled = self._used(samples, stretch)
            return lambda: UsageAnswers(stretch, samples=sampled.result())
        asked = {share: self._used(one, stretch) for share, one in statistics.by_share.items()}
        mean, hours = self._used(statistics.mean, stretch), self._used(q.HOURS, stretch)
        return lambda: UsageAnswers(
            stretch,
            shares=statistics.shares,
            statistics={share: one.result() for share, one in asked.items()},
            mean=mean.result(),
            hours=hours.result(),
        )

    def _stability(self, stretch: Stretch) -> Gather:
        throttled = self._used(q.THROTTLED, stretch)
        if not self.has_state:
            return lambda: StabilityAnswers(stretch, throttled.result())
        restarts, killed = (self._state(one, stretch) for one in (q.RESTARTS, q.KILLED))
        kills = self._used(q.KILLS, stretch)
        return lambda: StabilityAnswers(
            stretch,
            throttled.result(),
            restarts=restarts.result(),
            killed=killed.result(),
            kills=kills.result(),
        )

    def _replicas(self, stretch: Stretch) -> Gather:
        asked = [self._state(q.REPLICAS[name], stretch) for name in ("min", "avg", "max")]

        def gather() -> ReplicaAnswers:
            least, mean, most = (one.result() for one in asked)
            return ReplicaAnswers(stretch, least, mean, most)

        return gather

    def _used(self, question: Question, stretch: Stretch) -> Future[Table]:
        def selector(names: tuple[str, ...]) -> str:
            return q.usage_selector(names, self.matchers)

        return self.asker.ask(Asked(question, self.namespaces, stretch, selector))

    def _state(self, question: Question, stretch: Stretch) -> Future[Table]:
        def selector(names: tuple[str, ...]) -> str:
            return q.state_selector(names, self.matchers)

        return self.asker.ask(Asked(question, self.namespaces, stretch, selector))


@dataclass(frozen=True, slots=True)
class _Statistics:
    """The questions about one resource whose answers are quantiles."""

    shares: tuple[float, ...]
    by_share: Mapping[float, Question]
    mean: Question


MEMORY = _Statistics(q.MEMORY_SHARES, q.MEMORY_STATISTICS, q.MEMORY_MEAN)
