import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from finops.domain.cluster_objects import Autoscaler, ScaleMetric
from finops.domain.estate import ContainerRole
from finops.domain.quantities import MIB
from finops.rightsizing.requests import cpu_request_millicores
from finops.rightsizing.rules.proposal import RequestCase
from finops.rightsizing.rules.scale_point import HpaPair, hpa_pair, sentence
from tests.finops.rightsizing.rules.cases import cpu_case, memory_case, start
from tests.finops.rule_examples import container, usage, workload


def scaler(percent: float, **changes: Any) -> Autoscaler:
    whole = ScaleMetric(kind="Resource", name="cpu", target_type="Utilization", target=percent)
    metric = replace(whole, **changes)
    return Autoscaler(name="web", min_replicas=1, max_replicas=1000, metrics=(metric,))


def scaled(request: int, percent: float, **changes: Any) -> RequestCase:
    return cpu_case(
        request, None, q97=request / 3, maximum=request / 2, autoscaler=scaler(percent, **changes)
    )


def pair_of(case: RequestCase, request: int) -> HpaPair:
    pair = hpa_pair(case, request)
    assert pair is not None
    return pair


def test_request_and_target_change_as_a_pair_that_keeps_the_scale_point() -> None:
    pair = pair_of(scaled(500, 70), 300)

    assert (pair.request, pair.target_percent, pair.scale_point) == (302, 116, 350)
    assert pair.average_value is None
    assert pair.drift < 0.001


def test_the_reason_holds_the_pair() -> None:
    case = scaled(500, 70)

    assert sentence(case, start(case, 300)) == (
        "The HorizontalPodAutoscaler web scales it on CPU at 70 % of the request: lower the "
        "request from 500m to 302m only together with the target to 116 %, so that it still adds "
        "pods at 350m each. Pull requests cannot change both yet."
    )


def test_a_share_too_coarse_for_the_point_becomes_an_average_value() -> None:
    pair = pair_of(scaled(100, 10), 700)  # 10m a pod would be 1.4 % of 700m
    case = scaled(100, 10)

    assert (pair.request, pair.target_percent, pair.average_value) == (700, None, 10)
    assert "the target to an averageValue of 10m" in sentence(case, start(case, 700))
    assert "raise the request from 100m to 700m" in sentence(case, start(case, 700))


def test_a_whole_pod_is_measured_with_its_sidecars_and_without_what_has_ended() -> None:
    app = container(cpu_request_millicores=500)
    mesh = container(name="mesh", cpu_request_millicores=100, role=ContainerRole.SIDECAR)
    init = container(name="init", cpu_request_millicores=900, role=ContainerRole.INIT)
    held = workload(app, mesh, init, autoscaler=scaler(50))
    case = cpu_case(500, None, q97=100, maximum=150, workload=held)

    pair = pair_of(case, 200)

    assert pair.scale_point == 300  # half of 500m + 100m
    assert (pair.request, pair.target_percent) == (200, 100)


def test_memory_is_paired_in_whole_mebibytes() -> None:
    metric = ScaleMetric(kind="Resource", name="memory", target_type="Utilization", target=80)
    auto = Autoscaler(name="web", min_replicas=1, max_replicas=9, metrics=(metric,))
    pair = pair_of(memory_case(1024, None, maximum=300, autoscaler=auto), 345 * MIB)

    assert (pair.request, pair.target_percent) == (346 * MIB, 237)  # 81920 / 237 = 345.7
    assert pair.scale_point == round(0.8 * 1024 * MIB)


@pytest.mark.parametrize(
    "changes",
    [
        {"target_type": "AverageValue", "target": 350.0},
        {"name": "memory"},
        {"kind": "ContainerResource", "container": "other"},
        {"kind": "External", "name": "queue_length"},
    ],
)
def test_what_does_not_measure_by_this_request_leaves_it_free(changes: dict[str, Any]) -> None:
    assert hpa_pair(scaled(500, 70, **changes), 300) is None
    assert sentence(scaled(500, 70, **changes), start(scaled(500, 70), 300)) == ""


def test_a_metric_of_the_very_container_counts_that_container_alone() -> None:
    mesh = container(name="mesh", cpu_request_millicores=100, role=ContainerRole.SIDECAR)
    app = container(cpu_request_millicores=500)
    auto = scaler(70, kind="ContainerResource", container="server")
    held = workload(app, mesh, autoscaler=auto)

    assert pair_of(cpu_case(500, None, q97=9, maximum=9, workload=held), 300).scale_point == 350


@given(
    request=st.integers(80, 16_000),
    percent=st.integers(20, 95),
    load=st.floats(0.5, 60),
    bursts=st.lists(st.floats(0.3, 1.6), min_size=5, max_size=5),
)
@example(request=1000, percent=80, load=10.0, bursts=[0.64] * 5)
def test_five_applied_cycles_move_neither_the_scale_point_nor_the_replicas(
    request: int, percent: int, load: float, bursts: list[float]
) -> None:
    """Load is in scale points. Each cycle measures the pods that the autoscaler then keeps."""
    first_point = point = request * percent / 100
    if first_point < 50:
        return
    load_millicores = load * point
    replicas = math.ceil(load_millicores / point - 1e-9)
    autoscaler, asked = scaler(percent), request
    for burst in bursts:
        now = math.ceil(load_millicores / point - 1e-9)
        used = load_millicores / now * burst
        held = workload(container(cpu_request_millicores=asked), autoscaler=autoscaler)
        case = cpu_case(asked, None, q97=used, maximum=used, workload=held)
        pair = hpa_pair(case, cpu_request_millicores(usage(used, used)))
        if pair is None:  # on an averageValue no request moves anything any more
            break
        asked = pair.request
        if pair.target_percent is None:
            point = float(pair.average_value or 0)
            autoscaler = scaler(percent, target_type="AverageValue", target=point)
        else:
            point = asked * pair.target_percent / 100
            autoscaler = scaler(pair.target_percent)

    after = math.ceil(load_millicores / point - 1e-9)
    assert abs(point / first_point - 1) <= 0.05
    assert abs(after - replicas) <= max(1, 0.05 * replicas)
