"""Asks many questions at once, each only once, and in pieces when a server says too much."""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from finops.sources.prometheus.api import PrometheusApi, TooMuchAtOnce
from finops.sources.prometheus.questions import Question
from finops.sources.prometheus.stretches import DAY, STEP, Stretch
from finops.sources.prometheus.tables import Table, joined, table_of

# The samples one question may make the server hold: a tenth of Prometheus's own limit of 50
# million, some 80 MB there, for it has other users too.
MOST_SAMPLES = 5_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about some namespaces over a stretch; `selector` writes the selector's inside."""

    question: Question
    namespaces: tuple[str, ...]
    stretch: Stretch
    selector: Callable[[tuple[str, ...]], str]

    @property
    def identity(self) -> tuple[str, str, Stretch]:
        """What makes two of them the same."""
        return self.question.promql, self.selector(self.namespaces), self.stretch


class Asker:
    """Questions to one server during one reading.

    `series` estimates the series of each namespace. A server that refuses a question as too large
    is asked smaller ones from then on.
    """

    def __init__(self, api: PrometheusApi, pool: Executor, series: Mapping[str, int]) -> None:
        self._api = api
        self._pool = pool
        self._series = series
        self._most_samples: float = MOST_SAMPLES
        self._futures: dict[tuple[str, str, Stretch], Future[Table]] = {}

    def ask(self, asked: Asked) -> Future[Table]:
        """The answer to come; raises there what `PrometheusApi` raises. The same is asked once."""
        if asked.identity not in self._futures:
            self._futures[asked.identity] = self._pool.submit(self._answer, asked)
        return self._futures[asked.identity]

    def forget(self) -> None:
        """Let go of the answers so far: what comes next asks of other namespaces."""
        self._futures.clear()

    def _answer(self, asked: Asked) -> Table:
        pieces = _halves(asked)
        samples = self._samples(asked)
        if pieces and samples > self._most_samples:
            return self._both(pieces)
        try:
            return self._ask(asked)
        except TooMuchAtOnce:
            self._most_samples = min(self._most_samples, samples / 2)
            if pieces is None:
                raise
            return self._both(pieces)

    def _both(self, pieces: tuple[Asked, Asked]) -> Table:
        first, second = pieces
        beside = first.namespaces == second.namespaces
        return joined(self._answer(first), self._answer(second), beside=beside)

    def _samples(self, asked: Asked) -> float:
        series = sum(self._series.get(name, 1) for name in asked.namespaces)
        return series * asked.stretch.seconds / STEP

    def _ask(self, asked: Asked) -> Table:
        stretch = asked.stretch
        query = asked.question.written(asked.selector(asked.namespaces), stretch.window)
        if not stretch.days and not stretch.is_raw:
            answer = self._api.query(query, at=stretch.end)
        else:
            step = DAY if stretch.days else STEP
            answer = self._api.query_range(
                query, start=stretch.start + step, end=stretch.end, step=step
            )
        names = frozenset(asked.namespaces)
        return table_of(answer, asked.question, stretch, namespaces=names)


def _halves(asked: Asked) -> tuple[Asked, Asked] | None:
    """The question in two: half of the namespaces each, or half of the days; None if smallest."""
    names = asked.namespaces
    if len(names) > 1:
        middle = len(names) // 2
        return (
            Asked(asked.question, names[:middle], asked.stretch, asked.selector),
            Asked(asked.question, names[middle:], asked.stretch, asked.selector),
        )
    days = asked.stretch.halves()
    if days is None:
        return None
    first, second = (Asked(asked.question, names, part, asked.selector) for part in days)
    return first, second
