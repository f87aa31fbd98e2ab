"""What containers use while they start, apart from what they use after, on a real Prometheus."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from finops.domain.estate import Container, Workload
from finops.domain.usage import UsageSummary
from finops.ports import UsageStore
from finops.sources.prometheus.usage import PrometheusUsage
from tests.finops.usage_store import MemoryUsageStore

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
END = int(NOW.timestamp())
STEP, DAY, MINUTE, MIB = 30, 86_400, 60, 2**20

pytestmark = pytest.mark.real


def life(
    pod: str, *, born: int, died: int = END, start: float = 2, steady: float = 0.1, extra: str = ""
) -> Sequence[tuple[str, str]]:  # fmt: skip
    """(CPU line, memory line): `start` cores and 500 MiB for four minutes, then the steady use."""
    labels = f'{{namespace="shop",pod="{pod}",container="server"{extra}}}'
    lines, seconds = [], 0.0
    for moment in range(born, died + 1, STEP):
        is_starting = moment - born < 4 * MINUTE
        memory = (500 if is_starting else 100) * MIB
        lines.append(
            (
                f"container_cpu_usage_seconds_total{labels} {seconds} {moment}",
                f"container_memory_working_set_bytes{labels} {memory} {moment}",
            )
        )
        seconds += STEP * (start if is_starting else steady)
    return lines


def history(*lives: Sequence[tuple[str, str]]) -> str:
    cpu = [line for life in lives for line, _ in life]
    memory = [line for life in lives for _, line in life]
    return "\n".join(["# TYPE container_cpu_usage_seconds counter", *cpu, *memory])


def deployed_daily(days: int) -> str:
    """A new version each day, the last one two hours ago."""
    births = [END - day * DAY - 2 * 3_600 for day in range(days, -1, -1)]
    deaths = [*(born + 60 for born in births[1:]), END]
    names = [f"web-{'bcdfghjklm'[number] * 9}-x7k2p" for number in range(len(births))]
    return history(
        *(
            life(name, born=born, died=died)
            for name, born, died in zip(names, births, deaths, strict=True)
        )
    )


def read(
    url: str, *, kind: str = "Deployment", days: int = 3, store: UsageStore | None = None,
    hours_ago: float = 0, **changes: Any,
) -> tuple[UsageSummary, UsageSummary]:  # fmt: skip
    workload = Workload(
        cluster="prod",
        namespace="shop",
        kind=kind,
        name="web",
        containers=(Container(name="server"),),
    )
    usage = PrometheusUsage(
        base_url=url, cluster="prod", store=store or MemoryUsageStore(), **changes
    )
    now = NOW + timedelta(minutes=3) - timedelta(hours=hours_ago)
    found = usage.read([workload], now=now, window_days=days)
    [one] = found.containers.values()
    assert one.cpu
    assert one.memory
    return one.cpu, one.memory


@pytest.fixture
def daily(prometheus: Callable[[str], str]) -> str:
    return prometheus(deployed_daily(4))


def test_a_start_a_day_is_kept_apart_from_what_comes_after(daily: str) -> None:
    cpu, memory = read(daily)

    assert cpu.maximum == pytest.approx(100, rel=0.02)
    assert cpu.percentiles[0.99] == pytest.approx(100, rel=0.06)
    assert cpu.daily_peaks == pytest.approx([100] * 3, rel=0.06)
    assert cpu.startup_maximum == pytest.approx(1_700, rel=0.2)
    assert cpu.startup_minutes == 10
    assert "without its first 10 minutes" in cpu.source
    assert memory.maximum == 500 * MIB  # memory cannot be shared: a start counts
    assert memory.startup_maximum is None


def test_it_sized_the_request_before(daily: str) -> None:
    cpu, _ = read(daily, startup_minutes=0)

    assert cpu.maximum > 1_300
    # The youngest pod of each day lived for two hours of it, a twentieth of which was its start.
    assert cpu.percentiles[0.99] > 200
    assert cpu.startup_maximum is None
    assert "without" not in cpu.source


def test_reading_on_keeps_them_apart_too(daily: str) -> None:
    store = MemoryUsageStore()
    for hours_ago in (3, 2.5, 1.5, 1):
        read(daily, store=store, hours_ago=hours_ago, days=2)
    cpu, _ = read(daily, store=store, days=2)

    assert cpu.maximum == pytest.approx(100, rel=0.02)
    assert cpu.startup_maximum == pytest.approx(1_700, rel=0.2)


def test_a_restarted_container_starts_again(prometheus: Callable[[str], str]) -> None:
    middle = END - DAY // 2
    first = life("web-0", born=END - 2 * DAY, died=middle, extra=',id="1"')
    second = life("web-0", born=middle + STEP, start=3, extra=',id="2"')
    cpu, _ = read(prometheus(history(first, second)), kind="StatefulSet", days=1)

    assert cpu.maximum == pytest.approx(100, rel=0.02)
    assert cpu.startup_maximum == pytest.approx(2_600, rel=0.2)


def test_what_runs_for_minutes_starts_working_at_once(prometheus: Callable[[str], str]) -> None:
    runs = [
        life(f"web-2900{hour:04d}-x7k2p", born=born, died=born + 20 * MINUTE)
        for hour, born in enumerate(range(END - 2 * DAY, END, 3_600))
    ]
    other = life("other-0", born=END - 2 * DAY)
    cpu, _ = read(prometheus(history(*runs, other)), kind="CronJob", days=1)

    assert cpu.maximum > 1_300
    assert cpu.percentiles[0.99] > 1_000


def test_pods_that_never_get_old_are_not_without_usage(prometheus: Callable[[str], str]) -> None:
    births = range(END - DAY // 3, END - 500, 600)
    endings = [first * 3 + second * 2 for first in "bcdfghjk" for second in "lmnpqrst"]
    lives = [
        life(f"web-bcdfghjkl-{ending}", born=born, died=born + 480)
        for ending, born in zip(endings, births, strict=False)
    ]
    url, store = prometheus(history(*lives)), MemoryUsageStore()
    first, _ = read(url, days=1, store=store, hours_ago=1)
    later, _ = read(url, days=1, store=store)

    assert first.maximum > 1_300
    assert later.samples > first.samples
    assert later.daily_peaks[-1] > 1_300
