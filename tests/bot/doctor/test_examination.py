"""Examinations: side by side, in order, and one that hangs or breaks is one red line."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from bot.doctor.examination import Examination, Topic, examine
from finops.domain.checks import Area, Check, Outcome
from finops.domain.errors import InvalidInput


@dataclass
class Adapter:
    checking: Callable[[], Sequence[Check]]

    def check(self) -> Sequence[Check]:
        return self.checking()


def examination(
    area: str, checking: Callable[[], Sequence[Check]], patience: float = 5
) -> Examination:
    return Examination(
        topic=Topic.SLACK,
        area=area,
        build=lambda: Adapter(checking),
        patience_seconds=patience,
    )


def fine(area: str) -> Callable[[], Sequence[Check]]:
    return lambda: [Area(area).ok("reach")]


def waits_for(event: threading.Event) -> Callable[[], Sequence[Check]]:
    def check() -> Sequence[Check]:
        event.wait(30)
        return []

    return check


def test_results_come_in_the_given_order_whoever_is_faster() -> None:
    first_may_end = threading.Event()

    def slow() -> Sequence[Check]:
        first_may_end.wait(5)
        return [Area("first").ok("reach")]

    def quick() -> Sequence[Check]:
        first_may_end.set()
        return [Area("second").ok("reach")]

    results = list(examine([examination("first", slow), examination("second", quick)]))

    assert [result.checks[0].area for result in results] == ["first", "second"]


def test_one_that_hangs_is_a_red_line_and_holds_nobody_up() -> None:
    never = threading.Event()
    begin = time.monotonic()

    results = list(
        examine(
            [
                examination("hangs", waits_for(never), patience=0.05),
                examination("answers", fine("answers")),
            ]
        )
    )

    assert time.monotonic() - begin < 2
    assert results[0].checks[0].outcome is Outcome.FAILED
    assert "no answer within" in results[0].checks[0].detail
    assert results[1].checks[0].outcome is Outcome.OK
    never.set()


def test_what_cannot_be_built_says_so_in_its_own_sentence() -> None:
    def refuse() -> Adapter:
        raise InvalidInput("The repository acme/shop needs GITHUB_TOKEN.")

    made = Examination(topic=Topic.GITHUB, area="GitHub acme/shop", build=refuse)
    (result,) = examine([made])

    assert result.checks == (
        Area("GitHub acme/shop").failed(
            "setup", "The repository acme/shop needs GITHUB_TOKEN.", fix=""
        ),
    )


def test_a_check_with_a_bug_is_a_red_line_that_names_it(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Sequence[Check]:
        raise KeyError("boom")

    (result,) = examine([examination("Slack", broken)])

    assert "KeyError: 'boom'" in result.checks[0].detail
    assert "Slack" in caplog.text
