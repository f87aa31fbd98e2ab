"""Against a real Prometheus that holds days which a test wrote down."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from finops.domain.estate import Container, Workload
from finops.ledger.usage import LedgerUsageStore
from finops.ports import ContainerUsage, Mark, UsageReading, UsageStore
from finops.savings_ledger import SavingsLedger
from finops.sources.prometheus.usage import PrometheusUsage
from tests.finops.usage_store import MemoryUsageStore

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
STEP = 60
DAY = 86_400
MIB = 2**20
WEB, DB = ("shop", "Deployment", "web", "server"), ("shop", "StatefulSet", "db", "server")

pytestmark = pytest.mark.real


def workload(name: str, kind: str = "Deployment", namespace: str = "shop") -> Workload:
    return Workload(
        cluster="prod",
        namespace=namespace,
        kind=kind,
        name=name,
        containers=(Container(name="server"),),
    )


SHOP = [workload("web"), workload("db", "StatefulSet")]


def moments(days: float) -> Iterator[int]:
    end = int(NOW.timestamp())
    return iter(range(end - round(days * DAY) - 2 * STEP, end + 1, STEP))


def named(metric: str, pod: str, extra: str = "", namespace: str = "shop") -> str:
    return f'{metric}{{namespace="{namespace}",pod="{pod}",container="server"{extra}}}'


def counter(pod: str, rate: Callable[[int], float], days: float, *, extra: str = "") -> list[str]:
    """A container's CPU seconds, growing by `rate` cores."""
    total, lines = 0.0, []
    name = named("container_cpu_usage_seconds_total", pod, extra)
    for moment in moments(days):
        total += rate(moment) * STEP
        lines.append(f"{name} {total} {moment}")
    return lines


def gauge(pod: str, size: Callable[[int], float], days: float, *, extra: str = "") -> list[str]:
    name = named("container_memory_working_set_bytes", pod, extra)
    return [f"{name} {size(moment)} {moment}" for moment in moments(days)]


def history(cpu: Sequence[list[str]], memory: Sequence[list[str]], more: Sequence[str] = ()) -> str:
    lines = ["# TYPE container_cpu_usage_seconds counter", *(x for part in cpu for x in part)]
    lines += ["# TYPE container_memory_working_set_bytes gauge"]
    return "\n".join([*lines, *(x for part in memory for x in part), *more])


def usage_of(url: str, store: UsageStore | None = None, **matchers: str) -> PrometheusUsage:
    return PrometheusUsage(
        base_url=url, cluster="prod", store=store or MemoryUsageStore(), matchers=matchers
    )


def read(
    usage: PrometheusUsage, workloads: Sequence[Workload] = SHOP, *, hours_ago: float = 0,
    days: int = 14,
) -> UsageReading:  # fmt: skip
    now = NOW - timedelta(hours=hours_ago) + timedelta(minutes=3)
    return usage.read(workloads, now=now, window_days=days)


def both(found: ContainerUsage) -> tuple[object, ...]:
    """What two ways of reading the same days must agree on."""
    assert found.cpu
    assert found.memory
    return (
        round(found.cpu.window_days, 3),
        round(found.cpu.maximum, 3),
        round(found.memory.maximum),
        [round(peak) for peak in found.cpu.daily_peaks],
    )


def test_days_of_two_pods_become_the_hottest_one(prometheus: Callable[[str], str]) -> None:
    last_day = NOW.timestamp() - DAY
    url = prometheus(
        history(
            [
                counter("web-7d4b9c6f5d-x7k2p", lambda _: 0.1, 4),
                counter("web-7d4b9c6f5d-hhhhh", lambda t: 0.4 if t > last_day else 0.05, 4),
                counter("db-0", lambda _: 0.25, 2),
                counter("stranger-0", lambda _: 4, 2),
            ],
            [
                gauge("web-7d4b9c6f5d-x7k2p", lambda _: 100 * MIB, 4),
                gauge("web-7d4b9c6f5d-hhhhh", lambda _: 50 * MIB, 4),
                gauge("db-0", lambda t: (300 if t % DAY else 900) * MIB, 2),
            ],
        )
    )
    reading = read(usage_of(url), days=4)
    web, db = reading.containers[WEB], reading.containers[DB]

    assert set(reading.containers) == {WEB, DB}
    assert web.cpu
    assert web.memory
    assert db.cpu
    assert db.memory
    assert web.cpu.maximum == pytest.approx(400, rel=0.01)
    assert web.cpu.percentiles[0.5] == pytest.approx(100, rel=0.05)
    assert web.cpu.window_days == pytest.approx(4, abs=0.02)
    assert web.cpu.daily_peaks == pytest.approx([100] * 3 + [400], rel=0.02)
    assert web.cpu.pods == pytest.approx(2, rel=0.01)
    assert web.cpu.summed_mean == pytest.approx((3 * 150 + 500) / 4, rel=0.02)
    assert web.memory.maximum == pytest.approx(100 * MIB, rel=0.001)
    assert web.memory.summed_mean == pytest.approx(150 * MIB, rel=0.01)
    assert db.cpu.window_days == pytest.approx(2, abs=0.05)
    assert db.memory.daily_peaks[-2:] == pytest.approx([900 * MIB] * 2, rel=0.001)


def test_reading_on_tells_the_same_as_reading_at_once(prometheus: Callable[[str], str]) -> None:
    def cores(moment: int) -> float:
        return 0.1 + 0.3 * (moment // 3600 % 24) / 24

    url = prometheus(
        history(
            [counter("db-0", cores, 6)],
            [gauge("db-0", lambda t: (100 + t // 3600 % 24) * MIB, 6)],
        )
    )
    store = MemoryUsageStore()
    stepwise = usage_of(url, store)
    for hours_ago in (48, 47, 30, 29.5, 1):
        read(stepwise, SHOP[1:], hours_ago=hours_ago, days=3)
    reading = read(stepwise, SHOP[1:])
    at_once = read(usage_of(url), SHOP[1:], days=5)
    found, expected = reading.containers[DB], at_once.containers[DB]

    assert found.cpu
    assert expected.cpu
    assert found.cpu.window_days == pytest.approx(5, abs=0.01)
    assert found.cpu.samples == pytest.approx(expected.cpu.samples, rel=0.01)
    assert found.cpu.maximum == pytest.approx(expected.cpu.maximum, rel=0.01)
    assert found.cpu.mean == pytest.approx(expected.cpu.mean, rel=0.02)
    assert found.cpu.percentiles[0.95] == pytest.approx(expected.cpu.percentiles[0.95], rel=0.06)
    assert found.cpu.daily_peaks == pytest.approx(expected.cpu.daily_peaks, rel=0.05)


def test_the_same_stretch_is_never_read_twice(prometheus: Callable[[str], str]) -> None:
    url = prometheus(
        history([counter("db-0", lambda _: 0.2, 1)], [gauge("db-0", lambda _: MIB, 1)])
    )
    usage = usage_of(url)
    first = read(usage, SHOP[1:], days=1)
    asked = usage.traffic.questions
    second = read(usage, SHOP[1:], days=1)

    assert both(first.containers[DB]) == both(second.containers[DB])
    # The clock, the newest samples, and twice the exporter that is not there.
    assert usage.traffic.questions - asked == 4


def test_whoever_comes_second_takes_what_the_first_has_kept(
    prometheus: Callable[[str], str],
) -> None:
    url = prometheus(
        history([counter("db-0", lambda _: 0.2, 1)], [gauge("db-0", lambda _: MIB, 1)])
    )

    class Late(MemoryUsageStore):
        """Sees no mark, as a replica does that began at the same moment."""

        def marks(self, cluster: str, source: str) -> Sequence[Mark]:
            return []

    store = Late()
    first = read(usage_of(url, store), SHOP[1:], days=1)
    second = read(usage_of(url, store), SHOP[1:], days=1)

    assert store.saves == 1
    assert both(first.containers[DB]) == both(second.containers[DB])


def test_a_counter_that_starts_again_is_no_spike(prometheus: Callable[[str], str]) -> None:
    lines = counter("db-0", lambda _: 0.2, 1)
    middle = len(lines) // 2
    again = [
        f"{head} {float(value) - 0.2 * STEP * middle} {moment}"
        for head, value, moment in (line.rsplit(" ", 2) for line in lines[middle:])
    ]
    url = prometheus(history([lines[:middle] + again], [gauge("db-0", lambda _: MIB, 1)]))
    cpu = read(usage_of(url), days=1).containers[DB].cpu

    assert cpu
    assert cpu.maximum == pytest.approx(200, rel=0.05)


def test_two_replicas_of_one_prometheus_do_not_count_twice(
    prometheus: Callable[[str], str],
) -> None:
    twins = [f',prometheus_replica="{letter}"' for letter in "ab"]
    url = prometheus(
        history(
            [counter("db-0", lambda _: 0.2, 1, extra=twin) for twin in twins],
            [gauge("db-0", lambda _: 7 * MIB, 1, extra=twin) for twin in twins],
        )
    )
    found = read(usage_of(url), days=1).containers[DB]

    assert found.cpu
    assert found.memory
    assert found.cpu.pods == pytest.approx(1, rel=0.01)
    assert found.cpu.summed_mean == pytest.approx(200, rel=0.05)
    assert found.memory.summed_mean == pytest.approx(7 * MIB, rel=0.001)


def test_samples_that_are_no_numbers_are_left_out(prometheus: Callable[[str], str]) -> None:
    lines = gauge("db-0", lambda _: 5 * MIB, 1)
    lines = [
        line.replace(f" {5 * MIB} ", " NaN ") if number % 7 == 0 else line
        for number, line in enumerate(lines)
    ]
    url = prometheus(history([counter("db-0", lambda _: 0.2, 1)], [lines]))
    memory = read(usage_of(url), days=1).containers[DB].memory

    assert memory
    assert memory.maximum == pytest.approx(5 * MIB, rel=0.001)


def test_matchers_choose_the_cluster(prometheus: Callable[[str], str]) -> None:
    url = prometheus(
        history(
            [],
            [
                gauge("db-0", lambda _: MIB, 1, extra=',cluster="prod"'),
                gauge("db-0", lambda _: 9 * MIB, 1, extra=',cluster="test"'),
            ],
        )
    )
    memory = read(usage_of(url, cluster="prod"), days=1).containers[DB].memory

    assert memory
    assert memory.maximum == pytest.approx(MIB, rel=0.001)


def test_other_matchers_mean_other_containers_so_reading_begins_anew(
    prometheus: Callable[[str], str], tmp_path: Path
) -> None:
    ledger = SavingsLedger(f"sqlite:///{tmp_path}/finops.db")
    store = LedgerUsageStore(ledger.engine)
    url = prometheus(
        history(
            [],
            [
                gauge("db-0", lambda _: MIB, 1, extra=',cluster="prod"'),
                gauge("db-0", lambda _: 9 * MIB, 1, extra=',cluster="test"'),
            ],
        )
    )
    both_clusters, chosen = (
        read(usage_of(url, store, **matchers), days=1).containers[DB].memory
        for matchers in ({}, {"cluster": "prod"})
    )
    ledger.close()

    assert both_clusters
    assert chosen
    assert both_clusters.maximum == pytest.approx(9 * MIB, rel=0.001)
    assert chosen.maximum == pytest.approx(MIB, rel=0.001)


def test_a_hostile_namespace_is_only_a_label_value(prometheus: Callable[[str], str]) -> None:
    url = prometheus(history([], [gauge("db-0", lambda _: MIB, 1)]))
    hostile = 'x"} or container_memory_working_set_bytes{a="\\\n'
    alone = read(usage_of(url), [workload("db", "StatefulSet", hostile)], days=1)
    among = read(usage_of(url), [*SHOP, workload("db", "StatefulSet", hostile)], days=1)

    assert alone.containers == {}
    assert set(among.containers) == {DB}


def test_kube_state_metrics_says_what_went_wrong_and_who_owns_a_strange_pod(
    prometheus: Callable[[str], str],
) -> None:
    odd = "odd-name-without-system"
    started = NOW.timestamp() - DAY / 2
    state = [
        "# TYPE kube_pod_container_status_restarts counter",
        *(
            f"{named('kube_pod_container_status_restarts_total', 'db-0')} "
            f"{3 if t > started else 1} {t}"
            for t in moments(1)
        ),
        "# TYPE kube_pod_container_status_last_terminated_reason gauge",
        *(
            named(
                "kube_pod_container_status_last_terminated_reason",
                "db-0",
                ',reason="OOMKilled"',
            )
            + f" 1 {t}"
            for t in moments(1)
        ),
        "# TYPE kube_pod_owner gauge",
        *(
            f'kube_pod_owner{{namespace="shop",pod="{odd}",owner_kind="ReplicaSet",'
            f'owner_name="rs-1"}} 1 {t}'
            for t in moments(1)
        ),
        "# TYPE kube_replicaset_owner gauge",
        *(
            'kube_replicaset_owner{namespace="shop",replicaset="rs-1",owner_kind="Deployment",'
            f'owner_name="web"}} 1 {t}'
            for t in moments(1)
        ),
        "# TYPE kube_deployment_status_replicas gauge",
        *(
            'kube_deployment_status_replicas{namespace="shop",deployment="web"} '
            f"{5 if t > started else 2} {t}"
            for t in moments(1)
        ),
    ]
    url = prometheus(
        history(
            [counter("db-0", lambda _: 0.2, 1), counter(odd, lambda _: 0.3, 1)],
            [gauge("db-0", lambda _: MIB, 1), gauge(odd, lambda _: MIB, 1)],
            state,
        )
    )
    reading = read(usage_of(url), days=1)
    db, web = reading.containers[DB], reading.containers[WEB]
    replicas = reading.replicas["shop", "Deployment", "web"]

    assert reading.gaps == ()
    assert db.stability
    assert (db.stability.restarts, db.stability.oom_kills) == (2, 2)
    assert web.stability
    assert (web.stability.restarts, web.stability.is_watched) == (0, True)
    assert (replicas.least, replicas.most) == (2, 5)
    assert replicas.mean == pytest.approx(3.5, rel=0.02)


def test_without_kube_state_metrics_a_gap_says_what_is_unknown(
    prometheus: Callable[[str], str],
) -> None:
    url = prometheus(
        history([counter("db-0", lambda _: 0.2, 1)], [gauge("db-0", lambda _: MIB, 1)])
    )
    reading = read(usage_of(url), SHOP[1:], days=1)

    assert "no kube-state-metrics" in reading.gaps[0].sentence
    assert reading.containers[DB].stability is None


def test_a_server_without_fresh_samples_moves_no_mark(prometheus: Callable[[str], str]) -> None:
    url = prometheus(
        history([counter("db-0", lambda _: 0.2, 1)], [gauge("db-0", lambda _: MIB, 1)])
    )
    store = MemoryUsageStore()
    late = usage_of(url, store).read(SHOP[1:], now=NOW + timedelta(hours=2), window_days=1)

    assert store.marks_by_place == {}
    [gap] = late.gaps  # what else it has not is not to be known now
    assert "no container samples of the last minutes" in gap.sentence
    assert late.containers == {}


def test_a_container_that_never_ran_is_not_throttled_and_no_gap(
    prometheus: Callable[[str], str],
) -> None:
    periods = [
        f"{named(f'container_cpu_cfs_{name}_total', pod)} {count(t)} {t}"
        for pod, count in (("db-0", lambda _: 7), ("web-7d4b9c6f5d-x7k2p", lambda t: t / 10))
        for name in ("periods", "throttled_periods")
        for t in moments(1)
    ]
    pods = ("db-0", "web-7d4b9c6f5d-x7k2p")
    url = prometheus(
        history(
            [counter(pod, lambda _: 0.2, 1) for pod in pods],
            [gauge(pod, lambda _: MIB, 1) for pod in pods],
            periods,
        )
    )
    reading = read(usage_of(url), days=1)
    stability = reading.containers[WEB].stability

    assert "kube-state-metrics" in " ".join(gap.sentence for gap in reading.gaps)
    assert len(reading.gaps) == 1
    assert stability
    assert stability.throttled_share == pytest.approx(1)
    assert reading.containers[DB].stability is None


def test_a_reading_that_begins_anew_keeps_nothing_of_before(
    prometheus: Callable[[str], str],
) -> None:
    url = prometheus(
        history([counter("db-0", lambda _: 0.2, 1)], [gauge("db-0", lambda _: MIB, 1)])
    )
    store = MemoryUsageStore()
    read(usage_of(url, store), SHOP[1:], days=1)
    old = replace(next(iter(store.series)), workload="left", resource="cpu")
    store.series[old] = store.series[replace(old, workload="db")]
    store.marks_by_place = {
        place: replace(mark, until=mark.until - 40 * DAY)
        for place, mark in store.marks_by_place.items()
    }
    found = read(usage_of(url, store), SHOP[1:], days=1).containers[DB]

    assert found.cpu
    assert found.cpu.window_days == pytest.approx(1, abs=0.05)
    assert {key.workload for key in store.series} == {"db"}


def test_an_exporter_that_restarts_at_this_moment_was_there_all_the_same(
    prometheus: Callable[[str], str],
) -> None:
    gone = NOW.timestamp() - 900
    restarts = [
        f"{named('kube_pod_container_status_restarts_total', 'db-0')} 0 {t}"
        for t in moments(1)
        if t < gone
    ]
    url = prometheus(
        history([counter("db-0", lambda _: 0.2, 1)], [gauge("db-0", lambda _: MIB, 1)], restarts)
    )
    reading = read(usage_of(url), SHOP[1:], days=1)
    stability = reading.containers[DB].stability

    assert reading.gaps == ()
    assert stability
    assert stability.is_watched


def test_a_container_that_restarts_is_one_container_all_day(
    prometheus: Callable[[str], str],
) -> None:
    """cAdvisor begins a new series with each restart: here every two hours for a day."""
    start = NOW.timestamp() - DAY

    def lives(lines: Callable[[str], list[str]]) -> list[str]:
        return [
            line
            for life in range(13)
            for line in lines(f',id="/pod/{life}"')
            if life * 7_200 <= int(line.split()[-1]) - start < (life + 1) * 7_200
        ]

    def periods(name: str, share: float) -> Callable[[str], list[str]]:
        def lines(extra: str) -> list[str]:
            # Only the newest life is held back, for its hour.
            factor = share if extra.endswith('/11"') else 0 if share < 1 else 1
            metric = named(f"container_cpu_cfs_{name}_total", "db-0", extra)
            return [f"{metric} {(t - start) * 10 * factor} {t}" for t in moments(1)]

        return lines

    url = prometheus(
        history(
            [lives(lambda extra: counter("db-0", lambda _: 0.2, 1, extra=extra))],
            [lives(lambda extra: gauge("db-0", lambda _: MIB, 1, extra=extra))],
            [*lives(periods("periods", 1)), *lives(periods("throttled_periods", 0.6))],
        )
    )
    db = read(usage_of(url), SHOP[1:], days=1).containers[DB]

    assert db.memory
    assert db.memory.samples == pytest.approx(288, abs=30)
    assert db.stability
    assert db.stability.throttled_share == pytest.approx(0.6 / 12, rel=0.15)


def test_whoever_finds_itself_overtaken_reads_nothing_and_moves_no_mark_back(
    prometheus: Callable[[str], str],
) -> None:
    url = prometheus(
        history([counter("db-0", lambda _: 0.2, 1)], [gauge("db-0", lambda _: MIB, 1)])
    )
    store = MemoryUsageStore()
    first = read(usage_of(url, store), SHOP[1:], days=1)
    marks = dict(store.marks_by_place)
    late = read(usage_of(url, store), SHOP[1:], hours_ago=0.5, days=1)

    assert store.marks_by_place == marks
    assert late.gaps == first.gaps
    assert both(late.containers[DB]) == both(first.containers[DB])
