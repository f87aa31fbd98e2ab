import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.changes import Change, Setting
from finops.domain.heaps import floor_of
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


def test_a_heap_that_may_falls_with_the_request_and_holds_all_that_was_ever_held() -> None:
    hints = {"runtime_hints": ("-Xms1g", "-Xmx6g")}
    case = memory_case(8192, 8192, maximum=1536, container=hints, scales_heap=True)

    found = propose(case)

    # One step down to a quarter at most: 2Gi, of which a heap of 1638Mi leaves a fifth outside.
    assert (found.request, found.limit) == (2 * GIB, 2304 * MIB)
    assert found.heap == Change(Setting.HEAP, 6 * GIB, 1638 * MIB)
    assert any("Its Java heap falls from 6Gi to 1638Mi" in note for note in found.notes)


@pytest.mark.parametrize(
    "hints",
    [
        ("-Xmx6g", "-Xmx4g"),  # which one wins is the runtime's
        ("-XX:MaxRAMPercentage=75",),
        ("-Xmx1g", "--max-old-space-size=4096"),  # not the one that holds the floor up
        (),
    ],
)
def test_what_is_not_one_xmx_stays(hints: tuple[str, ...]) -> None:
    case = memory_case(
        8192, 8192, maximum=1536, container={"runtime_hints": hints}, scales_heap=True
    )

    assert propose(case).heap is None


def test_a_heap_stays_where_nobody_allowed_it_or_nothing_falls() -> None:
    hints = {"runtime_hints": ("-Xmx6g",)}
    kept = propose(memory_case(8192, 8192, maximum=1536, container=hints))
    full = propose(memory_case(2048, 2048, maximum=2000, container=hints, scales_heap=True))

    assert (kept.heap, kept.request) == (None, 7680 * MIB)
    assert full.heap is None


@given(
    asked=st.integers(256, 65536),
    used=st.integers(1, 65536),
    heap_mib=st.integers(32, 65536),
)
def test_a_lowered_heap_fits_and_holds_what_was_held(asked: int, used: int, heap_mib: int) -> None:
    hints = {"runtime_hints": (f"-Xmx{heap_mib}m",)}
    case = memory_case(asked, asked, maximum=used, container=hints, scales_heap=True)

    found = propose(case)

    if found.heap is not None and not found.refusal:
        size = found.heap.number
        assert used * MIB <= size < heap_mib * MIB
        assert floor_of(size) <= found.request < asked * MIB
        assert found.limit is not None
        assert floor_of(size) <= found.limit
