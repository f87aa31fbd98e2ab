"""The Home tab, end to end."""

import json
from typing import Any

import pytest

from finops.domain.lifecycle import Status
from finops.finops_engine import FinOpsEngine
from handlers.ids import ActionId
from sandbox.slack import Driver, SlackSandbox
from tests.handlers.builders import DANA, MEI, OMAR, PRIYA, denial
from tests.handlers.conftest import PostCard

pytestmark = pytest.mark.usefixtures("app")


def home_of(driver: Driver, user: str) -> str:
    driver.open_home(user)
    return json.dumps(driver.wait_for(lambda: driver.home(user)), ensure_ascii=False)


def test_owners_and_approvers_see_what_waits_for_them(driver: Driver, posted: PostCard) -> None:
    posted()

    for user in (DANA, PRIYA):
        shown = home_of(driver, user)
        assert "Lower CPU request of shop/frontend" in shown
        assert ActionId.APPROVE in shown


def test_others_are_taught_why_nothing_waits(driver: Driver, posted: PostCard) -> None:
    posted()

    assert "you own no team here" in home_of(driver, OMAR)
    assert "New waste of web shows up here" in home_of(driver, MEI)


def test_home_says_how_fresh_it_is(driver: Driver) -> None:
    assert "No cluster was looked at yet" in home_of(driver, DANA)


def test_approving_on_home_takes_it_off_the_page(
    driver: Driver, posted: PostCard, engine: FinOpsEngine
) -> None:
    known = posted()
    home_of(driver, PRIYA)

    assert driver.click_home(PRIYA, ActionId.APPROVE).ok
    assert engine.ledger.get(known.id).status is Status.APPROVED
    driver.wait_for(lambda: ActionId.APPROVE not in json.dumps(driver.home(PRIYA)))


def test_a_refusal_on_home_opens_a_notice(driver: Driver, posted: PostCard) -> None:
    posted()
    home_of(driver, DANA)

    assert driver.click_home(DANA, ActionId.APPROVE).ok
    notice: dict[str, Any] = driver.wait_for(lambda: driver.open_view(DANA))
    assert "You may not approve this" in notice["blocks"][0]["text"]["text"]


def test_a_denial_from_home_asks_for_its_reason_and_leaves_the_page(
    driver: Driver, posted: PostCard
) -> None:
    posted()
    home_of(driver, DANA)

    assert driver.click_home(DANA, ActionId.DENY).ok
    form = driver.open_view(DANA)
    assert form is not None
    words = denial("Not in December.")
    assert driver.submit(DANA, form["id"], words).ok
    driver.wait_for(lambda: ActionId.DENY not in json.dumps(driver.home(DANA)))


def test_a_scan_from_home_says_that_it_runs(driver: Driver) -> None:
    home_of(driver, DANA)
    driver.click_home(DANA, ActionId.SCAN)

    driver.wait_for(lambda: "Looking at every cluster" in json.dumps(driver.home(DANA)))
    driver.click_home(DANA, ActionId.REFRESH_HOME)
    driver.wait_for(lambda: "Looking at every cluster" not in json.dumps(driver.home(DANA)))


def test_home_opens_when_groups_cannot_be_asked(
    driver: Driver, slack: SlackSandbox, posted: PostCard
) -> None:
    posted()
    slack.faults.fail("usergroups.users.list", times=9)

    assert "you own no team here" in home_of(driver, PRIYA)
    assert "Lower CPU request" in home_of(driver, DANA)
