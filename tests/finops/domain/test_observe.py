from finops.domain.changes import Change, Setting
from finops.domain.cluster_objects import Autoscaler, ScaleMetric
from finops.domain.observe import Observation
from finops.domain.quantities import GIB, MIB
from tests.finops.rule_examples import container, opportunity, snapshot, workload

BOTH = (
    Change(Setting.MEMORY_REQUEST, 2 * GIB, 512 * MIB),
    Change(Setting.MEMORY_LIMIT, 4 * GIB, GIB),
)


def seen(request: int, limit: int | None) -> Observation:
    held = container(memory_request_bytes=request, memory_limit_bytes=limit)
    return Observation(snapshot(workloads=(workload(held),)))


def test_a_request_and_its_limit_are_in_place_only_together() -> None:
    proposed = opportunity(changes=BOTH)

    assert seen(512 * MIB, GIB).is_in_place(proposed)
    assert seen(400 * MIB, GIB).is_in_place(proposed)
    assert not seen(512 * MIB, 4 * GIB).is_in_place(proposed)
    assert not seen(2 * GIB, GIB).is_in_place(proposed)


def test_a_limit_has_no_usage_of_its_own_that_a_detector_would_need() -> None:
    assert seen(2 * GIB, 4 * GIB).was_looked_at(opportunity(changes=BOTH))


HPA_BOTH = (
    Change(Setting.CPU_REQUEST, 500, 302),
    Change(Setting.HPA_CPU_TARGET, 70, 116, "web"),
)


def scaled(request: int, percent: float, **metric: str) -> Observation:
    kind = {"kind": "Resource", "name": "cpu", "target_type": "Utilization"} | metric
    auto = Autoscaler(
        name="web",
        min_replicas=1,
        max_replicas=9,
        metrics=(ScaleMetric(target=percent, **kind),),
    )
    held = container(cpu_request_millicores=request)
    return Observation(snapshot(workloads=(workload(held, autoscaler=auto),)))


def test_a_request_and_its_autoscalers_target_are_in_place_only_together() -> None:
    proposed = opportunity(changes=HPA_BOTH)

    assert scaled(302, 116).is_in_place(proposed)
    assert not scaled(302, 70).is_in_place(proposed)
    assert not scaled(500, 116).is_in_place(proposed)


def test_a_target_that_falls_with_a_raise_is_reached_from_above() -> None:
    pair = (
        Change(Setting.CPU_REQUEST, 300, 500),
        Change(Setting.HPA_CPU_TARGET, 100, 60, "web"),
    )

    assert scaled(500, 60).is_in_place(opportunity(changes=pair))
    assert not scaled(500, 100).is_in_place(opportunity(changes=pair))


def test_a_target_of_another_container_or_an_absolute_one_is_not_this_target() -> None:
    proposed = opportunity(changes=HPA_BOTH)
    other = scaled(302, 116, kind="ContainerResource", container="mesh")
    absolute = scaled(302, 116, target_type="AverageValue")
    none = Observation(snapshot(workloads=(workload(container()),)))

    assert other.value(proposed.resource, Setting.HPA_CPU_TARGET) is None
    assert absolute.value(proposed.resource, Setting.HPA_CPU_TARGET) is None
    assert none.value(proposed.resource, Setting.HPA_CPU_TARGET) is None


def test_memory_and_the_java_heap_in_it_are_in_place_only_together() -> None:
    pair = (
        Change(Setting.MEMORY_REQUEST, 8 * GIB, 2 * GIB),
        Change(Setting.HEAP, 6 * GIB, 1638 * MIB),
    )

    def shown(*hints: str) -> Observation:
        held = container(memory_request_bytes=2 * GIB, runtime_hints=hints)
        return Observation(snapshot(workloads=(workload(held),)))

    assert shown("-Xms1g", "-Xmx1638m").is_in_place(opportunity(changes=pair))
    assert not shown("-Xmx6g").is_in_place(opportunity(changes=pair))
    assert not shown().is_in_place(opportunity(changes=pair))
