"""Slack waits three seconds for an ack."""

from typing import Any

import pytest

from handlers import Membership
from handlers.ids import ActionId
from sandbox.slack import Driver, SlackSandbox
from tests.handlers.builders import (
    OMAR,
    PAYMENTS,
    PRIYA,
)
from tests.handlers.conftest import PostCard

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def card(driver: Driver, posted: PostCard) -> dict[str, Any]:
    """The card of a waiting opportunity, as everybody in the channel sees it."""
    posted()
    return driver.messages(PAYMENTS)[0]


def told(driver: Driver, user: str) -> str:
    """The newest thing only this person sees in the payments channel."""
    found = driver.wait_for(lambda: driver.ephemerals(user, PAYMENTS))
    return str(found[-1]["text"])


def test_a_decision_takes_no_call_to_slack_before_the_ack(
    driver: Driver, slack: SlackSandbox, card: dict[str, Any], membership: Membership
) -> None:
    membership.refresh(["S0APPROVERS"])
    driver.click(OMAR, PAYMENTS, card["ts"], ActionId.WHY)  # Bolt asks auth.test once
    before = len(slack.calls)

    assert driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.APPROVE).ok
    assert [call.method for call in slack.calls[before:]] == []


def test_a_slow_group_lookup_is_refused_in_time(
    driver: Driver, slack: SlackSandbox, card: dict[str, Any]
) -> None:
    slack.faults.slow("usergroups.users.list", 5)

    ack = driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.APPROVE)
    assert ack.ok
    assert ack.seconds < 2.5
    assert "I cannot check the members of <!subteam^S0APPROVERS>" in told(driver, PRIYA)
