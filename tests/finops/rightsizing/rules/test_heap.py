import pytest

from finops.domain.quantities import GIB, MIB
from finops.rightsizing.rules import heap
from finops.rightsizing.rules.order import propose
from tests.finops.rightsizing.rules.cases import memory_case, start
from tests.finops.rule_examples import container, workload


@pytest.mark.parametrize(
    ("hint", "floor"),
    [
        ("-Xmx2g", 2560 * MIB),
        ("-Xmx512m", 768 * MIB),
        ("-Xmx1073741824", 1280 * MIB),
        ("-XX:MaxRAMPercentage=75", 3840 * MIB),  # of a limit of 4Gi: 3Gi and a quarter
        ("-XX:MaxRAMFraction=2", 2560 * MIB),
        ("--max-old-space-size=512", 589 * MIB),  # 512 · 1.15 = 588.8
        ("--max_old_space_size=100", 164 * MIB),
        ("GOMEMLIMIT=1GiB", 1076 * MIB),  # 1024 · 1.05 = 1075.2
        ("GOMEMLIMIT=536870912", 538 * MIB),
        ("GOMEMLIMIT=off", None),
        ("GOGC=100", None),
        ("-Xms4g", None),
        ("-XX:MaxRAMPercentage=0", None),
    ],
)
def test_a_hint_gives_the_lowest_request_that_holds_its_heap(hint: str, floor: int | None) -> None:
    held = container(runtime_hints=(hint,), memory_limit_bytes=4 * GIB)

    found = heap.largest_heap(held)

    assert (found.floor_bytes if found else None) == floor


def test_a_share_of_a_limit_that_is_not_set_says_nothing() -> None:
    assert heap.largest_heap(container(runtime_hints=("-XX:MaxRAMPercentage=75",))) is None


def test_memory_stays_above_a_heap_that_was_never_filled_so_far() -> None:
    case = memory_case(4096, None, maximum=1229, container={"runtime_hints": ("-Xmx2g",)})

    found = propose(case)

    assert found.request == 2560 * MIB
    assert found.notes[0] == (
        "-Xmx2g lets its heap grow to 2Gi; with what is outside the heap that is 2560Mi."
    )


def test_a_limit_that_a_jvm_reads_does_not_fall_with_the_request() -> None:
    hinted = memory_case(
        4096, 8192, maximum=100, container={"runtime_hints": ("-XX:MaxRAMPercentage=25",)}
    )
    silent = memory_case(4096, 8192, maximum=1000, name="kafka")
    fixed = memory_case(4096, 8192, maximum=1000, container={"runtime_hints": ("-Xmx1g",)})

    assert propose(hinted).limit == propose(silent).limit == 8 * GIB
    assert propose(hinted).request == 2560 * MIB
    assert propose(fixed).limit == 2560 * MIB


def test_a_jvm_is_known_by_image_name_or_tag_unless_its_heap_is_named() -> None:
    by_image = container(image="registry/eclipse-temurin-jre:21")
    named = container(image="openjdk:21", runtime_hints=("-Xmx1g",))

    assert heap.is_unbounded_jvm(workload(by_image), by_image)
    assert not heap.is_unbounded_jvm(workload(named), named)
    assert not heap.is_unbounded_jvm(workload(container()), container())


def test_a_heap_below_what_was_used_changes_nothing() -> None:
    case = memory_case(4096, None, maximum=3000, container={"runtime_hints": ("-Xmx1g",)})

    assert heap.apply(case, start(case)) == start(case)
