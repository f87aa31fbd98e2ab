"""Exact series for a backtest, from a real Prometheus that holds days which a test wrote down."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import requests

from finops.domain.errors import InvalidInput, TryAgainLater
from finops.domain.quantities import MIB
from finops.sources.prometheus.api import Patience
from finops.sources.prometheus.past_series import Past, PrometheusPast
from tests.real_parts.prometheus import prometheus_server

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
END = int(NOW.timestamp())
DAY, STEP = 86_400, 120
DAYS = 3
WEB, DB = "shop/web/server", "shop/db/server"
CPU, MEMORY = "container_cpu_usage_seconds_total", "container_memory_working_set_bytes"
REQUESTS = "kube_pod_container_resource_requests"

pytestmark = pytest.mark.real


def moments(first: float, last: float) -> Iterator[int]:
    return iter(range(END - round(first * DAY), END - round(last * DAY) + 1, STEP))


def pod(
    name: str, cores: float, mebibytes: float, *, since: float = DAYS - 0.01, until: float = 0,
    namespace: str = "shop",
) -> dict[str, list[str]]:  # fmt: skip
    """A pod that used so much, from `since` to `until` days ago."""
    labels = f'namespace="{namespace}",pod="{name}",container="server"'
    times = list(moments(since, until))
    return {
        CPU: [f"{CPU}{{{labels}}} {(t - times[0]) * cores} {t}" for t in times],
        MEMORY: [f"{MEMORY}{{{labels}}} {mebibytes * MIB} {t}" for t in times],
        REQUESTS: [
            f'{REQUESTS}{{{labels},resource="{resource}"}} {size} {t}'
            for t in times
            for resource, size in (("cpu", 1), ("memory", 512 * MIB))
        ],
    }


def history(*pods: dict[str, list[str]], without: str = "") -> str:
    lines = ["# TYPE container_cpu_usage_seconds counter"]
    for metric in (CPU, MEMORY, REQUESTS):
        lines += [line for one in pods if metric != without for line in one[metric]]
    return "\n".join(lines)


SHOP = (
    pod("web-7d4b9c6f5-x7k2p", 0.25, 100),
    pod("web-7d4b9c6f5-zzzzz", 0.1, 300, until=2),  # gone for two days
    pod("web-5c4b9c6f5-bbbbb", 0.5, 50, since=1),  # the next version
    pod("db-0", 0.02, 900),
)


def read(url: str, **changes: Any) -> Past:
    days, most = changes.pop("days", 42), changes.pop("most", 100)
    past = PrometheusPast(base_url=url, session=requests.Session(), **changes)
    return past.read(now=NOW + timedelta(minutes=3), days=days, most=most)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with prometheus_server(history(*SHOP), tmp_path_factory.mktemp("shop")) as url:
        yield url


def test_each_workload_is_its_hottest_pod_of_each_five_minutes(shop: str) -> None:
    past = read(shop)
    series = past.series
    web, db = series.names.index(WEB), series.names.index(DB)

    assert series.names == (DB, WEB)
    assert series.days == DAYS
    assert series.cpu[web, 10:560] == pytest.approx(250, rel=0.01)
    assert series.cpu[web, -250:] == pytest.approx(500, rel=0.01)
    assert series.memory[web, 10:280] == pytest.approx(300 * MIB)
    assert series.memory[web, 300:] == pytest.approx(100 * MIB)
    assert series.cpu[db, 10:] == pytest.approx(20, rel=0.01)
    assert np.isfinite(series.cpu[:, 10:]).all()


def test_what_is_set_is_known_by_day(shop: str) -> None:
    series = read(shop).series

    assert series.cpu_set.shape == (2, DAYS)
    assert (series.cpu_set == 1000).all()
    assert (series.memory_set == 512 * MIB).all()


def test_answers_that_are_too_large_are_asked_for_in_pieces_and_are_the_same(shop: str) -> None:
    whole = read(shop).series
    pieces = read(shop, patience=Patience(answer_bytes=6_000, total_seconds=60)).series

    assert np.array_equal(pieces.cpu, whole.cpu, equal_nan=True)
    assert np.array_equal(pieces.memory, whole.memory, equal_nan=True)


def test_of_too_many_containers_the_largest_are_read_and_it_is_said(shop: str) -> None:
    past = read(shop, most=1)

    assert past.series.names == (WEB,)
    assert past.sentences == (
        "The 1 containers that used the most CPU in the last day; they hold 97% of it. "
        "--containers takes more.",
    )


def test_no_more_days_are_read_than_asked_for(shop: str) -> None:
    assert read(shop, days=2).series.days == 2


def test_other_matchers_mean_other_containers(shop: str) -> None:
    with pytest.raises(InvalidInput, match="no container samples of the last minutes"):
        read(shop, matchers={"cluster": "other"})


def test_a_day_is_no_history(prometheus: Callable[[str], str]) -> None:
    url = prometheus(history(pod("web-7d4b9c6f5-x7k2p", 0.1, 10, since=0.4)))

    with pytest.raises(InvalidInput, match="samples of 1 day; a backtest needs 2 at least"):
        read(url)


def test_without_kube_state_metrics_what_is_set_is_unknown(
    prometheus: Callable[[str], str],
) -> None:
    url = prometheus(history(pod("web-7d4b9c6f5-x7k2p", 0.1, 10), without=REQUESTS))
    past = read(url)

    assert np.isnan(past.series.cpu_set).all()
    assert "the server has no kube_pod_container_resource_requests" in past.sentences[0]


def test_a_server_that_is_away_is_named() -> None:
    quick = Patience(tries=1, timeout_seconds=1)

    with pytest.raises(TryAgainLater, match=r"Prometheus at http://127.0.0.1:9 could not be read"):
        read("http://127.0.0.1:9", patience=quick)
