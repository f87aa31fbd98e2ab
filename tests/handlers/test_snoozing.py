"""Putting a card aside."""

from typing import Any

import pytest

from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.finops_engine import FinOpsEngine
from handlers.actions.decide import snooze_days
from handlers.ids import ActionId, SnoozeFor
from sandbox.slack import Driver
from tests.handlers.builders import (
    DANA,
    NOW,
    PAYMENTS,
)
from tests.handlers.conftest import PostCard

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def card(driver: Driver, posted: PostCard) -> dict[str, Any]:
    """The card of a waiting opportunity, as everybody in the channel sees it."""
    posted()
    return driver.messages(PAYMENTS)[0]


def known(engine: FinOpsEngine) -> OpportunityRecord:
    """The one record there is."""
    [record] = engine.ledger.find()
    return record


def row_of(card: dict[str, Any]) -> list[dict[str, Any]]:
    row = next(block for block in card["blocks"] if block["type"] == "actions")
    elements: list[dict[str, Any]] = row["elements"]
    return elements


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
