"""What the doctor says of a real Prometheus, and of one that is not there."""

import time
from collections.abc import Callable

import pytest

from finops.domain.checks import Outcome
from finops.sources.prometheus.usage import PrometheusUsage
from tests.finops.usage_store import MemoryUsageStore


def usage_of(url: str, **matchers: str) -> PrometheusUsage:
    return PrometheusUsage(
        base_url=url, cluster="prod", store=MemoryUsageStore(), matchers=matchers
    )


def recent(metric: str, days: float, extra: str = "") -> list[str]:
    start = int(time.time()) - round(days * 86_400)
    labels = f'namespace="shop",pod="db-0",container="server"{extra}'
    return [f"{metric}{{{labels}}} {n} {start + n * 60}" for n in range(int(days * 1440))]


@pytest.mark.real
def test_each_metric_has_its_line_and_its_fix(prometheus: Callable[[str], str]) -> None:
    lines = ["# TYPE container_cpu_usage_seconds counter"]
    lines += recent("container_cpu_usage_seconds_total", 1.5)
    lines += ["# TYPE container_memory_working_set_bytes gauge"]
    lines += recent("container_memory_working_set_bytes", 1.5)
    found = {check.subject: check for check in usage_of(prometheus("\n".join(lines))).check()}

    assert found["reach"].outcome is Outcome.OK
    assert "version 2" in found["reach"].detail
    assert found["clock"].outcome is Outcome.OK
    assert found["container_cpu_usage_seconds_total"].detail == "1 series for CPU usage"
    assert found["kube_pod_owner"].outcome is Outcome.WARNING
    assert found["kube_pod_owner"].fix == "Scrape kube-state-metrics."
    assert found["history"].outcome is Outcome.WARNING
    assert "at least 1 of 14 days" in found["history"].detail


@pytest.mark.real
def test_matchers_that_match_nothing_are_named(prometheus: Callable[[str], str]) -> None:
    lines = ["# TYPE container_memory_working_set_bytes gauge"]
    lines += recent("container_memory_working_set_bytes", 0.1, ',cluster="prod"')
    usage = usage_of(prometheus("\n".join(lines)), cluster="test")
    found = {check.subject: check for check in usage.check()}

    assert found["container_memory_working_set_bytes"].outcome is Outcome.FAILED
    assert "or mend prometheus.matchers" in found["container_memory_working_set_bytes"].fix


@pytest.mark.real
def test_a_server_of_several_clusters_needs_to_know_which_one(
    prometheus: Callable[[str], str],
) -> None:
    lines = ["# TYPE container_memory_working_set_bytes gauge"]
    for cluster in ("prod", "test"):
        lines += recent("container_memory_working_set_bytes", 0.1, f',cluster="{cluster}"')
    url = prometheus("\n".join(lines))
    found, chosen = (
        {check.subject: check for check in usage.check()}
        for usage in (usage_of(url), usage_of(url, cluster="prod"))
    )

    assert found["clusters"].outcome is Outcome.WARNING
    assert "2 clusters (prod, test)" in found["clusters"].detail
    assert "matchers: {cluster" in found["clusters"].fix
    assert "clusters" not in chosen


def test_a_server_that_is_not_there_is_one_red_line() -> None:
    [check] = usage_of("http://127.0.0.1:1").check()

    assert check.outcome is Outcome.FAILED
    assert "refused or broke" in check.detail
    assert "prometheus.url" in check.fix
