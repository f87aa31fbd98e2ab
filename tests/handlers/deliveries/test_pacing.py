import pytest

from finops.domain.errors import NotItsTurn
from finops.ledger.lanes import Rate
from handlers.deliveries.pacing import UPDATES, Pacing


class Queue:
    """Lanes with a fixed wait; remembers who asked. Those of what was just sent are free."""

    def __init__(self, wait: float) -> None:
        self.wait = wait
        self.just_sent = 0.0
        self.taken: list[str] = []
        self.held: dict[str, float] = {}

    def take_turn(self, lane: str, rate: Rate) -> float:
        assert rate.gap_seconds >= 1
        if lane.endswith("/sent"):
            return self.just_sent
        self.taken.append(lane)
        return self.wait

    def hold_lane(self, lane: str, rate: Rate, *, seconds: float) -> None:
        self.held[lane] = seconds


def pacing(wait: float) -> tuple[Pacing, Queue, list[float]]:
    queue, slept = Queue(wait), list[float]()
    return Pacing(queue, sleep=slept.append), queue, slept


def test_a_message_whose_turn_is_far_goes_back_before_anything_was_sent() -> None:
    pace, _, slept = pacing(7.5)

    with pytest.raises(NotItsTurn) as later, pace.delivery(""):
        pace.before_message("C1")

    assert (later.value.after_seconds, later.value.lane, slept) == (7.5, "slack/C1", [])


def test_one_that_comes_back_in_its_turn_takes_no_other() -> None:
    pace, queue, slept = pacing(7.5)

    with pace.delivery("slack/C1"):
        pace.before_message("C1")

    assert (queue.taken, slept) == ([], [])


def test_a_turn_is_good_for_one_message_of_its_own_lane() -> None:
    pace, queue, slept = pacing(0.2)

    with pace.delivery("slack/C1"):
        pace.before_message("C2")
        pace.before_message("C1")
        pace.before_message("C1")

    assert queue.taken == ["slack/C2", "slack/C1"]
    assert slept == [0.2, 0.2]


def test_who_has_sent_something_waits_instead_of_sending_it_again() -> None:
    pace, _, slept = pacing(0.0)

    with pace.delivery(""):
        pace.before_update()
        pace._lanes.wait = 12.0  # type: ignore[attr-defined]  # the queue above
        pace.before_message("C1")

    assert slept == [12.0]


def test_a_short_wait_is_slept_away() -> None:
    pace, _, slept = pacing(0.25)

    with pace.delivery(""):
        pace.before_message("C1")

    assert slept == [0.25]


def test_what_slack_asks_of_one_holds_for_all() -> None:
    pace, queue, _ = pacing(0)

    pace.told_to_wait("chat.postMessage", "C1", seconds=9)
    pace.told_to_wait("chat.update", "C1", seconds=4)
    pace.told_to_wait("users.info", "", seconds=99)

    assert queue.held == {"slack/C1": 9, UPDATES: 4}


def test_outside_a_delivery_nothing_is_given_back() -> None:
    pace, _, slept = pacing(3)

    pace.before_message("C1")

    assert slept == [3]


def test_who_comes_late_to_a_turn_does_not_meet_the_next_one() -> None:
    pace, queue, slept = pacing(7.5)
    queue.just_sent = 0.8

    with pace.delivery("slack/C1"):
        pace.before_message("C1")

    assert slept == [0.8]


def test_updates_may_come_in_a_burst() -> None:
    pace, queue, slept = pacing(0)
    queue.just_sent = 0.8

    with pace.delivery(""):
        pace.before_update()

    assert slept == []
