import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.quantities import GIB, MIB
from finops.rightsizing.rules.order import propose
from tests.finops.rightsizing.rules.cases import cpu_case, memory_case


def test_no_limit_is_ever_added() -> None:
    assert propose(cpu_case(1000, None, q97=100, maximum=900)).limit is None
    assert propose(memory_case(1024, None, maximum=100)).limit is None


@pytest.mark.parametrize(
    ("limit", "maximum", "lower"),
    [
        (2048, 400, 920),  # 2048 · 460 / 1024
        (1024, 400, 600),  # the ratio gives 460, 1.5 · 400 is more
        (1024, 700, 1024),  # 1.5 · 700 is over the limit there is: it stays
    ],
)
def test_a_memory_limit_keeps_its_ratio_and_its_distance(
    limit: int, maximum: int, lower: int
) -> None:
    found = propose(memory_case(1024, limit, maximum=maximum))

    assert found.limit == lower * MIB


def test_a_cpu_limit_keeps_its_ratio_and_leaves_room_for_the_highest_use() -> None:
    assert propose(cpu_case(1000, 4000, q97=200, maximum=900)).limit == 1040  # 1.15 · 900 = 1035
    assert propose(cpu_case(1000, 4000, q97=400, maximum=500)).limit == 1720  # 4000 · 430/1000


def test_the_words_say_what_happens_to_the_limit() -> None:
    followed = propose(memory_case(1024, 2048, maximum=400)).notes
    held = propose(memory_case(1024, 1024, maximum=700)).notes

    assert followed == (
        "The memory limit falls with the request, from 2Gi to 920Mi; 400Mi is the most that was "
        "used.",
    )
    assert held == ("The memory limit stays at 1Gi.",)


@given(
    request=st.integers(64, 8192),
    ratio=st.floats(1, 8),
    maximum=st.integers(1, 9000),
)
def test_a_limit_is_never_under_its_request_nor_higher_than_before_while_that_falls(
    request: int, ratio: float, maximum: int
) -> None:
    case = memory_case(request, int(request * ratio), maximum=maximum)
    found = propose(case)
    limit = found.limit or 0

    assert limit >= found.request
    if found.request < case.current:
        assert limit <= (case.limit or 0)
        assert limit >= min(case.limit or 0, 1.5 * maximum * MIB)
    assert found.request < 100 * GIB
