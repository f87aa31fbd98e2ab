"""What Slack's refusals and troubles mean for a delivery."""

from dataclasses import replace

import pytest
from slack_sdk import WebClient

from finops.domain.errors import TryAgainLater, WillNeverWork
from finops.domain.intents import IntentKind
from finops.domain.opportunity import Opportunity
from finops.finops_engine import FinOpsEngine
from handlers import SlackDeliveries
from sandbox.slack import SlackSandbox, example_workspace
from tests.handlers.builders import (
    INSTANCE,
)
from tests.handlers.conftest import SCOPES
from tests.handlers.deliveries.running import run


def test_a_rate_limit_says_when_to_come_back(
    deliveries: SlackDeliveries, slack: SlackSandbox, found: Opportunity
) -> None:
    slack.faults.fail("chat.postMessage", status=429, retry_after=7)

    with pytest.raises(TryAgainLater) as later:
        run(deliveries, IntentKind.POST_CARD, found.id)
    assert later.value.after_seconds == 7


@pytest.mark.parametrize("error", ["", "internal_error", "fatal_error"])
def test_their_trouble_passes(
    deliveries: SlackDeliveries, slack: SlackSandbox, found: Opportunity, error: str
) -> None:
    slack.faults.fail("chat.postMessage", status=200 if error else 503, error=error)

    with pytest.raises(TryAgainLater):
        run(deliveries, IntentKind.POST_CARD, found.id)


@pytest.mark.parametrize("error", ["invalid_auth", "account_inactive", "token_revoked"])
def test_a_token_that_a_person_will_mend_is_waited_for(
    deliveries: SlackDeliveries, slack: SlackSandbox, found: Opportunity, error: str
) -> None:
    slack.faults.fail("chat.postMessage", status=200, error=error)

    with pytest.raises(TryAgainLater, match=error) as caught:
        run(deliveries, IntentKind.POST_CARD, found.id)

    assert caught.value.after_seconds == 900


def test_what_nobody_can_mend_is_given_up(
    deliveries: SlackDeliveries, slack: SlackSandbox, found: Opportunity
) -> None:
    slack.faults.fail("chat.postMessage", status=200, error="msg_too_long")

    with pytest.raises(WillNeverWork, match="msg_too_long"):
        run(deliveries, IntentKind.POST_CARD, found.id)


def test_a_missing_scope_is_named(engine: FinOpsEngine, found: Opportunity) -> None:
    workspace = replace(example_workspace(), scopes=SCOPES - {"chat:write"})
    with SlackSandbox(workspace) as slack:
        client = WebClient(token=slack.bot_token, base_url=slack.api_url)
        deliveries = SlackDeliveries(client, engine, INSTANCE)
        with pytest.raises(TryAgainLater, match="needs the scope chat:write"):
            run(deliveries, IntentKind.POST_CARD, found.id)


def test_a_server_that_is_gone_passes(engine: FinOpsEngine, found: Opportunity) -> None:
    client = WebClient(token="xoxb-1", base_url="http://127.0.0.1:9/api/")

    with pytest.raises(TryAgainLater, match=r"chat\.postMessage"):
        run(SlackDeliveries(client, engine, INSTANCE), IntentKind.POST_CARD, found.id)
