"""Clicks on a card, end to end: a person, Slack, Bolt, the engine, the outbox, the card."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from finops.domain.changes import Change, Setting
from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord, WasteKind
from finops.finops_engine import FinOpsEngine
from handlers.ids import ActionId, BlockId
from sandbox.slack import Driver, SlackSandbox
from tests.handlers.builders import (
    DANA,
    OMAR,
    PAYMENTS,
    PRIYA,
    ask,
    denial,
    known,
    opportunity,
    recorded,
    row_of,
)
from tests.handlers.conftest import PostCard

pytestmark = pytest.mark.usefixtures("app")


def told(driver: Driver, user: str) -> str:
    """The newest thing only this person sees in the payments channel."""
    found = driver.wait_for(lambda: driver.ephemerals(user, PAYMENTS))
    return str(found[-1]["text"])


def test_an_approver_approves_and_the_card_becomes_the_record(
    driver: Driver,
    card: dict[str, Any],
    engine: FinOpsEngine,
    deliver: Callable[[], list[str]],
) -> None:
    ack = driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.APPROVE)
    assert ack.ok
    assert known(engine).status is Status.APPROVED
    assert deliver() == []

    shown = driver.message(PAYMENTS, card["ts"])
    assert shown is not None
    assert all(block["type"] != "actions" for block in shown["blocks"])
    assert f"Approved by <@{PRIYA}>" in shown["blocks"][0]["text"]["text"]
    assert len(driver.messages(PAYMENTS)) == 1
    note = driver.thread(PAYMENTS, card["ts"])[1]
    assert note["text"].startswith("Approved by priya")  # a mention would notify her of her own


def test_the_owner_may_not_approve_and_is_told_who_may(
    driver: Driver, card: dict[str, Any], engine: FinOpsEngine
) -> None:
    assert driver.click(DANA, PAYMENTS, card["ts"], ActionId.APPROVE).ok

    sentence = told(driver, DANA)
    assert "You may not approve this" in sentence
    assert "<!subteam^S0APPROVERS>" in sentence
    assert known(engine).status is Status.NOTIFIED


def test_a_second_click_says_who_was_first(driver: Driver, card: dict[str, Any]) -> None:
    driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.APPROVE)
    driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.APPROVE)

    assert f"already approved by <@{PRIYA}>" in told(driver, PRIYA)


def test_a_click_on_an_old_copy_is_refused(
    driver: Driver,
    card: dict[str, Any],
    engine: FinOpsEngine,
    deliver: Callable[[], list[str]],
) -> None:
    recorded(engine, opportunity(changes=(Change(Setting.CPU_REQUEST, 480, 300),)))
    ask(engine, IntentKind.POST_CARD, known(engine).id, revision=2)
    deliver()
    new = driver.message(PAYMENTS, card["ts"])
    assert new is not None
    assert new["blocks"] != card["blocks"]

    driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.APPROVE, message=card)
    assert "changed since this was shown (revision 1, now 2)" in told(driver, PRIYA)
    driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.DENY, message=card)
    assert "decide on the current card" in told(driver, PRIYA)
    assert known(engine).status is Status.NOTIFIED


def test_a_click_for_another_installation_is_refused_loudly(
    driver: Driver, card: dict[str, Any], engine: FinOpsEngine
) -> None:
    for element in row_of(card):
        if "value" in element:
            element["value"] = json.dumps(json.loads(element["value"]) | {"i": "production"})

    assert driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.APPROVE, message=card).ok
    assert "two installations share one Slack app" in told(driver, PRIYA)
    assert known(engine).status is Status.NOTIFIED


@pytest.mark.parametrize("value", ["", "not json", "[]", '{"v":2}', '{"v":1,"i":"test"}'])
def test_an_unreadable_button_is_refused(driver: Driver, card: dict[str, Any], value: str) -> None:
    row_of(card)[0]["value"] = value

    assert driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.APPROVE, message=card).ok
    assert "from another version" in told(driver, PRIYA)


def test_an_unknown_button_is_answered(driver: Driver, card: dict[str, Any]) -> None:
    row_of(card)[0]["action_id"] = "approve_of_2024"

    assert driver.click(PRIYA, PAYMENTS, card["ts"], "approve_of_2024", message=card).ok
    assert "no longer supported" in told(driver, PRIYA)


def test_a_denial_asks_for_a_reason_and_keeps_it(
    driver: Driver,
    card: dict[str, Any],
    engine: FinOpsEngine,
    deliver: Callable[[], list[str]],
) -> None:
    driver.click(DANA, PAYMENTS, card["ts"], ActionId.DENY)
    form = driver.open_view(DANA)
    assert form is not None
    ack = driver.submit(DANA, form["id"], denial("   "))
    assert "Write a few words" in ack.errors[BlockId.REASON]

    words = denial("December needs it.")
    assert driver.submit(DANA, form["id"], words).ok
    assert driver.open_view(DANA) is None
    assert known(engine).status_reason == "December needs it."
    deliver()
    shown = driver.message(PAYMENTS, card["ts"])
    assert shown is not None
    assert "December needs it." in shown["blocks"][0]["text"]["text"]


def test_a_refused_denial_keeps_the_form_and_what_was_typed(
    driver: Driver, card: dict[str, Any], engine: FinOpsEngine
) -> None:
    driver.click(OMAR, PAYMENTS, card["ts"], ActionId.DENY)
    form = driver.open_view(OMAR)
    assert form is not None
    words = denial("I do not like it")
    assert driver.submit(OMAR, form["id"], words).ok

    shown = driver.open_view(OMAR)
    assert shown is not None
    assert f"<@{DANA}>" in shown["blocks"][0]["text"]["text"]
    typed = shown["state"]["values"][BlockId.REASON][ActionId.REASON]["value"]
    assert typed == "I do not like it"
    assert known(engine).status is Status.NOTIFIED


def test_why_shows_evidence_guardrails_and_history(driver: Driver, card: dict[str, Any]) -> None:
    assert driver.click(OMAR, PAYMENTS, card["ts"], ActionId.WHY).ok

    view = driver.open_view(OMAR)
    assert view is not None
    text = json.dumps(view["blocks"])
    for words in ("Evidence", "Prometheus", "Guardrails", "If it does not hold", "History"):
        assert words in text


def test_an_unexpected_error_gives_the_person_an_incident_id(
    driver: Driver,
    card: dict[str, Any],
    engine: FinOpsEngine,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def explode(*_: object, **__: object) -> OpportunityRecord:
        raise ZeroDivisionError

    engine.approve = explode  # type: ignore[method-assign]  # nothing foresees it
    assert driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.APPROVE).ok

    sentence = told(driver, PRIYA)
    incident = sentence.partition("incident ")[2][:8]
    assert f"incident {incident}" in caplog.text


def test_an_unexpected_error_in_a_form_keeps_what_was_typed(
    driver: Driver, card: dict[str, Any], engine: FinOpsEngine
) -> None:
    def explode(*_: object, **__: object) -> OpportunityRecord:
        raise ZeroDivisionError

    engine.deny = explode  # type: ignore[method-assign]  # nothing foresees it
    driver.click(DANA, PAYMENTS, card["ts"], ActionId.DENY)
    form = driver.open_view(DANA)
    assert form is not None
    words = denial("December needs it.")
    assert driver.submit(DANA, form["id"], words).ok

    shown = driver.open_view(DANA)
    assert shown is not None
    assert "logged as incident" in shown["blocks"][0]["text"]["text"]
    assert "December needs it." in json.dumps(shown["state"])


def test_a_refusal_reaches_the_clicker_when_the_bot_has_left_the_channel(
    driver: Driver, slack: SlackSandbox, card: dict[str, Any]
) -> None:
    slack.faults.fail("chat.postEphemeral", status=200, error="not_in_channel")
    driver.click(DANA, PAYMENTS, card["ts"], ActionId.APPROVE)

    assert "You may not approve this" in told(driver, DANA)


def test_a_volume_asks_again_before_it_goes_away(driver: Driver, posted: PostCard) -> None:
    posted(WasteKind.ORPHAN_VOLUME)
    approve = row_of(driver.messages(PAYMENTS)[0])[0]

    assert "goes away" in approve["confirm"]["text"]["text"]
