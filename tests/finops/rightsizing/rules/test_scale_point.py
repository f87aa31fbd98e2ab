import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from finops.domain.changes import Change, Setting
from finops.domain.cluster_objects import Autoscaler, ScaleMetric
from finops.domain.estate import Container, ContainerRole
from finops.domain.quantities import MIB
from finops.rightsizing.modes import Mode
from finops.rightsizing.rules import limit_follows, scale_point
from finops.rightsizing.rules.order import propose
from finops.rightsizing.rules.proposal import Proposal, RequestCase
from tests.finops.rightsizing.rules.cases import cpu_case, memory_case, start
from tests.finops.rule_examples import container, workload

CPU, MEMORY = Setting.HPA_CPU_TARGET, Setting.HPA_MEMORY_TARGET


def scaler(percent: float, **changes: Any) -> Autoscaler:
    whole = ScaleMetric(kind="Resource", name="cpu", target_type="Utilization", target=percent)
    metric = replace(whole, **changes)
    return Autoscaler(name="web", min_replicas=1, max_replicas=1000, metrics=(metric,))


def scaled(request: int, percent: float, limit: int | None = None, **changes: Any) -> RequestCase:
    auto = scaler(percent, **changes)
    return cpu_case(request, limit, q97=request / 3, maximum=request / 2, autoscaler=auto)


def paired(case: RequestCase, request: int) -> Proposal:
    """A request that nothing else amends, with its target."""
    return scale_point.pair(case, scale_point.fit(case, start(case, request)))


def test_request_and_target_change_as_a_pair_that_keeps_the_scale_point() -> None:
    proposal = paired(scaled(500, 50), 300)

    assert (proposal.request, proposal.target) == (300, Change(CPU, 50, 83, "web"))
    assert proposal.notes == (
        "The HorizontalPodAutoscaler web measures by this request: its CPU target moves from 50 % "
        "to 83 % with it, so that it still adds pods at 250m each.",
    )


def test_a_request_moves_on_to_the_next_one_that_a_whole_per_cent_is_exact_for() -> None:
    proposal = paired(scaled(600, 10), 1000)  # 60m a pod: 6 % of 1000m

    assert (proposal.request, proposal.target) == (1000, Change(CPU, 10, 6, "web"))
    assert paired(scaled(600, 10), 1100).request == 1200  # 5 %; 5.45 % would be neither


def test_a_share_too_coarse_for_the_point_is_left_with_an_average_value() -> None:
    case = scaled(100, 10)  # 10m a pod would be 1.4 % of 700m

    said = paired(case, 700).refusal

    assert "raise the request from 100m to 700m only together" in said
    assert "a target of averageValue 10m" in said


def test_a_pod_on_a_full_node_still_reaches_its_scale_point() -> None:
    safe = scale_point.keep_reach(scaled(1000, 70), start(scaled(1000, 70), 250))
    lean_case = replace(scaled(1000, 70), mode=Mode.LEAN)
    lean = scale_point.keep_reach(lean_case, start(lean_case, 250))

    assert (safe.request, lean.request) == (700, 470)
    assert "250m would do, but its autoscaler adds pods only when each uses 700m" in safe.notes[0]
    assert paired(lean_case, 470).target == Change(CPU, 70, 149, "web")
    assert "Above 100 %, a pod takes what it lacks" in paired(lean_case, 470).notes[0]


def test_memory_is_never_asked_for_less_than_its_scale_point() -> None:
    auto = scaler(50, name="memory")
    case = replace(memory_case(1024, None, maximum=100, autoscaler=auto), mode=Mode.LEAN)

    proposal = propose(case)

    assert (proposal.request, proposal.target) == (512 * MIB, Change(MEMORY, 50, 100, "web"))


def test_a_target_above_all_of_the_request_is_not_raised_further() -> None:
    case = scaled(500, 180)

    assert scale_point.keep_reach(case, start(case, 200)).request == 500


def test_a_raise_lowers_the_target() -> None:
    assert paired(scaled(500, 70), 700).target == Change(CPU, 70, 50, "web")


def test_a_limit_leaves_room_over_the_scale_point() -> None:
    case = scaled(1000, 50, 2000)

    proposal = limit_follows.apply(case, start(case, 500))

    assert proposal.limit == 1000
    assert limit_follows.least_limit(case) == 750  # 1.5 times 500m


def test_a_guaranteed_pod_keeps_the_wall_over_its_scale_point() -> None:
    case = cpu_case(1000, 1000, q97=100, maximum=150, autoscaler=scaler(50), qos_class="Guaranteed")

    proposal = propose(case)

    assert (proposal.request, proposal.limit) == (750, 750)
    assert proposal.target == Change(CPU, 50, 67, "web")


def test_a_whole_pod_is_measured_with_its_sidecars_and_without_what_has_ended() -> None:
    app = container(cpu_request_millicores=500)
    mesh = container(name="mesh", cpu_request_millicores=100, role=ContainerRole.SIDECAR)
    init = container(name="init", cpu_request_millicores=900, role=ContainerRole.INIT)
    held = workload(app, mesh, init, autoscaler=scaler(50))
    case = cpu_case(500, None, q97=100, maximum=150, workload=held)

    assert scale_point.point(case) == 300  # half of 500m + 100m
    assert paired(case, 200).target == Change(CPU, 50, 100, "web")


def test_a_request_that_hardly_counts_in_its_pod_leaves_the_target_alone() -> None:
    app = container(cpu_request_millicores=8000)
    mesh = container(name="mesh", cpu_request_millicores=100, role=ContainerRole.SIDECAR)
    held = workload(mesh, app, autoscaler=scaler(50))
    case = replace(cpu_case(100, None, q97=30, maximum=40, workload=held), container=mesh)

    proposal = paired(case, 60)

    assert (proposal.request, proposal.target, proposal.refusal) == (60, None, "")


def test_two_metrics_of_one_request_are_left_to_people() -> None:
    whole = scaler(70)
    own = ScaleMetric(
        kind="ContainerResource",
        name="cpu",
        target_type="Utilization",
        target=60,
        container="server",
    )
    auto = replace(whole, metrics=(*whole.metrics, own))
    case = cpu_case(500, None, q97=100, maximum=150, autoscaler=auto)

    assert "in more than one metric" in paired(case, 400).refusal


def test_memory_is_paired_in_whole_mebibytes() -> None:
    case = memory_case(1024, None, maximum=300, autoscaler=scaler(30, name="memory"))
    proposal = paired(case, 345 * MIB)

    assert (proposal.request, proposal.target) == (345 * MIB, Change(MEMORY, 30, 89, "web"))


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
    case = scaled(500, 70, **changes)
    kept = scale_point.keep_reach(case, start(case, 200))

    assert paired(case, kept.request) == start(case, 200)


def test_a_metric_of_the_very_container_counts_that_container_alone() -> None:
    mesh = container(name="mesh", cpu_request_millicores=100, role=ContainerRole.SIDECAR)
    app = container(cpu_request_millicores=500)
    auto = scaler(70, kind="ContainerResource", container="server")
    held = workload(app, mesh, autoscaler=auto)

    assert scale_point.point(cpu_case(500, None, q97=9, maximum=9, workload=held)) == 350


@given(
    request=st.integers(80, 16_000),
    percent=st.integers(20, 95),
    load=st.floats(0.5, 60),
    limit=st.one_of(st.none(), st.floats(1, 4)),
    bursts=st.lists(st.floats(0.3, 1.6), min_size=5, max_size=5),
    mode=st.sampled_from(Mode),
    sidecar=st.integers(0, 400),
)
@example(
    request=1000, percent=80, load=10.0, limit=None, bursts=[0.64] * 5, mode=Mode.LEAN, sidecar=0
)
def test_five_applied_cycles_move_neither_the_scale_point_nor_the_replicas(
    *,
    request: int,
    percent: int,
    load: float,
    limit: float | None,
    bursts: list[float],
    mode: Mode,
    sidecar: int,
) -> None:
    """Load is in scale points. Each cycle measures the pods that the autoscaler then keeps."""
    mesh = container(name="mesh", cpu_request_millicores=sidecar, role=ContainerRole.SIDECAR)
    first_point = (request + sidecar) * percent / 100
    assume(first_point >= 50)
    load_millicores = load * first_point
    replicas = math.ceil(load_millicores / first_point - 1e-9)
    asked, cap, target = request, None if limit is None else round(request * limit), percent
    for burst in bursts:
        point = (asked + sidecar) * target / 100
        now = math.ceil(load_millicores / point - 1e-9)
        used = load_millicores / now * burst
        case = _case(asked, cap, used, mesh, target=target)
        applied = propose(replace(case, mode=mode))
        if applied.refusal:
            continue
        asked, cap = applied.request, applied.limit
        target = applied.target.number if applied.target else target

    point = (asked + sidecar) * target / 100
    after = math.ceil(load_millicores / point - 1e-9)
    assert abs(point / first_point - 1) <= 0.05
    assert abs(after - replicas) <= max(1, 0.05 * replicas)


def _case(asked: int, cap: int | None, used: float, *pod: Container, target: int) -> RequestCase:
    app = container(cpu_request_millicores=asked, cpu_limit_millicores=cap)
    held = workload(app, *pod, autoscaler=scaler(target))
    return cpu_case(asked, cap, q97=used, maximum=used, workload=held)
