"""Putting a card aside."""

from typing import Any

import pytest

from finops.domain.lifecycle import Status
from finops.finops_engine import FinOpsEngine
from handlers.actions.decide import snooze_days
from handlers.ids import ActionId, SnoozeFor
from sandbox.slack import Driver
from tests.handlers.builders import (
    DANA,
    NOW,
    PAYMENTS,
    known,
    row_of,
)

pytestmark = pytest.mark.usefixtures("app")


def test_an_owner_snoozes_for_a_week(
    driver: Driver, card: dict[str, Any], engine: FinOpsEngine
) -> None:
    week = row_of(card)[2]["options"][1]["value"]

    assert driver.select(DANA, PAYMENTS, card["ts"], ActionId.SNOOZE, week).ok
    now = known(engine)
    assert now.status is Status.SNOOZED
    assert now.snoozed_until is not None
    assert (now.snoozed_until - NOW).days == 7


@pytest.mark.parametrize(
    ("choice", "day", "days"),
    [
        (SnoozeFor.DAY, 23, 1),
        (SnoozeFor.WEEK, 23, 7),
        (SnoozeFor.MONTH_END, 23, 8),
        (SnoozeFor.MONTH_END, 30, 1),
    ],
)
def test_snoozing_ends_when_the_option_says(choice: SnoozeFor, day: int, days: int) -> None:
    assert snooze_days(choice, NOW.replace(day=day)) == days
