"""What containers use now; what is too old, ahead of time or absurd is dropped and counted."""

from datetime import UTC, datetime, timedelta

import pytest

from finops.domain.checks import Outcome
from finops.domain.errors import TryAgainLater, WillNeverWork
from finops.sources.kubernetes.api import Patience
from finops.sources.kubernetes.pod_metrics import ContainerSample, PodMetrics, Samples
from tests.finops.sources.kubernetes.builders import Raw, metadata, of_kinds
from tests.real_parts.kubernetes_api import ApiServer, connect_to, kubernetes_api

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
PATH = "/apis/metrics.k8s.io/v1beta1/pods"


def sampled(name: str, *, minutes: float = 0.5, cpu: object = "12345678n", **usage: object) -> Raw:
    used = {"cpu": cpu, "memory": "20Mi"} | usage
    return {
        "metadata": metadata(name),
        "timestamp": (NOW - timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z"),
        "window": "15s",
        "containers": [{"name": "app", "usage": used}],
    }


def sample_from(server: ApiServer, **settings: int) -> Samples:
    quick = Patience(timeout_seconds=0.3, tries=1)
    metrics = PodMetrics(cluster="prod", connect=connect_to(server), patience=quick, **settings)
    return metrics.sample(now=NOW)


def sample(*objects: object) -> Samples:
    with kubernetes_api(of_kinds(PodMetrics=objects)) as server:
        return sample_from(server)


@pytest.mark.parametrize(
    ("objects", "outcome", "words"),
    [
        ({"PodMetrics": []}, Outcome.WARNING, "no pod has a sample"),
        ({}, Outcome.FAILED, "install metrics-server"),
    ],
)
def test_doctor_is_told_when_there_is_nothing_to_sample(
    objects: dict[str, list[Raw]], outcome: Outcome, words: str
) -> None:
    with kubernetes_api(objects) as server:
        [check] = PodMetrics(cluster="prod", connect=connect_to(server)).check()

    assert check.outcome is outcome
    assert words in check.detail
    assert check.fix


def test_doctor_counts_what_is_sampled() -> None:
    fresh = sampled("web-1") | {"timestamp": datetime.now(UTC).isoformat()}
    with kubernetes_api(of_kinds(PodMetrics=[fresh])) as server:
        [check] = PodMetrics(cluster="prod", connect=connect_to(server)).check()

    assert (check.outcome, check.detail) == (Outcome.OK, "containers sampled: 1")


def test_a_sample_is_in_millicores_and_bytes() -> None:
    assert sample(sampled("web-1")) == Samples(
        rows=(
            ContainerSample(
                namespace="shop",
                pod="web-1",
                container="app",
                cpu_millicores=12.345678,
                memory_bytes=20 * 2**20,
                taken_at=NOW - timedelta(seconds=30),
            ),
        )
    )


@pytest.mark.parametrize(
    ("minutes", "kept", "stale", "ahead"),
    [(9.9, 1, 0, 0), (10.1, 0, 1, 0), (-4.9, 1, 0, 0), (-5.1, 0, 0, 1)],
)
def test_samples_of_another_time_are_dropped_and_counted(
    minutes: float, kept: int, stale: int, ahead: int
) -> None:
    found = sample(sampled("web-1", minutes=minutes))

    assert (len(found.rows), found.stale, found.ahead) == (kept, stale, ahead)
    assert len(found.gaps) == stale + ahead


@pytest.mark.parametrize("cpu", ["-1", "1e9", "NaN", None, 7, "20000"])
def test_absurd_usage_is_noted_and_left_out(cpu: object) -> None:
    found = sample(sampled("web-1", cpu=cpu), sampled("web-2"))

    assert [row.pod for row in found.rows] == ["web-2"]
    assert "shop/web-1: usage.cpu" in found.gaps[0].sentence or "web-1" in found.gaps[0].sentence


def test_all_pages_are_sampled() -> None:
    with kubernetes_api(of_kinds(PodMetrics=[sampled(f"p{n}") for n in range(25)])) as server:
        found = sample_from(server, page_size=10)

    assert len(found.rows) == 25
    assert len(server.asked(PATH + "?")) == 3


def test_a_cluster_without_metrics_server_says_what_to_install() -> None:
    with (
        kubernetes_api({}) as server,
        pytest.raises(WillNeverWork, match=r"metrics API of prod .* install metrics-server"),
    ):
        sample_from(server)


def test_a_metrics_server_that_is_down_is_tried_later() -> None:
    with kubernetes_api(of_kinds(PodMetrics=[sampled("p")])) as server:
        server.fail("/apis/metrics.k8s.io/v1beta1", 503)
        with pytest.raises(TryAgainLater, match="HTTP 503"):
            sample_from(server)


def test_an_object_without_a_time_is_counted() -> None:
    timeless = sampled("p") | {"timestamp": "yesterday"}

    assert sample(timeless).gaps[0].sentence == (
        "1 of pods.metrics.k8s.io could not be read: shop/p: timestamp: is no time."
    )
