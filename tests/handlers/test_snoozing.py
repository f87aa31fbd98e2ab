"""Putting a card aside."""

import json
from typing import Any

import pytest

from finops.domain.lifecycle import Status
from finops.finops_engine import FinOpsEngine
from handlers.actions.decide import snooze_days
from handlers.ids import ActionId, BlockId, SnoozeFor
from sandbox.slack import Driver
from tests.handlers.builders import DANA, INSTANCE, NOW, PAYMENTS, known, row_of

pytestmark = pytest.mark.usefixtures("app")


def test_an_owner_snoozes_for_a_week_with_a_reason(
    driver: Driver, card: dict[str, Any], engine: FinOpsEngine
) -> None:
    snooze = row_of(card)[3]["options"][-1]["value"]
    assert driver.select(DANA, PAYMENTS, card["ts"], ActionId.MORE, snooze).ok
    form = driver.open_view(DANA)
    assert form is not None
    filled = {
        BlockId.SNOOZE_FOR.value: {ActionId.SNOOZE_FOR.value: SnoozeFor.WEEK.value},
        BlockId.REASON.value: {ActionId.REASON.value: "After the release."},
    }
    assert driver.submit(DANA, form["id"], filled).ok

    now = known(engine)
    assert (now.status, now.status_reason) == (Status.SNOOZED, "After the release.")
    assert now.snoozed_until is not None
    assert (now.snoozed_until - NOW).days == 7
    assert driver.open_view(DANA) is None


def test_the_menu_of_an_older_card_still_snoozes(
    driver: Driver, card: dict[str, Any], engine: FinOpsEngine
) -> None:
    parts = {"v": 1, "i": INSTANCE, "o": known(engine).id, "r": 1, "c": "day"}
    option = {"text": {"type": "plain_text", "text": "1 day"}, "value": json.dumps(parts)}
    row_of(card)[3] = {"type": "static_select", "action_id": "finops_snooze", "options": [option]}
    driver.click(
        DANA, PAYMENTS, card["ts"], ActionId.SNOOZE, message=card, selected=option["value"]
    )

    assert known(engine).status is Status.SNOOZED


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
