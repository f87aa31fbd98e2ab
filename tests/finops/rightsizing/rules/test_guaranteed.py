from finops.domain.quantities import GIB, MIB
from finops.domain.usage import Stability
from finops.rightsizing.rules.guaranteed import is_guaranteed
from finops.rightsizing.rules.order import propose
from tests.finops.rightsizing.rules.cases import cpu_case, memory_case
from tests.finops.rule_examples import container, workload

PINNED_CPU = {"cpu_request_millicores": 1000, "cpu_limit_millicores": 1000}
PINNED_MEMORY = {"memory_request_bytes": 2 * GIB, "memory_limit_bytes": 2 * GIB}


def test_the_class_is_what_the_server_says_and_else_what_is_declared() -> None:
    pinned = container(**PINNED_CPU, **PINNED_MEMORY)
    only_limits = container(**(PINNED_CPU | PINNED_MEMORY | {"cpu_request_millicores": None}))

    assert is_guaranteed(workload(pinned))
    assert is_guaranteed(workload(only_limits))
    assert not is_guaranteed(workload(pinned, container(name="proxy")))
    assert not is_guaranteed(workload(container(**PINNED_MEMORY)))
    assert not is_guaranteed(workload(pinned, qos_class="Burstable"))
    assert is_guaranteed(workload(container(), qos_class="Guaranteed"))


def test_request_and_limit_fall_together_and_leave_a_wall_over_the_highest_use() -> None:
    found = propose(memory_case(2048, 2048, maximum=800, container=PINNED_CPU))

    assert found.request == found.limit == 1200 * MIB  # 1.5 · 800, not 1.15
    assert "Its pod stays in the Guaranteed class" in " ".join(found.notes)


def test_a_step_keeps_both_equal_to_the_last_millicore() -> None:
    found = propose(cpu_case(1003, 1003, q97=10, maximum=12, container=PINNED_MEMORY))

    assert found.request == found.limit == 251


def test_a_throttled_guaranteed_container_is_left_alone() -> None:
    trouble = {"stability": Stability(window_days=14, throttled_share=0.2)}
    found = propose(cpu_case(1000, 1000, q97=200, maximum=400, container=PINNED_MEMORY | trouble))

    assert "throttled in 20%" in found.refusal
    assert "request and limit move only together" in found.refusal


def test_a_guaranteed_jvm_that_reads_its_limit_is_left_alone() -> None:
    jvm = {"runtime_hints": ("-XX:MaxRAMPercentage=25",)}
    found = propose(memory_case(2048, 2048, maximum=300, container=PINNED_CPU | jvm))

    assert "Its heap is a share of its memory limit" in found.refusal


def test_after_a_kill_both_rise_to_the_larger_of_the_two_rules() -> None:
    trouble = {"stability": Stability(window_days=14, oom_kills=2)}
    found = propose(memory_case(2048, 2048, maximum=1000, container=PINNED_CPU | trouble))

    assert found.request == found.limit == 2560 * MIB  # 1.25 · the limit


def test_a_wall_alone_is_no_reason_to_raise() -> None:
    found = propose(memory_case(2048, 2048, maximum=1600, container=PINNED_CPU))

    assert found.request == found.limit == 2 * GIB
