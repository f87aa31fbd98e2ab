"""Samples of a metrics API over days, from a stand-in API server, kept in memory."""

from datetime import UTC, datetime, timedelta

import pytest

from finops.domain.errors import WillNeverWork
from finops.ports import ContainerUsage
from finops.sources.kubernetes.api import Patience
from finops.sources.kubernetes.cluster import KubernetesCluster
from finops.sources.kubernetes.pod_metrics import PodMetrics
from finops.sources.sampled_usage import SampledUsage
from tests.finops.sources.kubernetes.builders import Raw, container, controller, metadata, of_kinds
from tests.finops.usage_store import MemoryUsageStore
from tests.real_parts.kubernetes_api import ApiServer, connect_to, kubernetes_api

NOW = datetime(2026, 7, 15, 12, 2, 30, tzinfo=UTC)
WEB = ("shop", "Deployment", "web", "app")
POD = "web-7d4b9c6f5d-"
QUICK = Patience(timeout_seconds=2, tries=1)


def used(pod: str, cpu: str, memory: str, at: datetime) -> Raw:
    return {
        "metadata": metadata(pod),
        "timestamp": at.isoformat(),
        "window": "15s",
        "containers": [{"name": "app", "usage": {"cpu": cpu, "memory": memory}}],
    }


def sampler(server: ApiServer, store: MemoryUsageStore) -> SampledUsage:
    connect = connect_to(server)
    return SampledUsage(
        cluster="prod",
        metrics=PodMetrics(cluster="prod", connect=connect, patience=QUICK),
        running=KubernetesCluster(cluster="prod", connect=connect, patience=QUICK),
        store=store,
    )


def sample(store: MemoryUsageStore, at: datetime, *pods: tuple[str, str, str]) -> None:
    """One sample of pods of `web`, as a process that has just started takes it."""
    web = controller("web", container("app", "100m", "128Mi"))
    taken = [used(POD + name, cpu, memory, at) for name, cpu, memory in pods]
    with kubernetes_api(of_kinds(Deployment=[web], PodMetrics=taken)) as server:
        sampler(server, store).sample(now=at)


def web_after(store: MemoryUsageStore, at: datetime) -> ContainerUsage:
    web = controller("web", container("app", "100m", "128Mi"))
    with kubernetes_api(of_kinds(Deployment=[web], PodMetrics=[])) as server:
        usage = sampler(server, store)
        state = usage.running.read(now=at)
        return usage.read(state.workloads, now=at, window_days=14).containers[WEB]


def test_the_hottest_pod_of_each_sample_counts_and_all_are_summed() -> None:
    store = MemoryUsageStore()
    sample(store, NOW, ("x7k2p", "100m", "20Mi"), ("hhhhh", "300m", "10Mi"), ("zzzzz", "1n", "1Mi"))
    sample(store, NOW + timedelta(minutes=5), ("x7k2p", "500m", "40Mi"))
    found = web_after(store, NOW + timedelta(minutes=6))

    assert found.cpu
    assert found.memory
    assert found.cpu.maximum == pytest.approx(500)
    assert found.cpu.mean == pytest.approx(400)
    assert found.cpu.summed_mean == pytest.approx((400 + 500) / 2, rel=1e-4)
    assert found.cpu.pods == pytest.approx(2)
    assert found.memory.maximum == pytest.approx(40 * 2**20)


def test_history_counts_as_far_as_it_was_sampled() -> None:
    store = MemoryUsageStore()
    for day in range(10):
        sample(store, NOW + timedelta(days=day), ("x7k2p", f"{100 + day}m", "20Mi"))
    found = web_after(store, NOW + timedelta(days=9, minutes=1))

    assert found.cpu
    assert found.cpu.samples == 10
    assert found.cpu.window_days == pytest.approx(10 / 288)
    assert found.cpu.running_share == 0  # whether it ran between samples is not known
    assert [round(peak) for peak in found.cpu.daily_peaks] == list(range(100, 110))
    assert "10 samples" in found.cpu.source


def test_two_replicas_that_sample_the_same_minutes_count_once() -> None:
    store = MemoryUsageStore()
    sample(store, NOW, ("x7k2p", "100m", "20Mi"))
    sample(store, NOW + timedelta(seconds=20), ("x7k2p", "900m", "20Mi"))
    found = web_after(store, NOW + timedelta(minutes=1))

    assert found.cpu
    assert (found.cpu.samples, found.cpu.maximum) == (1, 100)


def test_a_cluster_without_metrics_api_says_what_to_install_and_keeps_what_it_knew() -> None:
    store = MemoryUsageStore()
    sample(store, NOW, ("x7k2p", "100m", "20Mi"))
    later = NOW + timedelta(minutes=10)
    with kubernetes_api(of_kinds(Deployment=[controller("web", container("app"))])) as server:
        usage = sampler(server, store)
        reading = usage.read(usage.running.read(now=later).workloads, now=later, window_days=14)
        with pytest.raises(WillNeverWork, match="install metrics-server"):
            usage.sample(now=later)

    assert "install metrics-server" in reading.gaps[0].sentence
    assert reading.containers[WEB].cpu


def test_samples_that_ended_days_ago_are_no_evidence_of_today() -> None:
    store = MemoryUsageStore()
    sample(store, NOW, ("x7k2p", "100m", "20Mi"))
    with kubernetes_api(of_kinds(Deployment=[controller("web", container("app"))])) as server:
        usage = sampler(server, store)
        workloads = usage.running.read(now=NOW).workloads
        still, old = (
            usage.read(workloads, now=NOW + timedelta(days=days), window_days=14)
            for days in (2.9, 3.1)
        )

    assert still.containers[WEB].cpu
    assert old.containers == {}
    assert "The newest samples of prod are over 3 days old" in old.gaps[-1].sentence


def test_pods_of_nobody_are_left_out_and_an_empty_cluster_says_so() -> None:
    store = MemoryUsageStore()
    sample(store, NOW)
    with kubernetes_api(of_kinds(Deployment=[], PodMetrics=[])) as server:
        reading = sampler(server, store).read([], now=NOW, window_days=14)

    assert reading.containers == {}
    assert "No container of prod has been sampled yet" in reading.gaps[-1].sentence
