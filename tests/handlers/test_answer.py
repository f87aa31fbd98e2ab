"""The ack leaves when it is given, and what fails later is still told."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_bolt import Ack

from handlers import answer as answers
from handlers.answer import Answer


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def unanswered() -> Ack:
    return Ack()  # type: ignore[no-untyped-call]  # untyped in Bolt


def nobody(error: Exception) -> None:
    raise AssertionError(f"nobody expected {error!r}")


def test_the_listener_returns_with_its_ack_while_the_handler_goes_on(
    threads: ThreadPoolExecutor,
) -> None:
    answer, go_on = Answer(unanswered()), threading.Event()
    done: list[str] = []

    def work() -> None:
        answer(text="approved")
        go_on.wait(5)
        done.append("told the channel")

    answer.of(work, threads, failed=nobody)

    assert answer.response is not None
    assert not done
    go_on.set()
    threads.shutdown(wait=True)
    assert done == ["told the channel"]


def test_what_fails_before_the_ack_is_for_bolt_to_answer(threads: ThreadPoolExecutor) -> None:
    def work() -> None:
        raise LookupError("no such card")

    with pytest.raises(LookupError):
        Answer(unanswered()).of(work, threads, failed=nobody)


def test_what_fails_after_the_ack_is_told_once(threads: ThreadPoolExecutor) -> None:
    answer = Answer(unanswered())
    failures: list[Exception] = []

    def work() -> None:
        answer()
        raise LookupError("the channel is gone")

    answer.of(work, threads, failed=failures.append)
    threads.shutdown(wait=True)

    assert [str(error) for error in failures] == ["the channel is gone"]


def test_a_handler_that_is_too_slow_holds_nobody_up_and_its_failure_is_told(
    threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MOST_SECONDS", 0.05)
    go_on, failures = threading.Event(), list[Exception]()

    def work() -> None:
        go_on.wait(5)
        raise LookupError("too late")

    began = time.monotonic()
    Answer(unanswered()).of(work, threads, failed=failures.append)

    assert time.monotonic() - began < 2
    go_on.set()
    threads.shutdown(wait=True)
    assert [str(error) for error in failures] == ["too late"]
