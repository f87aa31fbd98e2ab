"""The plan of the week, end to end: ticks, one click, and what was refused by name."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from finops.domain.lifecycle import Status
from finops.domain.people import Actor
from finops.domain.plans import plan_id
from finops.finops_engine import FinOpsEngine
from handlers.ids import ActionId
from sandbox.slack import Driver
from tests.handlers.bases import cpu_basis
from tests.handlers.builders import (
    DANA,
    OMAR,
    PAYMENTS,
    PRIYA,
    opportunity,
    put_plan,
    recorded,
)

pytestmark = pytest.mark.usefixtures("app")
PLAN = plan_id("payments", "2026-W48")


@pytest.fixture
def plan(engine: FinOpsEngine, driver: Driver, deliver: Callable[[], list[str]]) -> dict[str, Any]:
    """A plan of three in the team's channel."""
    made = [recorded(engine, opportunity(name=name, basis=cpu_basis())) for name in "abc"]
    put_plan(engine, PLAN, *(record.id for record in made))
    with engine.ledger.transaction() as tx:
        tx.enqueue(kind="draw_pictures", subject=f"pictures/{PLAN}", idempotency_key="pictures",
                   payload={"plan": PLAN})  # fmt: skip
    assert deliver() == []
    [message] = driver.messages(PAYMENTS)
    return message


def label(message: dict[str, Any] | None) -> str:
    assert message is not None
    buttons = [e for b in message["blocks"] for e in b.get("elements", []) if e["type"] == "button"]
    return str(buttons[0]["text"]["text"]) if buttons else ""


def options(message: dict[str, Any]) -> list[str]:
    [boxes] = [e for b in message["blocks"] for e in b.get("elements", [])
               if e["type"] == "checkboxes"]  # fmt: skip
    return [str(option["value"]) for option in boxes["options"]]


def test_a_posted_plan_makes_its_items_wait(plan: dict[str, Any], engine: FinOpsEngine) -> None:
    assert label(plan) == "Approve 3 of 3"
    assert {r.status for r in engine.ledger.find()} == {Status.NOTIFIED}


def test_unticking_one_changes_the_label_for_everybody(
    plan: dict[str, Any], driver: Driver, deliver: Callable[[], list[str]]
) -> None:
    first, *rest = options(plan)
    assert driver.select(DANA, PAYMENTS, plan["ts"], ActionId.PLAN_PICK, rest).ok
    assert deliver() == []

    now = driver.message(PAYMENTS, plan["ts"])
    assert label(now) == "Approve 2 of 3"
    assert first in options(now or {})


def test_one_click_approves_what_is_ticked_on_the_clickers_screen(
    plan: dict[str, Any],
    driver: Driver,
    engine: FinOpsEngine,
    deliver: Callable[[], list[str]],
) -> None:
    first, *rest = options(plan)
    driver.select(PRIYA, PAYMENTS, plan["ts"], ActionId.PLAN_PICK, rest)
    # Before the message has followed: what counts are the ticks on Priya's screen.
    assert driver.click(PRIYA, PAYMENTS, plan["ts"], ActionId.PLAN_APPROVE).ok
    deliver()

    statuses = {f"{r.id}.1": r.status for r in engine.ledger.find()}
    assert statuses[first] is Status.NOTIFIED
    assert {statuses[one] for one in rest} == {Status.APPROVED}
    now = driver.message(PAYMENTS, plan["ts"])
    assert label(now) == ""  # what is left is not ticked
    assert json.dumps(now).count(f"Approved by <@{PRIYA}>") == 2


def test_what_was_refused_is_named_to_the_clicker(
    plan: dict[str, Any], driver: Driver, engine: FinOpsEngine
) -> None:
    gone = options(plan)[0].split(".")[0]
    engine.deny(gone, revision=1, actor=Actor(DANA), reason="no")
    driver.click(PRIYA, PAYMENTS, plan["ts"], ActionId.PLAN_APPROVE)

    [said] = driver.wait_for(lambda: driver.ephemerals(PRIYA))
    assert "Approved 2 of 3." in said["text"]
    assert f"already denied by <@{DANA}>" in said["text"]


@pytest.mark.parametrize("person", [DANA, OMAR])
def test_who_may_not_approve_is_told_who_may(
    plan: dict[str, Any], driver: Driver, engine: FinOpsEngine, person: str
) -> None:
    driver.click(person, PAYMENTS, plan["ts"], ActionId.PLAN_APPROVE)

    [said] = driver.wait_for(lambda: driver.ephemerals(person))
    assert "may not approve" in said["text"]
    assert {r.status for r in engine.ledger.find()} == {Status.NOTIFIED}


def test_one_can_be_looked_at_and_decided_there(
    plan: dict[str, Any], driver: Driver, engine: FinOpsEngine
) -> None:
    looks = next(
        e for b in plan["blocks"] for e in b.get("elements", []) if e["type"] == "static_select"
    )
    value = looks["options"][0]["value"]
    assert driver.select(PRIYA, PAYMENTS, plan["ts"], ActionId.PLAN_LOOK, value).ok
    view = driver.open_view(PRIYA)
    assert view is not None
    assert any(block["type"] == "image" for block in view["blocks"])
    assert driver.click_in_view(PRIYA, view["id"], ActionId.APPROVE).ok

    chosen = json.loads(value)["o"]
    assert engine.ledger.get(chosen).status is Status.APPROVED
    driver.wait_for(lambda: ActionId.APPROVE not in json.dumps(driver.open_view(PRIYA)))


def test_a_denial_from_there_closes_both_forms(
    plan: dict[str, Any], driver: Driver, engine: FinOpsEngine
) -> None:
    looks = next(
        e for b in plan["blocks"] for e in b.get("elements", []) if e["type"] == "static_select"
    )
    driver.select(DANA, PAYMENTS, plan["ts"], ActionId.PLAN_LOOK, looks["options"][0]["value"])
    view = driver.open_view(DANA)
    assert view is not None
    more = next(
        e for b in view["blocks"] for e in b.get("elements", []) if e.get("type") == "overflow"
    )
    driver.click_in_view(DANA, view["id"], ActionId.MORE, selected=more["options"][-1]["value"])
    form = driver.open_view(DANA)
    assert form is not None
    assert len(driver.open_views(DANA)) == 2
    driver.submit(DANA, form["id"], {})

    assert driver.open_views(DANA) == []
    assert Status.SNOOZED in {r.status for r in engine.ledger.find()}


def test_a_plan_is_posted_once_whatever_happens(
    plan: dict[str, Any], engine: FinOpsEngine, driver: Driver, deliver: Callable[[], list[str]]
) -> None:
    with engine.ledger.transaction() as tx:
        tx.enqueue(kind="post_plan", subject=PLAN, idempotency_key="plan again")
    deliver()

    assert len(driver.messages(PAYMENTS)) == 1
    assert plan["ts"] == driver.messages(PAYMENTS)[0]["ts"]


def test_what_is_decided_elsewhere_loses_its_tick(
    plan: dict[str, Any], driver: Driver, engine: FinOpsEngine, deliver: Callable[[], list[str]]
) -> None:
    gone = options(plan)[0].split(".")[0]
    engine.deny(gone, revision=1, actor=Actor(DANA), reason="Not in December.")
    assert deliver() == []

    now = driver.message(PAYMENTS, plan["ts"])
    assert label(now) == "Approve 2 of 2"
    assert f"Denied by <@{DANA}>" in json.dumps(now)


def test_a_click_for_another_installation_is_refused_loudly(
    plan: dict[str, Any], driver: Driver, engine: FinOpsEngine
) -> None:
    foreign = json.loads(json.dumps(plan).replace('\\"i\\":\\"test\\"', '\\"i\\":\\"prod\\"'))
    picks = options(plan)[:1]
    driver.click(PRIYA, PAYMENTS, plan["ts"], ActionId.PLAN_APPROVE, message=foreign)
    driver.click(PRIYA, PAYMENTS, plan["ts"], ActionId.PLAN_PICK, message=foreign, selected=picks)

    said = driver.wait_for(lambda: driver.ephemerals(PRIYA)[1:] and driver.ephemerals(PRIYA))
    assert ["two installations share one Slack app" in one["text"] for one in said] == [True] * 2
    assert {r.status for r in engine.ledger.find()} == {Status.NOTIFIED}
