"""Usage of a cluster without Prometheus: samples of metrics.k8s.io, collected over days.

The metrics API only knows the present, so the bot asks every five minutes and keeps what it heard
as sketches. A sample counts for five minutes; what nobody sampled is no history: a cluster that was
looked at twice a day has minutes of it, not days, and proposals get odds to match.
"""

import threading
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from finops.domain.errors import OutsideWorldFailed
from finops.domain.estate import Gap, Workload
from finops.domain.usage import UsageSummary
from finops.ports import (
    ClusterStateSource,
    ContainerKey,
    ContainerUsage,
    Mark,
    SeriesKey,
    UsageReading,
    UsageStore,
)
from finops.rightsizing.sketches import DAYS, SAMPLES_PER_DAY
from finops.sources.kubernetes.pod_metrics import ContainerSample, PodMetrics
from finops.sources.prometheus.folding import UsageAnswers
from finops.sources.prometheus.kept import Kept, folded, read_kept
from finops.sources.prometheus.owners import Owners
from finops.sources.prometheus.stretches import (
    DAY,
    FRESH_SECONDS,
    STEP,
    Stretch,
    last_sample_second,
)
from finops.sources.prometheus.tables import RowKey, Table

SOURCE = "metrics-api"
RESOURCES = ("cpu", "memory")

Rows = Sequence[ContainerSample]


@dataclass(slots=True, kw_only=True)
class SampledUsage:
    """Samples one cluster and says what the samples of days tell (UsageSource, UsageSampler).

    `running` names the workloads when a process samples before its first cycle.
    """

    cluster: str
    metrics: PodMetrics
    running: ClusterStateSource
    store: UsageStore
    _workloads: Sequence[Workload] = field(default=(), repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def sample(self, *, now: datetime) -> Sequence[Gap]:
        """Take one sample and keep it, unless these five minutes have been sampled already.

        Raises TryAgainLater or WillNeverWork when the metrics API does not answer.
        """
        with self._lock:
            slot = last_sample_second(now.timestamp())
            marks = self.store.marks(self.cluster, SOURCE)
            if any(mark.until >= slot for mark in marks):
                return ()
            self._workloads = self._workloads or self.running.read(now=now).workloads
            taken = self.metrics.sample(now=now)
            self._keep(taken.rows, marks, slot=slot, now=now)
            return taken.gaps

    def read(
        self, workloads: Sequence[Workload], *, now: datetime, window_days: int
    ) -> UsageReading:
        """What the samples so far tell, the present one included; its failure is a gap."""
        del window_days  # as far back as there are samples
        self._workloads = workloads
        gaps: list[Gap] = []
        try:
            gaps += self.sample(now=now)
        except OutsideWorldFailed as error:
            gaps.append(Gap(SOURCE, f"The present use was not sampled: {error}"))
        if not self._is_fresh(now):
            sentence = f"The newest samples of {self.cluster} are over 3 days old."
            return UsageReading({}, gaps=(*gaps, Gap(SOURCE, sentence)))
        namespaces = {workload.namespace for workload in workloads}
        series = self.store.load(self.cluster, SOURCE, namespaces=namespaces)
        cpu, memory = (_summaries(read_kept(series, resource)) for resource in RESOURCES)
        if not cpu and not memory:
            gaps.append(Gap(SOURCE, f"No container of {self.cluster} has been sampled yet."))
        keys = {*cpu, *memory}
        return UsageReading(
            {key: ContainerUsage(cpu=cpu.get(key), memory=memory.get(key)) for key in keys},
            gaps=tuple(gaps),
        )

    def _is_fresh(self, now: datetime) -> bool:
        """Whether the newest of all samples is evidence of today, or there never was one."""
        newest = max((m.until for m in self.store.marks(self.cluster, SOURCE)), default=None)
        return newest is None or last_sample_second(now.timestamp()) - newest <= FRESH_SECONDS

    def _keep(self, rows: Rows, marks: Sequence[Mark], *, slot: int, now: datetime) -> None:
        """Fold the rows into what is kept; namespaces that were sampled equally far together."""
        day_start = next((mark.day_start for mark in marks), slot % DAY)
        until = {mark.namespace: mark.until for mark in marks if mark.resource == "cpu"}
        alike: dict[int | None, set[str]] = defaultdict(set)
        for row in rows:
            alike[until.get(row.namespace)].add(row.namespace)
        for before, namespaces in alike.items():
            mine = [row for row in rows if row.namespace in namespaces]
            kept = self.store.load(self.cluster, SOURCE, namespaces=namespaces)
            moment = (before or slot - STEP, slot, day_start)
            # A second replica that sampled the same five minutes keeps nothing.
            self.store.save(
                self.cluster,
                SOURCE,
                series=self._folded(kept, mine, moment),
                before=_marks(namespaces, before, day_start),
                after=_marks(namespaces, slot, day_start),
                now=now,
            )

    def _folded(
        self, kept: Mapping[SeriesKey, bytes], rows: Rows, moment: tuple[int, int, int]
    ) -> dict[SeriesKey, bytes]:
        series: dict[SeriesKey, bytes] = {}
        owners = Owners(self._workloads)
        for resource in RESOURCES:
            answers, key_of = _answers(rows, resource, moment), _KeyOf(owners, resource)
            series |= folded(kept, answers, resource=resource, key_of=key_of).written()
        return series


@dataclass(frozen=True, slots=True)
class _KeyOf:
    """The series of a row; None for a pod of something unknown."""

    owners: Owners
    resource: str

    def __call__(self, row: RowKey) -> SeriesKey | None:
        namespace, pod, container = row
        owner = self.owners.owner_of((namespace, pod))
        return SeriesKey(namespace, *owner, container, self.resource) if owner else None


def _answers(rows: Rows, resource: str, moment: tuple[int, int, int]) -> list[UsageAnswers]:
    """The days that ended since the last sample, without samples, and then the new one."""
    before, slot, day_start = moment
    before = max(before, slot - (DAYS + 2) * DAY)  # after so many days nothing is left to fade
    ended = range((before - day_start) // DAY + 1, (slot - STEP - day_start) // DAY + 1)
    nothing = Table({}, np.empty((0, 0)))
    empty = [
        UsageAnswers(Stretch(edge * DAY + day_start, edge * DAY + day_start, closes=True), nothing)
        for edge in ended
    ]
    found: dict[RowKey, float] = {}
    for row in rows:
        value = row.cpu_millicores if resource == "cpu" else float(row.memory_bytes)
        found[row.namespace, row.pod, row.container] = value
    numbers = {key: number for number, key in enumerate(found)}
    table = Table(numbers, np.array([[value] for value in found.values()]).reshape(-1, 1))
    is_last = slot % DAY == day_start
    return [*empty, UsageAnswers(Stretch(slot - STEP, slot, closes=is_last), table)]


def _marks(namespaces: Collection[str], until: int | None, day_start: int) -> list[Mark]:
    if until is None:
        return []
    return [Mark(name, r, until, day_start) for name in namespaces for r in RESOURCES]


def _summaries(kept: Kept) -> Mapping[ContainerKey, UsageSummary]:
    found = kept.usage(today_days=0.0, source="")
    return {
        (key.namespace, key.kind, key.workload, key.container): _honest(summary)
        for key, summary in found.items()
    }


def _honest(summary: UsageSummary) -> UsageSummary:
    """History counts as far as it was sampled: 144 samples are half a day, however far apart."""
    return replace(
        summary,
        window_days=summary.samples / SAMPLES_PER_DAY,
        running_share=0.0,  # a gap between samples may be ours as well as the workload's
        source=f"metrics.k8s.io, {summary.samples:,} samples five minutes apart; peaks between "
        "them are not seen",
    )
