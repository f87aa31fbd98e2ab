"""A minute is nothing, five minutes are refused signatures."""

from datetime import UTC, datetime, timedelta

import pytest

from finops.domain.checks import Area, Outcome
from finops.domain.clock_skew import clock_check, date_of_header

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "outcome"),
    [(0, "ok"), (59, "ok"), (-59, "ok"), (60, "warning"), (-299, "warning"), (300, "failed")],
)
def test_the_distance_decides(seconds: int, outcome: str) -> None:
    check = clock_check(
        Area("Slack"), whose="Slack", theirs=NOON, ours=NOON + timedelta(seconds=seconds)
    )

    assert check.outcome is Outcome(outcome)


def test_the_direction_is_named() -> None:
    ahead = clock_check(Area("x"), whose="Slack", theirs=NOON, ours=NOON + timedelta(minutes=9))

    assert ahead.detail.startswith("9 min ahead of Slack's")


@pytest.mark.parametrize("text", ["", "yesterday", "Wed, 01 Jul 2026 12:00:00 -0000"])
def test_what_is_no_moment_is_none(text: str) -> None:
    assert date_of_header(text) is None


def test_a_date_header_is_a_moment() -> None:
    assert date_of_header("Wed, 01 Jul 2026 12:00:00 GMT") == NOON
