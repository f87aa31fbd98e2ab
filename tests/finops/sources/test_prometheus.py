"""Against a real Prometheus that holds 14 days which a test wrote down."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from finops.domain.estate import Workload
from finops.sources.prometheus import PrometheusUsage
from finops.sources.prometheus_api import Patience

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
STEP = 300
MIB = 2**20


def workload(name: str, kind: str = "Deployment", namespace: str = "shop") -> Workload:
    return Workload(cluster="prod", namespace=namespace, kind=kind, name=name)


def moments(days: float) -> Iterator[int]:
    end = int(NOW.timestamp())
    return iter(range(end - round(days * 288) * STEP - STEP, end + 1, STEP))


def counter(pod: str, rate: Callable[[int], float], days: float, *, extra: str = "") -> list[str]:
    """A container's CPU seconds, growing by `rate` cores."""
    total, lines = 0.0, []
    for moment in moments(days):
        total += rate(moment) * STEP
        labels = f'namespace="shop",pod="{pod}",container="server"{extra}'
        lines.append(f"container_cpu_usage_seconds_total{{{labels}}} {total} {moment}")
    return lines


def gauge(pod: str, size: Callable[[int], float], days: float, *, extra: str = "") -> list[str]:
    labels = f'namespace="shop",pod="{pod}",container="server"{extra}'
    return [
        f"container_memory_working_set_bytes{{{labels}}} {size(moment)} {moment}"
        for moment in moments(days)
    ]


def history(cpu: list[list[str]], memory: list[list[str]]) -> str:
    lines = ["# TYPE container_cpu_usage_seconds counter", *(x for part in cpu for x in part)]
    lines += ["# TYPE container_memory_working_set_bytes gauge"]
    return "\n".join([*lines, *(x for part in memory for x in part)])


def test_fourteen_days_of_the_hottest_pod(prometheus: Callable[[str], str]) -> None:
    last_day = NOW.timestamp() - 86_400
    url = prometheus(
        history(
            [
                counter("web-7d4b9c6f5d-x7k2p", lambda _: 0.1, 14),
                counter("web-7d4b9c6f5d-hhhhh", lambda t: 0.4 if t > last_day else 0.05, 14),
                counter("db-0", lambda _: 0.25, 3),
                counter("stranger-0", lambda _: 4, 3),
            ],
            [
                gauge("web-7d4b9c6f5d-x7k2p", lambda _: 100 * MIB, 14),
                gauge("db-0", lambda t: (300 if t % 86_400 else 900) * MIB, 3 - 2 / 288),
            ],
        )
    )
    # Just under five minutes hold one sample in most steps; ten hold two, as a scrape would.
    usage = PrometheusUsage(url, step_seconds=600)
    reading = usage.read([workload("web"), workload("db", "StatefulSet")], now=NOW, window_days=14)
    web, db = (
        reading.containers["shop", "Deployment", "web", "server"],
        reading.containers["shop", "StatefulSet", "db", "server"],
    )

    assert set(reading.containers) == {
        ("shop", "Deployment", "web", "server"),
        ("shop", "StatefulSet", "db", "server"),
    }
    assert reading.gaps == ()
    assert web.cpu
    assert web.memory
    assert db.cpu
    assert db.memory
    assert web.cpu.percentiles[0.5] == pytest.approx(100, rel=0.01)
    assert web.cpu.maximum == pytest.approx(400, rel=0.01)
    assert web.cpu.window_days == pytest.approx(14, abs=0.02)
    assert web.cpu.daily_peaks == pytest.approx([100] * 13 + [400], rel=0.02)
    assert web.memory.maximum == 100 * MIB
    assert db.cpu.window_days == pytest.approx(3, abs=0.02)
    assert db.memory.daily_peaks == pytest.approx([900 * MIB] * 3)
    assert web.cpu.samples == pytest.approx(14 * 144, abs=2)


def test_a_counter_that_starts_again_is_no_spike(prometheus: Callable[[str], str]) -> None:
    lines = counter("db-0", lambda _: 0.2, 1)
    middle = len(lines) // 2
    again = [
        f"{head} {float(value) - 0.2 * STEP * middle} {moment}"
        for head, value, moment in (line.rsplit(" ", 2) for line in lines[middle:])
    ]
    url = prometheus(history([lines[:middle] + again], []))
    reading = PrometheusUsage(url, step_seconds=900).read(
        [workload("db", "StatefulSet")], now=NOW, window_days=1
    )
    cpu = reading.containers["shop", "StatefulSet", "db", "server"].cpu

    assert cpu
    assert cpu.maximum == pytest.approx(200, rel=0.05)


def test_matchers_choose_the_cluster(prometheus: Callable[[str], str]) -> None:
    url = prometheus(
        history(
            [],
            [
                gauge("db-0", lambda _: MIB, 0.1, extra=',cluster="prod"'),
                gauge("db-0", lambda _: 9 * MIB, 0.1, extra=',cluster="test"'),
            ],
        )
    )
    usage = PrometheusUsage(url, matchers={"cluster": "prod"})
    memory = (
        usage.read([workload("db", "StatefulSet")], now=NOW, window_days=1)
        .containers["shop", "StatefulSet", "db", "server"]
        .memory
    )

    assert memory
    assert memory.maximum == MIB


def test_a_hostile_namespace_is_only_a_label_value(prometheus: Callable[[str], str]) -> None:
    url = prometheus(history([], [gauge("db-0", lambda _: MIB, 0.1)]))
    hostile = 'x"} or container_memory_working_set_bytes{a="\\\n'
    reading = PrometheusUsage(url).read(
        [workload("db", "StatefulSet", hostile)], now=NOW, window_days=1
    )

    assert reading.containers == {}
    assert "knows no container" in reading.gaps[0].sentence


def test_an_answer_over_the_limit_is_asked_for_in_halves(
    prometheus: Callable[[str], str],
) -> None:
    url = prometheus(history([], [gauge("db-0", lambda _: MIB, 2)]))
    usage = PrometheusUsage(url, patience=Patience(answer_bytes=4_000))
    reading = usage.read([workload("db", "StatefulSet")], now=NOW, window_days=2)
    memory = reading.containers["shop", "StatefulSet", "db", "server"].memory

    assert memory
    assert memory.samples == 2 * 288


def test_samples_that_are_no_measurements_are_counted_and_left_out(
    prometheus: Callable[[str], str],
) -> None:
    wrong = [float("nan"), -1.0, float("inf"), 2.0**60]
    url = prometheus(
        history([], [gauge("db-0", lambda t: wrong[t // STEP % 5 - 1] if t % 1500 else MIB, 0.5)])
    )
    usage = PrometheusUsage(url)
    reading = usage.read([workload("db", "StatefulSet")], now=NOW, window_days=1)
    memory = reading.containers["shop", "StatefulSet", "db", "server"].memory

    assert memory
    assert memory.maximum == MIB
    assert "memory samples for namespace shop that are negative" in reading.gaps[0].sentence


def test_the_past_before_a_workload_began_is_no_history(prometheus: Callable[[str], str]) -> None:
    url = prometheus(history([], [gauge("db-0", lambda _: MIB, 2)]))
    reading = PrometheusUsage(url).read(
        [workload("db", "StatefulSet")], now=NOW - timedelta(days=1), window_days=14
    )
    memory = reading.containers["shop", "StatefulSet", "db", "server"].memory

    assert memory
    assert memory.window_days == pytest.approx(1, abs=0.01)
