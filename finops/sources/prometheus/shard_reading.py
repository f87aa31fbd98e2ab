"""One shard: its questions, their answers folded into what is kept, and what that says now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from finops.domain.errors import OutsideWorldFailed
from finops.domain.usage import ReplicaHistory, UsageSummary
from finops.ports import ContainerKey, ContainerUsage, SeriesKey, UsageStore, WorkloadKey
from finops.sources.prometheus import questions, sentences
from finops.sources.prometheus.api import PrometheusApi
from finops.sources.prometheus.asker import Asker
from finops.sources.prometheus.asking import Asking, Gather
from finops.sources.prometheus.kept import Answers, Kept, KeyOf, folded, read_kept, tables_of
from finops.sources.prometheus.look import Look
from finops.sources.prometheus.owners import OWNER_METRICS, Owners
from finops.sources.prometheus.shards import RESOURCES, Shard
from finops.sources.prometheus.stretches import DAY, FRESH_SECONDS, stretches
from finops.sources.prometheus.tables import RowKey

_METRIC = {"cpu": questions.CPU_METRIC, "memory": questions.MEMORY_METRIC}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What all shards of one reading share."""

    asker: Asker
    api: PrometheusApi
    owners: Owners
    matchers: Mapping[str, str]
    cluster: str
    source: str
    server: str
    store: UsageStore
    now: datetime
    look: Look | OutsideWorldFailed
    end: int
    startup_minutes: int


@dataclass(slots=True)
class Found:
    """What is known of a shard's namespaces after reading, and what is not."""

    containers: dict[ContainerKey, ContainerUsage] = field(default_factory=dict)
    replicas: dict[WorkloadKey, ReplicaHistory] = field(default_factory=dict)
    failures: dict[str, OutsideWorldFailed] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)
    is_answered: bool = False


class ShardReading:
    """Sends a shard's questions when made; `finish` waits for the answers and keeps them."""

    def __init__(self, reading: Reading, shard: Shard) -> None:
        self._reading = reading
        self._shard = shard
        self._failures: dict[str, OutsideWorldFailed] = {}
        self._gathers: dict[str, list[Gather]] = {}
        if isinstance(reading.look, OutsideWorldFailed):
            self._failures = dict.fromkeys(RESOURCES, reading.look)
            return
        asking = Asking(
            reading.asker,
            shard.namespaces,
            reading.matchers,
            reading.look.has_state,
            questions.cpu_questions(reading.startup_minutes),
        )
        for resource in _wanted(reading.look, reading.startup_minutes):
            start = shard.start[resource]
            new = list(stretches(start, reading.end, day_start=shard.day_start))
            if new:  # another process may have read as far, or further, a moment ago
                self._gathers[resource] = [asking.about(resource, each) for each in new]

    def finish(self) -> Found:
        """Fold what was answered, keep it, and say what is known now."""
        answers = self._answers()
        self._learn_owners(answers)
        kept = self._kept(answers)
        found = Found(failures=self._failures, is_answered=bool(answers))
        self._tell(found, kept, answers)
        found.sentences = list(self._sentences(found, answers))
        return found

    def _answers(self) -> dict[str, list[Answers]]:
        """What was answered, by resource; one failed question and the resource waits."""
        answers: dict[str, list[Answers]] = {}
        for resource, gathers in self._gathers.items():
            try:
                answers[resource] = [gather() for gather in gathers]
            except OutsideWorldFailed as error:
                self._failures[resource] = error
        return answers

    def _learn_owners(self, answers: Mapping[str, Sequence[Answers]]) -> None:
        """Ask kube-state-metrics who owns the pods whose names tell nothing."""
        reading, shard = self._reading, self._shard
        pods = {
            (row[0], row[1])
            for resource in ("cpu", "memory")
            for table in tables_of(answers.get(resource, ()))
            for row in table.rows
        }
        if not _has_state(reading.look) or not reading.owners.strangers(pods):
            return
        selector = questions.state_selector(shard.namespaces, reading.matchers)
        match = [f"{metric}{{{selector}}}" for metric in OWNER_METRICS]
        start = min(shard.start.values())
        try:
            reading.owners.learn(reading.api.label_sets(match, start=start, end=reading.end))
        except OutsideWorldFailed as error:
            self._failures.setdefault("replicas", error)

    def _kept(self, answers: Mapping[str, Sequence[Answers]]) -> dict[str, Kept]:
        """Every resource's series after folding; they are in the store when this returns."""
        before = self._load()
        kept: dict[str, Kept] = {}
        for resource in RESOURCES:
            # Containers without trouble have no row, but no trouble is knowledge too.
            is_watched = resource == "stability" and _has_state(self._reading.look)
            also = kept["cpu"].known_keys() if is_watched else []
            kept[resource] = self._folded(before, answers, resource, also=also)
        if not answers or self._save(kept, answers):
            return kept
        # Somebody else has read the same stretch meanwhile: theirs counts.
        after = self._load()
        return {resource: read_kept(after, resource) for resource in RESOURCES}

    def _load(self) -> Mapping[SeriesKey, bytes]:
        reading = self._reading
        return reading.store.load(
            reading.cluster, reading.source, namespaces=self._shard.namespaces
        )

    def _folded(
        self,
        before: Mapping[SeriesKey, bytes],
        answers: Mapping[str, Sequence[Answers]],
        resource: str,
        *,
        also: Sequence[SeriesKey],
    ) -> Kept:
        if resource not in answers:
            return read_kept(before, resource)
        return folded(
            before,
            answers[resource],
            resource=resource,
            key_of=self._key_of(resource),
            also=also,
            anew=self._shard.begins_anew(resource),
        )

    def _key_of(self, resource: str) -> KeyOf:
        owners = self._reading.owners

        def of_container(row: RowKey) -> SeriesKey | None:
            namespace, pod, container = row
            owner = owners.owner_of((namespace, pod))
            return SeriesKey(namespace, *owner, container, resource) if owner else None

        def of_workload(row: RowKey) -> SeriesKey | None:
            for label, name in zip(questions.BY_WORKLOAD[1:], row[1:], strict=True):
                if name:
                    return SeriesKey(row[0], questions.KIND_OF_LABEL[label], name, "", resource)
            return None

        return of_workload if resource == "replicas" else of_container

    def _save(self, kept: Mapping[str, Kept], answers: Mapping[str, object]) -> bool:
        reading, shard = self._reading, self._shard
        series: dict[SeriesKey, bytes] = {}
        for resource in answers:
            series |= kept[resource].written()
        return reading.store.save(
            reading.cluster,
            reading.source,
            series=series,
            before=[m for r in answers for m in shard.marks(r, shard.before[r])],
            after=[m for r in answers for m in shard.marks(r, reading.end)],
            now=reading.now,
        )

    def _tell(
        self, found: Found, kept: Mapping[str, Kept], answers: Mapping[str, Sequence[Answers]]
    ) -> None:
        """Fill in what is known, from what is fresh enough to be evidence."""
        fresh = [r for r in RESOURCES if r in answers or self._is_fresh(r)]
        by_container: dict[ContainerKey, ContainerUsage] = {}
        starts = kept["startup"].startup() if "startup" in fresh else {}
        for resource in (r for r in ("cpu", "memory") if r in fresh):
            for key, usage in self._summaries(kept, resource, answers).items():
                place = _container(key)
                known = by_container.get(place, ContainerUsage())
                is_cpu = resource == "cpu"
                by_container[place] = (
                    replace(known, cpu=self._with_start(usage, starts.get(_of_startup(key))))
                    if is_cpu
                    else replace(known, memory=usage)
                )
        troubles = kept["stability"].stability() if "stability" in fresh else {}
        for key, trouble in troubles.items():
            if (place := _container(key)) in by_container:
                by_container[place] = replace(by_container[place], stability=trouble)
        found.containers = by_container
        if "replicas" in fresh:
            found.replicas = {
                (key.namespace, key.kind, key.workload): history
                for key, history in kept["replicas"].replicas().items()
            }

    def _summaries(
        self, kept: Mapping[str, Kept], resource: str, answers: Mapping[str, Sequence[Answers]]
    ) -> Mapping[SeriesKey, UsageSummary]:
        until = self._reading.end if resource in answers else self._shard.before[resource] or 0
        source = f"{self._reading.server}, {_METRIC[resource]}, hottest pod of each 5 minutes"
        if resource == "cpu" and self._reading.startup_minutes:
            source += f", without its first {self._reading.startup_minutes} minutes"
        if until < self._reading.end:
            source += f", up to {datetime.fromtimestamp(until, UTC):%Y-%m-%d %H:%M} UTC"
        if any(table.warnings for table in tables_of(answers.get(resource, ()))):
            source += "; the server warned, so it may be too low"
        today_days = (until - self._shard.day_start) % DAY / DAY
        return kept[resource].usage(today_days=today_days, source=source)

    def _with_start(self, usage: UsageSummary, highest: float | None) -> UsageSummary:
        minutes = self._reading.startup_minutes
        return replace(usage, startup_maximum=highest if minutes else None, startup_minutes=minutes)

    def _is_fresh(self, resource: str) -> bool:
        mark = self._shard.before[resource]
        return mark is not None and self._reading.end - mark <= FRESH_SECONDS

    def _sentences(self, found: Found, answers: Mapping[str, Sequence[Answers]]) -> Iterator[str]:
        server, names = self._reading.server, self._shard.namespaces
        yield from sentences.failures(server, names, self._failures)
        yield from sentences.warnings(
            server, names, (t for given in answers.values() for t in tables_of(given))
        )
        if "cpu" in answers and "memory" in answers:
            known = {key[0] for key in found.containers}
            yield from sentences.silence(server, [name for name in names if name not in known])


def _container(key: SeriesKey) -> ContainerKey:
    return key.namespace, key.kind, key.workload, key.container


def _of_startup(key: SeriesKey) -> SeriesKey:
    return replace(key, resource="startup")


def _wanted(look: Look, startup_minutes: int) -> Sequence[str]:
    if not look.is_fresh:
        return ()
    unwanted = {"startup"} if not startup_minutes else set()
    unwanted |= set() if look.has_state else {"replicas"}
    return [resource for resource in RESOURCES if resource not in unwanted]


def _has_state(look: Look | OutsideWorldFailed) -> bool:
    return isinstance(look, Look) and look.has_state
