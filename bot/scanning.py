"""`finops scan`: reads clusters side by side, then runs their cycles one after another.

Reading waits for servers, so it goes side by side; cycles write into one ledger and take turns.
With namespaces named it only looks: the whole cluster is read and judged, because prices and node
packing depend on all of it, but only those namespaces are shown and nothing is recorded. A partial
cycle would otherwise retire what it had not looked at.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.side_by_side import started
from finops.domain.errors import FinOpsError
from finops.domain.estate import Gap, Snapshot
from finops.domain.opportunity import Opportunity, Skipped
from finops.finops_engine import FinOpsEngine
from finops.ports import Progress
from finops.rightsizing.packing.joint import JointSaving

log = logging.getLogger(__name__)
# A snapshot of 10,000 containers takes about 100 MB; eight at once are enough to wait in parallel.
READ_AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What a scan of one cluster or account found, the largest saving first.

    `is_recorded` is False for a look at namespaces; `absent_namespaces` have no workload here.
    `joint` is what everything found is worth when it is done together, None where nobody can say.
    """

    cluster: str
    taken_at: datetime
    seconds: float
    opportunities: tuple[Opportunity, ...]
    skipped: tuple[Skipped, ...]
    gaps: tuple[Gap, ...]
    new: int = 0
    revised: int = 0
    is_recorded: bool = True
    absent_namespaces: tuple[str, ...] = ()
    joint: JointSaving | None = None


@dataclass(frozen=True, slots=True)
class NotScanned:
    """A cluster that could not be read, and why."""

    cluster: str
    sentence: str


Result = Scanned | NotScanned


def scan(
    engine: FinOpsEngine,
    clusters: Sequence[str],
    *,
    namespaces: Sequence[str] = (),
    progress: Callable[[str], Progress],
) -> list[Result]:
    """Every cluster's result in the given order; one that fails does not stop the others."""
    turns = threading.Semaphore(READ_AT_ONCE)
    reading = {
        started(partial(_read, engine, cluster), name=f"read {cluster}", turns=turns): cluster
        for cluster in clusters
    }
    results: dict[str, Result] = {}
    for future in as_completed(reading):
        cluster = reading[future]
        said = progress(cluster)
        said.step("looking for waste", 0, 0)
        result = results[cluster] = _result(engine, cluster, future, namespaces=namespaces)
        if isinstance(result, NotScanned):
            said.step("failed", 0, 1)
        else:
            found, left_alone = len(result.opportunities), len(result.skipped)
            said.step(f"{found} found, {left_alone} left alone", 1, 1)
    return [results[cluster] for cluster in clusters]


def scan_snapshot(
    engine: FinOpsEngine, snapshot: Snapshot, *, namespaces: Sequence[str] = (), seconds: float = 0
) -> Scanned:
    """A cycle over a snapshot that is already there, or a look at its namespaces."""
    if namespaces:
        return _look(engine, snapshot, namespaces, seconds=seconds)
    cycle = engine.run_cycle(snapshot)
    found = tuple(record.opportunity for record in cycle.records)
    return Scanned(
        cluster=cycle.cluster,
        taken_at=cycle.taken_at,
        seconds=seconds,
        opportunities=found,
        skipped=cycle.skipped,
        gaps=cycle.gaps,
        new=cycle.new,
        revised=cycle.revised,
        joint=cycle.joint,
    )


def _read(engine: FinOpsEngine, cluster: str) -> tuple[Snapshot, float]:
    begin = time.monotonic()
    return engine.read(cluster), time.monotonic() - begin


def _result(
    engine: FinOpsEngine,
    cluster: str,
    future: "Future[tuple[Snapshot, float]]",
    *,
    namespaces: Sequence[str],
) -> Result:
    error = future.exception()
    if error is not None and not isinstance(error, FinOpsError):
        log.error("%s could not be read", cluster, exc_info=error)
        return NotScanned(cluster, f"A bug of finops-bot: {type(error).__name__}: {error}")
    try:
        snapshot, seconds = future.result()
        return scan_snapshot(engine, snapshot, namespaces=namespaces, seconds=seconds)
    except FinOpsError as refusal:
        return NotScanned(cluster, str(refusal))


def _look(
    engine: FinOpsEngine, snapshot: Snapshot, namespaces: Sequence[str], *, seconds: float
) -> Scanned:
    detection = engine.look(snapshot)
    present = {workload.namespace for workload in snapshot.workloads}
    starts = tuple(f"{snapshot.cluster}/{namespace}/" for namespace in namespaces)
    return Scanned(
        cluster=snapshot.cluster,
        taken_at=snapshot.taken_at,
        seconds=seconds,
        opportunities=tuple(
            each for each in detection.opportunities if each.resource.namespace in namespaces
        ),
        skipped=tuple(each for each in detection.skipped if each.resource_key.startswith(starts)),
        gaps=snapshot.gaps,
        is_recorded=False,
        absent_namespaces=tuple(name for name in namespaces if name not in present),
    )
