"""A plan of fifty, end to end: its message shows ten, a form shows all, one commit decides."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from finops.domain.lifecycle import Status
from finops.domain.people import Actor
from finops.domain.plans import plan_id
from finops.finops_engine import FinOpsEngine
from finops.guardrails import GuardrailSettings
from finops.ledger import history
from handlers.blocks.plan_choices import offered_values
from handlers.ids import ActionId
from sandbox.slack import Driver
from tests.handlers.builders import (
    DANA,
    NOW,
    OMAR,
    PAYMENTS,
    PRIYA,
    opportunity,
    put_plan,
    recorded,
)

pytestmark = pytest.mark.usefixtures("app")
PLAN = plan_id("payments", "2026-W48")
MANY = 50


@pytest.fixture
def many_a_day(engine: FinOpsEngine) -> None:
    """Guardrails that let a team make fifty changes on a day."""
    rules = {
        "max_changes_per_day": 100,
        "max_namespaces_per_day": 100,
        "max_saving_usd_per_day": 1_000_000,
        "max_share_of_team_workloads_per_day": 1,
    }
    engine.parts.guardrails.settings = GuardrailSettings.model_validate(rules)
    with engine.ledger.transaction() as tx:
        key, sizes = "team_workloads:prod-eu", {"payments": 100}
        history.put_setting(tx.connection, key, sizes, by="test", now=NOW)


@pytest.fixture
def plan(engine: FinOpsEngine, driver: Driver, deliver: Callable[[], list[str]]) -> dict[str, Any]:
    """A plan of fifty in the team's channel."""
    made = [recorded(engine, opportunity(name=f"service-{n}")) for n in range(MANY)]
    put_plan(engine, PLAN, *(record.id for record in made))
    assert deliver() == []
    [message] = driver.messages(PAYMENTS)
    return message


def the_form(driver: Driver, user: str) -> dict[str, Any]:
    view = driver.open_view(user)
    assert view is not None
    return view


def opened(driver: Driver, plan: dict[str, Any], user: str = PRIYA) -> dict[str, Any]:
    assert driver.click(user, PAYMENTS, plan["ts"], ActionId.PLAN_REVIEW).ok
    return the_form(driver, user)


def group(view: dict[str, Any], number: int) -> tuple[str, list[str]]:
    """The id of a group of ticks in the form, and what it offers."""
    block = [b for b in view["blocks"] if [*offered_values([b])]][number]
    return str(block["block_id"]), [*offered_values([block])]


def untick(driver: Driver, view: dict[str, Any], number: int, *, keep: int) -> dict[str, Any]:
    """Keep the first `keep` of a group."""
    block, offered = group(view, number)
    assert driver.click_in_view(
        PRIYA, view["id"], ActionId.PLAN_PICK, block_id=block, selected=offered[:keep]
    ).ok
    return changed(driver, view)


def changed(driver: Driver, view: dict[str, Any]) -> dict[str, Any]:
    """The form once the bot has shown it anew."""
    driver.wait_for(lambda: the_form(driver, PRIYA)["hash"] != view["hash"])
    return the_form(driver, PRIYA)


def statuses(engine: FinOpsEngine) -> dict[Status, int]:
    found = [record.status for record in engine.ledger.find(limit=100)]
    return {status: found.count(status) for status in set(found)}


@pytest.mark.usefixtures("many_a_day")
def test_the_message_approves_only_what_it_shows(
    plan: dict[str, Any], driver: Driver, engine: FinOpsEngine, deliver: Callable[[], list[str]]
) -> None:
    shown = [value.split(".")[0] for value in offered_values(plan["blocks"])]
    assert driver.click(PRIYA, PAYMENTS, plan["ts"], ActionId.PLAN_APPROVE).ok

    assert statuses(engine) == {Status.APPROVED: 10, Status.NOTIFIED: 40}
    assert {r.id for r in engine.ledger.find(statuses=[Status.APPROVED])} == set(shown)
    assert deliver() == []
    now = driver.message(PAYMENTS, plan["ts"])
    assert "Review All 40" in str(now)
    assert not set(offered_values((now or {})["blocks"])).intersection(shown)


@pytest.mark.usefixtures("many_a_day")
def test_the_form_counts_across_its_groups_and_approves_them_in_one_commit(
    plan: dict[str, Any], driver: Driver, engine: FinOpsEngine
) -> None:
    view = opened(driver, plan)
    assert view["submit"]["text"] == "Approve 50 of 50"
    view = untick(driver, view, 0, keep=8)
    view = untick(driver, view, 4, keep=9)
    assert view["submit"]["text"] == "Approve 47 of 50"

    began = time.monotonic()
    assert driver.submit(PRIYA, view["id"], {}).ok
    assert time.monotonic() - began < 2.5  # Slack waits three seconds
    assert statuses(engine) == {Status.APPROVED: 47, Status.NOTIFIED: 3}
    assert driver.open_views(PRIYA) == []
    approvals = [e for r in engine.ledger.find(statuses=[Status.APPROVED], limit=100)
                 for e in engine.ledger.history_of(r.id) if e.action == "approved"]  # fmt: skip
    assert len({entry.at for entry in approvals}) == 1
    assert len(approvals) == 47


def test_what_is_unticked_in_the_form_is_off_for_everybody(
    plan: dict[str, Any], driver: Driver, deliver: Callable[[], list[str]]
) -> None:
    untick(driver, opened(driver, plan), 0, keep=7)
    assert deliver() == []

    assert "Approve 7 of 50" in str(driver.message(PAYMENTS, plan["ts"]))
    assert opened(driver, plan, DANA)["submit"]["text"] == "Approve 47 of 50"


def test_a_tick_in_the_message_leaves_what_it_does_not_show(
    plan: dict[str, Any], driver: Driver, deliver: Callable[[], list[str]]
) -> None:
    untick(driver, opened(driver, plan), 4, keep=5)
    assert deliver() == []
    now = driver.message(PAYMENTS, plan["ts"])
    assert now is not None
    first = [*offered_values(now["blocks"])][:9]
    assert driver.select(PRIYA, PAYMENTS, plan["ts"], ActionId.PLAN_PICK, first).ok

    assert opened(driver, plan, DANA)["submit"]["text"] == "Approve 44 of 50"


def test_all_can_be_unticked_and_a_few_chosen(
    plan: dict[str, Any], driver: Driver, engine: FinOpsEngine
) -> None:
    view = opened(driver, plan)
    driver.click_in_view(PRIYA, view["id"], ActionId.PLAN_TICK_ALL)
    view = changed(driver, view)
    assert view["submit"]["text"] == "Approve 0 of 50"
    driver.submit(PRIYA, view["id"], {})
    view = the_form(driver, PRIYA)
    assert "Nothing is ticked" in str(view["blocks"][0])
    view = untick(driver, view, 2, keep=2)
    assert view["submit"]["text"] == "Approve 2 of 50"

    driver.submit(PRIYA, view["id"], {})
    assert statuses(engine) == {Status.APPROVED: 2, Status.NOTIFIED: 48}


def test_ticking_all_again_takes_back_what_was_unticked(
    plan: dict[str, Any], driver: Driver
) -> None:
    view = opened(driver, plan)
    labels = []
    for keep in (None, 1, None, None):
        if keep is None:
            driver.click_in_view(PRIYA, view["id"], ActionId.PLAN_TICK_ALL)
            view = changed(driver, view)
        else:
            view = untick(driver, view, 1, keep=keep)
        labels.append(view["submit"]["text"].split(" of ")[0])

    assert labels == ["Approve 0", "Approve 1", "Approve 0", "Approve 50"]


def test_the_days_limit_is_said_once_in_place_of_the_form(
    plan: dict[str, Any], driver: Driver, engine: FinOpsEngine
) -> None:
    view = opened(driver, plan)
    promised = view["blocks"][0]["text"]["text"].splitlines()[1]
    driver.submit(PRIYA, view["id"], {})
    said = str(the_form(driver, PRIYA)["blocks"])

    approved = statuses(engine)[Status.APPROVED]
    assert 0 < approved < MANY
    assert promised.startswith(f"{approved} pull requests will be opened. {MANY - approved} wait:")
    assert f"Approved {approved} of 50." in said
    assert "wait until tomorrow" in said
    assert "more" in said


def test_what_was_decided_meanwhile_is_named_and_the_rest_approved(
    plan: dict[str, Any], driver: Driver, engine: FinOpsEngine
) -> None:
    view = untick(driver, opened(driver, plan), 0, keep=2)
    driver.click_in_view(PRIYA, view["id"], ActionId.PLAN_TICK_ALL)
    view = changed(driver, view)
    view = untick(driver, view, 0, keep=2)
    first = group(view, 0)[1][0].split(".")[0]
    engine.deny(first, revision=1, actor=Actor(DANA), reason="no")

    driver.submit(PRIYA, view["id"], {})
    said = str(the_form(driver, PRIYA)["blocks"])
    assert "Approved 1 of 2." in said
    assert f"already denied by <@{DANA}>" in said


def test_an_outsiders_form_is_refused_and_says_who_may(
    plan: dict[str, Any], driver: Driver, engine: FinOpsEngine
) -> None:
    view = opened(driver, plan, OMAR)
    driver.submit(OMAR, view["id"], {})

    assert "may not approve" in str(the_form(driver, OMAR)["blocks"][0])
    assert statuses(engine) == {Status.NOTIFIED: MANY}
