import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from finops.ledger.lanes import Rate, idle_at, take_turn
from finops.ledger.outbox import Intent
from finops.ledger.tables import lanes
from finops.savings_ledger import SavingsLedger

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ONE_A_SECOND = Rate(gap_seconds=1.0)


class Wall:
    """A wall clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def at(ledger: SavingsLedger, wall: Wall) -> SavingsLedger:
    ledger._wall_clock = wall
    return ledger


def test_turns_in_a_lane_come_one_gap_after_the_other(ledger: SavingsLedger) -> None:
    at(ledger, Wall())

    waits = [round(ledger.take_turn("slack/C1", ONE_A_SECOND), 3) for _ in range(4)]

    assert waits == [0, 1, 2, 3]


def test_lanes_do_not_know_each_other(ledger: SavingsLedger) -> None:
    at(ledger, Wall())
    ledger.take_turn("slack/C1", ONE_A_SECOND)

    assert ledger.take_turn("slack/C2", ONE_A_SECOND) == 0


def test_after_a_rest_a_burst_goes_at_once(ledger: SavingsLedger) -> None:
    wall = Wall()
    at(ledger, wall)
    rate = Rate(gap_seconds=2.0, burst=3)
    first = [round(ledger.take_turn("l", rate), 3) for _ in range(5)]
    wall.now += timedelta(minutes=1)

    assert first == [0, 0, 0, 2, 4]
    assert [round(ledger.take_turn("l", rate), 3) for _ in range(4)] == [0, 0, 0, 2]


def test_when_slack_says_wait_everybody_waits(ledger: SavingsLedger) -> None:
    at(ledger, Wall())
    burst = Rate(gap_seconds=2.0, burst=3)
    for lane, rate in (("one", ONE_A_SECOND), ("many", burst)):
        ledger.take_turn(lane, rate)
        ledger.hold_lane(lane, rate, seconds=30)

    assert round(ledger.take_turn("one", ONE_A_SECOND), 3) == 30
    assert round(ledger.take_turn("many", burst), 3) == 30


def test_a_shorter_hold_does_not_shorten_a_longer_queue(ledger: SavingsLedger) -> None:
    at(ledger, Wall())
    for _ in range(10):
        ledger.take_turn("l", ONE_A_SECOND)
    ledger.hold_lane("l", ONE_A_SECOND, seconds=3)

    assert round(ledger.take_turn("l", ONE_A_SECOND), 3) == 10


def test_of_many_threads_no_two_get_one_turn(ledger: SavingsLedger) -> None:
    at(ledger, Wall())
    start = threading.Barrier(8)

    def take(_: int) -> list[float]:
        start.wait()
        return [ledger.take_turn("l", ONE_A_SECOND) for _ in range(5)]

    with ThreadPoolExecutor(8) as pool:
        waits = sorted(wait for waits in pool.map(take, range(8)) for wait in waits)

    assert [round(wait) for wait in waits] == list(range(40))


@given(
    pauses=st.lists(st.floats(0, 5), min_size=2, max_size=40),
    gap=st.floats(0.1, 3),
    burst=st.integers(1, 8),
)
def test_no_window_holds_more_than_burst_and_rate(
    pauses: list[float], gap: float, burst: int
) -> None:
    now, sent, rate = 0.0, list[float](), Rate(gap, burst)
    with create_engine("sqlite://").begin() as connection:
        lanes.create(connection)
        for pause in pauses:
            now += pause
            sent.append(now + take_turn(connection, "l", rate, now=now))

    assert sent == sorted(sent)
    for first, start in enumerate(sent):
        for count, end in enumerate(sent[first:], start=1):
            assert count <= burst + (end - start) / gap + 1e-6


def test_an_intent_given_back_keeps_its_turn_and_loses_no_try(ledger: SavingsLedger) -> None:
    wall = datetime.now(UTC)
    with ledger.transaction() as tx:
        tx.enqueue(kind="post_card", subject="op-1", idempotency_key="k")
    later = wall + timedelta(minutes=1)
    [first] = ledger.lease_intents(owner="a", now=later)
    ledger.defer_intent(first, until=later + timedelta(seconds=9), turn="slack/C1")

    early = ledger.lease_intents(owner="b", now=later + timedelta(seconds=8))
    [again] = ledger.lease_intents(owner="b", now=later + timedelta(seconds=10))
    ledger.postpone_intent(again, until=later + timedelta(seconds=20), error="429")
    [third] = ledger.lease_intents(owner="b", now=later + timedelta(seconds=30))

    assert early == []
    assert (again.attempts, again.turn) == (1, "slack/C1")
    assert (third.attempts, third.turn) == (2, "")


def test_who_lost_an_intent_cannot_give_it_back(ledger: SavingsLedger) -> None:
    with ledger.transaction() as tx:
        tx.enqueue(kind="post_card", subject="op-1", idempotency_key="k")
    now = datetime.now(UTC) + timedelta(minutes=1)
    [slow] = ledger.lease_intents(owner="slow", now=now, seconds=10)
    [fast] = ledger.lease_intents(owner="fast", now=now + timedelta(seconds=11), seconds=10)
    ledger.defer_intent(slow, until=now, turn="x")
    ledger.finish_intent(fast.id, now=now)

    assert ledger.lease_intents(owner="c", now=now + timedelta(minutes=5)) == []


def test_a_lane_that_was_never_used_has_nothing_to_hold(ledger: SavingsLedger) -> None:
    ledger.hold_lane("new", ONE_A_SECOND, seconds=30)

    assert ledger.read(lambda connection: idle_at(connection, "new")) is None


def test_an_intent_says_no_turn_unless_it_was_given_back() -> None:
    assert Intent(1, "k", "s", {}, 1).turn == ""
