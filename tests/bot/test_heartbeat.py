import threading

import pytest

from bot.heartbeat import kept
from finops.domain.errors import TryAgainLater


def test_a_lease_is_renewed_while_the_work_goes_on_and_not_after() -> None:
    beats: list[int] = []
    with kept(lambda: beats.append(1), every_seconds=0.02):
        threading.Event().wait(0.3)
    during = len(beats)
    threading.Event().wait(0.1)

    assert during >= 3
    assert len(beats) == during


def test_one_renewal_that_fails_does_not_end_the_heartbeat() -> None:
    beats: list[int] = []

    def renew() -> None:
        beats.append(1)
        raise TryAgainLater("the database is busy")

    with kept(renew, every_seconds=0.02):
        threading.Event().wait(0.3)

    assert len(beats) >= 3


def test_an_error_of_the_work_is_not_swallowed() -> None:
    with pytest.raises(KeyError), kept(lambda: None, every_seconds=60):
        raise KeyError("a bug")
