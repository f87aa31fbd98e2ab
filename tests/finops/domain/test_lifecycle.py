import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.errors import IllegalMove
from finops.domain.lifecycle import (
    CLOSED,
    IN_FLIGHT,
    MOVES,
    OFFERED,
    Status,
    check_move,
)

ILLEGAL = [
    pair for pair in itertools.product(Status, Status) if pair[1] not in MOVES[pair[0]]
]  # fmt: skip


def test_the_main_road_is_open() -> None:
    road = [
        Status.DETECTED, Status.NOTIFIED, Status.APPROVED, Status.PULL_REQUEST_OPEN,
        Status.MERGED, Status.IMPLEMENTED, Status.VERIFIED,
    ]  # fmt: skip
    for current, target in itertools.pairwise(road):
        check_move(current, target, subject="shop/frontend")


@pytest.mark.parametrize(("current", "target"), ILLEGAL)
def test_an_illegal_move_is_refused_with_a_sentence(current: Status, target: Status) -> None:
    with pytest.raises(IllegalMove, match="cannot become"):
        check_move(current, target, subject="shop/frontend")


@given(st.lists(st.sampled_from(list(Status)), max_size=40))
def test_nothing_leaves_a_closed_state_and_nothing_skips_the_approval(
    wishes: list[Status],
) -> None:
    status, been = Status.DETECTED, [Status.DETECTED]
    for wish in wishes:
        if wish in MOVES[status]:
            status = wish
            been.append(wish)

    if status in CLOSED or any(s in CLOSED for s in been):
        assert been[-1] in CLOSED
    if Status.MERGED in been:
        before = been[: been.index(Status.MERGED)]
        assert before[-2:] == [Status.APPROVED, Status.PULL_REQUEST_OPEN]


def test_every_status_counts_in_at_most_one_total() -> None:
    assert not IN_FLIGHT & OFFERED
    assert not CLOSED & (IN_FLIGHT | OFFERED)
