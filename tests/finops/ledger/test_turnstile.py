"""Whose turn it is: places, order and patience."""

import threading
import time

import pytest

from finops.domain.errors import TryAgainLater
from finops.ledger import turnstile as module
from finops.ledger.turnstile import Lines, Turnstile, Waiting, serving


def _until_queued(turnstile: Turnstile, people: int) -> None:
    deadline = time.monotonic() + 5
    while len(turnstile._queue) < people:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_as_many_are_inside_as_there_are_places() -> None:
    turnstile = Turnstile(2)

    with (
        turnstile.turn(1),
        turnstile.turn(1),
        pytest.raises(TryAgainLater, match="busy for 0"),
        turnstile.turn(0.01),
    ):
        pass


def test_who_gave_up_waiting_leaves_no_place_taken() -> None:
    turnstile = Turnstile()
    with turnstile.turn(1), pytest.raises(TryAgainLater), turnstile.turn(0.01):
        pass

    with turnstile.turn(0.01):
        pass


def test_who_has_waited_longest_for_an_answer_goes_first_whenever_they_queue() -> None:
    turnstile, served = Turnstile(), []
    older, newer = Waiting(since=1.0), Waiting(since=2.0)

    def ask(waiting: Waiting) -> None:
        with serving(waiting), turnstile.turn(5):
            served.append(waiting.since)

    threads = [threading.Thread(target=ask, args=[each]) for each in (newer, older)]
    with turnstile.turn(1):
        for number, thread in enumerate(threads, start=1):
            thread.start()
            _until_queued(turnstile, number)
    for thread in threads:
        thread.join(5)

    assert served == [1.0, 2.0]


def test_what_follows_an_answer_comes_after_those_who_have_none() -> None:
    answered, waiting = Waiting(since=1.0), Waiting()
    answered.answered()

    assert answered.since > waiting.since


def test_a_cycle_stands_in_no_line() -> None:
    lines = Lines(2)

    with (
        lines.place(0, writes=True),
        lines.place(0, writes=True),
        lines.place(0, writes=True),
        lines.place(0, writes=False),
    ):
        pass


def test_a_reader_finds_a_place_while_writers_wait_for_their_locks() -> None:
    lines = Lines(3)

    with serving(Waiting()), lines.place(1, writes=True):  # noqa: SIM117 - one person each
        with serving(Waiting()), lines.place(1, writes=True):
            with serving(Waiting()), lines.place(0.01, writes=False):
                pass
            with (
                serving(Waiting()),
                pytest.raises(TryAgainLater),
                lines.place(0.01, writes=True),
            ):
                pass


def test_who_asks_again_inside_does_not_wait_for_himself() -> None:
    lines = Lines(2)

    with serving(Waiting()), lines.place(1, writes=True), lines.place(0.01, writes=True):
        pass


def test_nobody_waits_longer_than_slack_waits_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_WAIT_SECONDS", 0.05)
    lines, began = Lines(1), time.monotonic()

    with (
        serving(Waiting()),
        lines.place(1, writes=False),
        serving(Waiting()),
        pytest.raises(TryAgainLater, match="busy for 0"),
        lines.place(60, writes=False),
    ):
        pass
    assert time.monotonic() - began < 5


def test_a_place_is_given_back_when_the_work_fails() -> None:
    lines, waiting = Lines(2), Waiting()
    with pytest.raises(ZeroDivisionError), serving(waiting), lines.place(1, writes=True):
        raise ZeroDivisionError

    with serving(waiting), lines.place(0.01, writes=True):
        pass


@pytest.mark.parametrize("writes", [True, False])
def test_who_waited_in_vain_is_told_how_long_they_were_ready_to_wait(writes: bool) -> None:
    lines = Lines(2)
    with (
        lines._everybody.turn(1),
        lines._everybody.turn(1),
        serving(Waiting()),
        pytest.raises(TryAgainLater, match=r"busy for 0\.05 s\.$"),
        lines.place(0.05, writes=writes),
    ):
        pass
