"""A first and a next cycle over an estate of any size, beside the fewest questions that would do.

    python -m benchmarks.scan --workloads 1000 --json

Fourteen days of an estate are written into a real Prometheus and served from blocks, and its
workloads and pods stand in a stand-in API server. A process of its own then runs cycles through the
real adapters: `first_cycle_s` reads the cluster, asks Prometheus for 14 days and keeps the sketches
in a ledger; `next_cycle_s` does so an hour later, `next_day_cycle_s` a day after that. What the
detectors take over the newest snapshot is `judging_s`, and in none of these. `ideal_s` is the wall
time of the fewest grouped queries that return the same knowledge, asked as often at once, with
nothing done to the answers; a query the server refuses as too large is asked in halves. Ideal and
cycle take turns on the same machine; the smaller of two ideals counts.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import requests

from benchmarks.cluster_objects import objects_of
from benchmarks.metrics_estate import SimulatedWorkload, metrics_server, workloads_of
from finops.aws_cost_integration import AwsCostIntegration
from finops.ledger.usage import LedgerUsageStore
from finops.savings_ledger import SavingsLedger
from finops.sources.estate import EstateReader
from finops.sources.kubernetes.cluster import KubernetesCluster
from finops.sources.prometheus import questions as q
from finops.sources.prometheus.owners import OWNER_METRICS
from finops.sources.prometheus.stretches import DAY
from finops.sources.prometheus.usage import PrometheusUsage
from finops.waste_detectors import WasteDetectionEngine
from tests.real_parts.kubernetes_api import connect_to, kubernetes_api

CLUSTER = "bench"
CONCURRENCY = 2
# The first cycle is 25 hours before the newest sample, so that an hour and a day lie after it.
_FIRST, _NEXT, _NEXT_DAY = 25 * 3600, 24 * 3600, 0


def measure(workloads: int, scrape_seconds: int) -> dict[str, Any]:
    """Build the estate, run ideal and cycles, and compare."""
    estate = workloads_of(workloads)
    end = int(time.time()) // 3600 * 3600
    with tempfile.TemporaryDirectory(prefix="finops-scan-") as folder:
        began = time.perf_counter()
        with (
            metrics_server(estate, Path(folder), end=end, scrape_seconds=scrape_seconds) as url,
            _api_server(estate) as api,
        ):
            built = time.perf_counter() - began
            before = ideal_seconds(url, end - _FIRST)
            cycles = _in_process(url, api, f"sqlite:///{folder}/finops.db", end)
            after = ideal_seconds(url, end - _FIRST)
    return _figures(estate, cycles, ideal=min(before, after)) | {
        "scrape_seconds": scrape_seconds,
        "build_s": round(built, 1),
    }


def _figures(
    estate: Sequence[SimulatedWorkload], cycles: dict[str, Any], *, ideal: float
) -> dict[str, Any]:
    first, following, day = cycles["first"], cycles["next"], cycles["next_day"]
    return {
        "workloads": len(estate),
        "containers": sum(len(w.pods) * len(w.containers) for w in estate),
        "judged": cycles["judged"],
        "first_cycle_s": round(first["seconds"], 2),
        "next_cycle_s": round(following["seconds"], 2),
        "next_day_cycle_s": round(day["seconds"], 2),
        "queries_first": first["queries"],
        "queries_next": following["queries"],
        "bytes": first["bytes"],
        "bytes_next": following["bytes"],
        "peak_rss_mb": round(cycles["peak_rss_mb"], 1),
        "ideal_s": round(ideal, 2),
        "ratio_to_ideal": round(first["seconds"] / ideal, 2),
        "next_to_first": round(following["seconds"] / first["seconds"], 3),
        "next_day_to_first": round(day["seconds"] / first["seconds"], 3),
        "kubernetes_s": round(first["kubernetes_s"], 2),
        "judging_s": round(day["judging_s"], 2),
    }


# The ideal


def ideal_seconds(url: str, end: int) -> float:
    """The wall time of the fewest queries, as many at once as the adapter asks."""
    with requests.Session() as session, ThreadPoolExecutor(CONCURRENCY) as pool:
        began = time.perf_counter()
        for _ in pool.map(lambda asked: _ask(session, url, asked, end), _fewest()):
            pass
        _read(session, f"{url}/api/v1/series", _owners(end))
        return time.perf_counter() - began


def _fewest() -> list[tuple[q.Question, str]]:
    """One query a statistic over everything, with the selector it needs."""
    used = [
        *q.cpu_questions(0).statistics.values(),
        q.CPU_MEAN,
        *q.MEMORY_STATISTICS.values(),
        q.MEMORY_MEAN,
    ]
    used += [q.HOURS, q.THROTTLED, q.KILLS]
    real = 'container!="",container!="POD"'
    state = [q.RESTARTS, q.KILLED, *q.REPLICAS.values()]
    return [(one, real) for one in used] + [(one, 'namespace!=""') for one in state]


def _ask(session: requests.Session, url: str, asked: tuple[q.Question, str], end: int) -> None:
    """All namespaces at once, or two halves of them where that is too much for the server."""
    question, selector = asked
    for part in ("", ',namespace=~".*[02468]"', ',namespace=~".*[13579]"'):
        form = [
            ("query", question.written(selector + part, DAY)),
            ("start", str(end - 13 * DAY)),
            ("end", str(end)),
            ("step", str(DAY)),
        ]
        status = _read(session, f"{url}/api/v1/query_range", form)
        if status == 200 and not part:
            return
        assert status in (200, 422), status


def _owners(end: int) -> list[tuple[str, str]]:
    match = [("match[]", metric) for metric in OWNER_METRICS]
    return [*match, ("start", str(end - 14 * DAY)), ("end", str(end))]


def _read(session: requests.Session, url: str, form: Sequence[tuple[str, str]]) -> int:
    with session.post(url, data=list(form), stream=True, timeout=600) as response:
        while response.raw.read(1 << 20):
            pass
        return response.status_code


# The cycles, in a process of their own


def _in_process(url: str, api: str, database: str, end: int) -> dict[str, Any]:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_run_cycles, args=(theirs, url, api, (database, end))
    )
    process.start()
    found: dict[str, Any] = ours.recv()
    process.join()
    return found


def _run_cycles(door: Connection, url: str, api: str, place: tuple[str, int]) -> None:
    database, end = place
    ledger = SavingsLedger(database)
    running = _Timed(KubernetesCluster(cluster=CLUSTER, connect=connect_to(api)))
    usage = PrometheusUsage(
        base_url=url,
        cluster=CLUSTER,
        store=LedgerUsageStore(ledger.engine),
        concurrency=CONCURRENCY,
    )
    reader = EstateReader(
        cluster=CLUSTER, prices=AwsCostIntegration(), running=running, usage=usage
    )
    found: dict[str, Any] = {}
    for name, ago in (("first", _FIRST), ("next", _NEXT), ("next_day", _NEXT_DAY)):
        found[name] = _cycle(reader, running, usage, now=end - ago)
    found["judged"] = found["next_day"].pop("judged")
    found["peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ledger.close()
    door.send(found)


class _Timed:
    """A cluster that says how long reading it took."""

    def __init__(self, cluster: KubernetesCluster) -> None:
        self._cluster, self.seconds = cluster, 0.0

    def read(self, *, now: datetime) -> Any:
        began = time.perf_counter()
        state = self._cluster.read(now=now)
        self.seconds = time.perf_counter() - began
        return state


def _cycle(
    reader: EstateReader, running: _Timed, usage: PrometheusUsage, *, now: int
) -> dict[str, Any]:
    queries, answered = usage.traffic.questions, usage.traffic.bytes
    began = time.perf_counter()
    # Two minutes are left for samples on their way, so that whole hours end at whole hours.
    snapshot = reader.snapshot(now=datetime.fromtimestamp(now + 121, UTC))
    read = time.perf_counter()
    detection = WasteDetectionEngine().detect(snapshot)
    done = time.perf_counter()
    problems = [gap.sentence for gap in snapshot.gaps if gap.source == "prometheus"]
    assert not problems, problems
    measured = sum(c.cpu_usage is not None for w in snapshot.workloads for c in w.containers)
    assert measured == sum(len(w.containers) for w in snapshot.workloads)
    return {
        "seconds": read - began,
        "kubernetes_s": running.seconds,
        "judging_s": done - read,
        "queries": usage.traffic.questions - queries,
        "bytes": usage.traffic.bytes - answered,
        "judged": len(detection.opportunities) + len(detection.skipped),
    }


@contextmanager
def _api_server(estate: Sequence[SimulatedWorkload]) -> Iterator[str]:
    """The stand-in API server, in a process of its own: it must not slow the reader's."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, list(estate)), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("done")
        process.join(10)


def _serve(door: Connection, estate: list[SimulatedWorkload]) -> None:
    with kubernetes_api(objects_of(estate)) as server:
        door.send(server.url)
        door.recv()


def main() -> None:
    """Measure and print; the last line is one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workloads", type=int, default=1000)
    parser.add_argument("--scrape-seconds", type=int, default=120)
    parser.add_argument("--json", action="store_true", help="print the JSON line only")
    asked = parser.parse_args()
    if not asked.json:
        print("Writing fourteen days into Prometheus ...", file=sys.stderr)
    figures = measure(asked.workloads, asked.scrape_seconds)
    if not asked.json:
        for name, value in figures.items():
            print(f"{name:20} {value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
