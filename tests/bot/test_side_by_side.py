"""Work on threads of its own: results and errors come back, turns are limited."""

import threading
from concurrent.futures import wait

import pytest

from bot.side_by_side import started


def test_what_is_returned_and_what_is_raised_come_back() -> None:
    def fail() -> int:
        raise KeyError("boom")

    assert started(lambda: 7, name="works").result(5) == 7
    with pytest.raises(KeyError, match="boom"):
        started(fail, name="fails").result(5)


def test_never_more_work_at_once_than_there_are_turns() -> None:
    at_work, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        threading.Event().wait(0.005)
        with lock:
            at_work -= 1

    turns = threading.Semaphore(2)
    done, left = wait([started(work, name="work", turns=turns) for _ in range(12)], timeout=5)

    assert (len(done), len(left)) == (12, 0)
    assert most == 2
