"""What containers use right now, from metrics.k8s.io: for clusters without Prometheus."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from finops.domain.checks import Area, Check
from finops.domain.errors import InvalidInput, OutsideWorldFailed, TryAgainLater, WillNeverWork
from finops.domain.estate import Gap
from finops.domain.quantities import MAX_CPU_MILLICORES, MAX_MEMORY_BYTES, parse_number
from finops.sources.kubernetes.api import KubernetesApi, Patience
from finops.sources.kubernetes.connection import Connect
from finops.sources.kubernetes.discovery import discover
from finops.sources.kubernetes.listing import Notes, Question, read_list
from finops.sources.kubernetes.objects import SOURCE, meta_of
from finops.sources.kubernetes.resources import POD_METRICS
from finops.sources.raw_objects import LABEL, Mapped, at, mappings, moment, name_at

# metrics-server scrapes every 15 s and keeps the last sample of a kubelet that is gone.
STALE_AFTER = timedelta(minutes=10)
AHEAD_AFTER = timedelta(minutes=5)
_SAMPLES = "usage samples"


@dataclass(frozen=True, slots=True)
class ContainerSample:
    """One container of one pod at one moment: CPU in millicores (over `window`), bytes."""

    namespace: str
    pod: str
    container: str
    cpu_millicores: float
    memory_bytes: int
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Samples:
    """Rows that can be trusted, how many pods were dropped by their time, and what is missing."""

    rows: tuple[ContainerSample, ...]
    stale: int = 0
    ahead: int = 0
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PodMetrics:
    """Samples the metrics API of one cluster; one paged list each time."""

    cluster: str
    connect: Connect
    page_size: int = 500
    patience: Patience = field(default_factory=Patience)

    def sample(self, *, now: datetime) -> Samples:
        """What every container uses now, without samples that are over 10 minutes old or over 5
        minutes ahead of `now`.

        Raises WillNeverWork when the cluster has no metrics API or refuses the credentials, and
        TryAgainLater when it does not answer.
        """
        try:
            with closing(KubernetesApi(self.connect, self.patience)) as api:
                return self._sample(api, now)
        except TryAgainLater as error:
            raise TryAgainLater(self._said(error), after_seconds=error.after_seconds) from error
        except OutsideWorldFailed as error:
            raise WillNeverWork(self._said(error)) from error

    def check(self) -> Sequence[Check]:
        """Whether there is anything to sample (Checked)."""
        area = Area(f"Kubernetes {self.cluster}")
        try:
            taken = self.sample(now=datetime.now(UTC))
        except OutsideWorldFailed as error:
            fix = "Install metrics-server, or name a Prometheus instead of metrics_api."
            return [area.failed(_SAMPLES, str(error), fix=fix)]
        if not taken.rows:
            seen = " ".join(gap.sentence for gap in taken.gaps) or "no pod has a sample"
            return [area.warning(_SAMPLES, seen, fix="Look at metrics-server's own log.")]
        return [area.ok(_SAMPLES, f"containers sampled: {len(taken.rows):,}")]

    def _said(self, error: OutsideWorldFailed) -> str:
        return f"The metrics API of {self.cluster} could not be read: {str(error).rstrip('.')}."

    def _sample(self, api: KubernetesApi, now: datetime) -> Samples:
        served = discover(api, [POD_METRICS])
        if POD_METRICS in served.unknown:
            raise TryAgainLater(served.unknown[POD_METRICS])
        if POD_METRICS not in served.versions:
            raise WillNeverWork("it serves no metrics.k8s.io; install metrics-server")
        version = served.versions[POD_METRICS]
        listed = read_list(Question(api, POD_METRICS, version, self.page_size), read_sample)
        if listed.failure and not listed.values:
            raise TryAgainLater(listed.failure)
        return _sorted_by_time(
            [value for value in listed.values if isinstance(value, PodSample)],
            now,
            tuple(listed.gaps(SOURCE)),
        )


@dataclass(frozen=True, slots=True)
class PodSample:
    """The containers of one pod at one moment."""

    taken_at: datetime
    rows: tuple[ContainerSample, ...]


def read_sample(raw: Mapped, notes: Notes) -> PodSample:
    """One PodMetrics object. Raises InvalidInput without a name or a time."""
    meta, taken_at = meta_of(raw), moment(raw.get("timestamp"))
    if taken_at is None:
        raise InvalidInput("timestamp: is no time")
    return PodSample(taken_at, tuple(_rows(raw, (meta.namespace, meta.name), taken_at, notes)))


def _rows(
    raw: Mapped, place: tuple[str, str], taken_at: datetime, notes: Notes
) -> Iterator[ContainerSample]:
    for container in mappings(raw.get("containers")):
        try:
            name = name_at(container.get("name"), "containers[].name", rule=LABEL)
            cpu = _amount(at(container, "usage", "cpu"), "cpu", MAX_CPU_MILLICORES / 1000)
            memory = _amount(at(container, "usage", "memory"), "memory", MAX_MEMORY_BYTES)
        except InvalidInput as error:
            notes.add(f"{'/'.join(place)}: {str(error).rstrip('.')}")
            continue
        yield ContainerSample(*place, name, round(cpu * 1000, 6), int(memory), taken_at)


def _amount(raw: object, name: str, most: float) -> float:
    if not isinstance(raw, str):
        raise InvalidInput(f"usage.{name}: is not there")
    amount = parse_number(raw)
    if amount > most:
        raise InvalidInput(f"usage.{name}: {raw[:40]!r} is more than any machine has")
    return amount


def _sorted_by_time(pods: list[PodSample], now: datetime, gaps: tuple[Gap, ...]) -> Samples:
    fresh = [pod for pod in pods if -AHEAD_AFTER <= now - pod.taken_at <= STALE_AFTER]
    stale = sum(now - pod.taken_at > STALE_AFTER for pod in pods)
    ahead = len(pods) - len(fresh) - stale
    if stale or ahead:
        sentence = (
            f"{stale + ahead:,} of {len(pods):,} samples of the metrics API were dropped: "
            f"{stale:,} over 10 minutes old, {ahead:,} over 5 minutes ahead of the clock here."
        )
        gaps = (*gaps, Gap(SOURCE, sentence))
    return Samples(tuple(row for pod in fresh for row in pod.rows), stale, ahead, gaps)
