"""Setting another value: its meaning while it is typed, its bounds, its new revision."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from finops.domain.lifecycle import Status
from finops.finops_engine import FinOpsEngine
from handlers.ids import ActionId, BlockId
from sandbox.slack import Driver
from tests.handlers.bases import cpu_basis
from tests.handlers.builders import DANA, OMAR, PAYMENTS, PRIYA, known, row_of
from tests.handlers.conftest import PostCard

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def card(driver: Driver, posted: PostCard) -> dict[str, Any]:
    """A card whose proposal has its evidence."""
    posted(basis=cpu_basis())
    return driver.messages(PAYMENTS)[0]


def form_of(driver: Driver, card: dict[str, Any], person: str) -> dict[str, Any]:
    edit = row_of(card)[3]["options"][0]["value"]
    assert driver.select(person, PAYMENTS, card["ts"], ActionId.MORE, edit).ok
    view = driver.open_view(person)
    assert view is not None
    return view


def typed(value: str) -> dict[str, dict[str, str]]:
    return {BlockId.EDIT_VALUE.value: {ActionId.EDIT_VALUE.value: value}}


def meaning(driver: Driver, person: str) -> str:
    view = driver.open_view(person)
    assert view is not None
    block = next(b for b in view["blocks"] if b["block_id"] == BlockId.EDIT_ODDS)
    return str(block["text"]["text"])


def test_a_card_has_the_small_picture_of_its_use_beside_the_question(card: dict[str, Any]) -> None:
    picture = card["blocks"][0]["accessory"]

    assert picture["type"] == "image"
    assert "It would have covered 14 of 14 days." in picture["alt_text"]


def test_why_has_the_wide_picture(driver: Driver, card: dict[str, Any]) -> None:
    driver.click(OMAR, PAYMENTS, card["ts"], ActionId.WHY)

    view = driver.open_view(OMAR)
    assert view is not None
    [picture] = [b for b in view["blocks"] if b["type"] == "image"]
    assert picture["slack_file"] != card["blocks"][0]["accessory"]["slack_file"]


def test_the_card_says_the_past_in_a_sentence(card: dict[str, Any]) -> None:
    words = card["blocks"][0]["text"]["text"]

    assert "In the last 14 days it would never have been exceeded; the most was 96m." in words


def test_an_edited_value_is_a_new_revision_with_its_own_price_and_odds(
    driver: Driver,
    card: dict[str, Any],
    engine: FinOpsEngine,
    deliver: Callable[[], list[str]],
) -> None:
    form = form_of(driver, card, DANA)
    assert driver.submit(DANA, form["id"], typed("0.2")).ok
    assert deliver() == []

    now = known(engine)
    assert (now.status, now.opportunity.revision) == (Status.NOTIFIED, 2)
    assert now.opportunity.changes[0].proposed == 200
    assert now.opportunity.edited_by == DANA
    # 280m fewer on three pods: 0.28 · $0.031611 · 3 · 730.
    assert str(now.opportunity.saving.freed_usd_per_month) == "19.38"
    shown = driver.message(PAYMENTS, card["ts"])
    assert shown is not None
    assert f"Edited by <@{DANA}>: 120m was proposed." in json.dumps(shown["blocks"])
    assert "from 480m to 200m" in shown["blocks"][0]["text"]["text"]


def test_the_old_card_cannot_approve_the_edited_value(
    driver: Driver, card: dict[str, Any], engine: FinOpsEngine
) -> None:
    form = form_of(driver, card, DANA)
    driver.submit(DANA, form["id"], typed("200m"))
    driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.APPROVE, message=card)

    assert known(engine).status is Status.NOTIFIED


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("50m", "Set 82m to 479m, not 50m: less would not cover what it steadily uses"),
        ("480m", "more saves nothing"),
        ("a lot", "is not a Kubernetes quantity"),
        ("-1", "is not a Kubernetes quantity"),
        ("1e99", "is over 10,000 cores"),
    ],
)
def test_what_may_not_be_set_is_said_at_the_input(
    driver: Driver, card: dict[str, Any], value: str, words: str
) -> None:
    form = form_of(driver, card, DANA)
    ack = driver.submit(DANA, form["id"], typed(value))

    assert words in ack.errors[BlockId.EDIT_VALUE]


def test_the_odds_follow_what_is_typed(driver: Driver, card: dict[str, Any]) -> None:
    form = form_of(driver, card, DANA)
    before = meaning(driver, DANA)
    driver.fill(DANA, form["id"], typed("95m"))
    driver.click_in_view(
        DANA, form["id"], ActionId.EDIT_VALUE, block_id=BlockId.EDIT_VALUE, selected="95m"
    )

    driver.wait_for(lambda: meaning(driver, DANA) != before)
    assert meaning(driver, DANA).startswith("*95m frees $26.65/month of room*")
    driver.fill(DANA, form["id"], typed("9m"))
    driver.click_in_view(
        DANA, form["id"], ActionId.EDIT_VALUE, block_id=BlockId.EDIT_VALUE, selected="9m"
    )
    driver.wait_for(lambda: "Set 82m to 479m" in meaning(driver, DANA))


def test_an_outsider_edits_nothing_and_is_told_who_may(
    driver: Driver, card: dict[str, Any], engine: FinOpsEngine
) -> None:
    form = form_of(driver, card, OMAR)
    driver.submit(OMAR, form["id"], typed("200m"))

    view = driver.open_view(OMAR)
    assert view is not None
    assert "You may not edit this" in json.dumps(view["blocks"])
    assert known(engine).opportunity.revision == 1
