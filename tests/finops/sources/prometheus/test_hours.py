"""The hours of a day, asked of a real Prometheus."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from finops.billing.snapshot_hours import with_hours, with_snapshot
from finops.domain.errors import TryAgainLater
from finops.domain.estate import Node, Snapshot, Workload
from finops.domain.prices import DEFAULT_UNIT_PRICES
from finops.domain.quantities import GIB
from finops.sources.prometheus.usage import PrometheusUsage
from tests.finops.usage_store import MemoryUsageStore
from tests.real_parts.prometheus import PrometheusFactory

DAY = date(2026, 7, 1)
MIDNIGHT = int(datetime(2026, 7, 1, tzinfo=UTC).timestamp())
WEB = Workload(cluster="prod", namespace="shop", kind="Deployment", name="web", team="storefront")
PODS = {"web-7d4b9c6f5-x7k2p": (0, 180), "web-7d4b9c6f5-b2c4d": (60, 90), "stray": (0, 180)}


def at(hour: int) -> datetime:
    """An hour of the day as rows have it: UTC without saying so."""
    return datetime(2026, 7, 1, hour, tzinfo=UTC).replace(tzinfo=None)


def history() -> Iterator[str]:
    """Three hours; one pod lives for half of the second. The first uses half a core and 2 GiB."""
    for metric, kind in (
        ("kube_pod_info", "gauge"),
        ("kube_pod_container_resource_requests", "gauge"),
        ("container_memory_working_set_bytes", "gauge"),
        ("container_cpu_usage_seconds", "counter"),
    ):
        yield f"# TYPE {metric} {kind}"
        for pod, (first, last) in PODS.items():
            for minute in range(first, last + 1, 5):
                yield from samples(metric, pod, minute)
    yield "# EOF\n"


def samples(metric: str, pod: str, minute: int) -> Iterator[str]:
    at = MIDNIGHT + 60 * minute
    place = f'namespace="shop",pod="{pod}"'
    if metric == "kube_pod_info":
        yield f'{metric}{{{place},node="ip-1"}} 1 {at}'
    elif metric == "kube_pod_container_resource_requests":
        yield f'{metric}{{{place},container="main",resource="cpu"}} 2 {at}'
        yield f'{metric}{{{place},container="main",resource="memory"}} {4 * GIB} {at}'
    elif metric == "container_memory_working_set_bytes":
        yield f'{metric}{{{place},container="main"}} {2 * GIB} {at}'
        yield f'{metric}{{{place},container=""}} {9 * GIB} {at}'
    else:
        yield f'{metric}_total{{{place},container="main"}} {30 * minute} {at}'


def usage(url: str) -> PrometheusUsage:
    return PrometheusUsage(base_url=url, cluster="prod", store=MemoryUsageStore())


def test_each_hour_of_each_container_is_there_with_its_node(
    prometheus: PrometheusFactory,
) -> None:
    rows = usage(prometheus("\n".join(history()))).hours([WEB], day=DAY)
    web = {row[0]: row for row in rows if row[5] == "web" and row[0] != at(1)}
    first = web[at(0)]

    assert first[1:8] == ("prod", "ip-1", "shop", "Deployment", "web", "main", "storefront")
    assert [float(str(figure)) for figure in first[8:]] == pytest.approx([2, 0.5, 4, 2], rel=0.1)
    assert {row[4:6] for row in rows} == {("Deployment", "web"), ("Pod", "stray")}


def test_a_pod_counts_for_the_part_of_the_hour_in_which_it_ran(
    prometheus: PrometheusFactory,
) -> None:
    rows = usage(prometheus("\n".join(history()))).hours([WEB], day=DAY)
    second = [float(str(r[8])) for r in rows if r[5] == "web" and r[0] == at(1)]

    assert sorted(second) == pytest.approx([1, 2], rel=0.15)


def test_a_server_that_is_down_says_so() -> None:
    with pytest.raises(TryAgainLater):
        usage("http://127.0.0.1:9").hours([WEB], day=DAY)


def test_a_whole_day_takes_the_place_of_the_hours_that_cycles_saw(tmp_path: Path) -> None:
    machine = Node(
        cluster="prod", name="ip-1", instance_type="m5.large", cpu_millicores=2000, memory_bytes=GIB
    )
    seen = Snapshot(
        cluster="prod",
        taken_at=datetime(2026, 7, 1, 9, tzinfo=UTC),
        nodes=(machine,),
        unit_prices=DEFAULT_UNIT_PRICES,
    )
    row = ("prod", "ip-1", "shop", "Deployment", "web", "main", "", 1.0, 0.0, 1.0, 0.0)
    hours = [(at(hour), *row) for hour in range(24)]
    known = with_snapshot(None, seen)
    whole = with_hours(known, seen, hours, day=DAY)

    assert (known.hours, whole.hours, whole.day) == (0, 24, DAY)
    assert (tmp_path / "x").write_bytes(whole.estate) > 0
