"""Of several updates of one card that wait, Slack is asked for the last."""

from collections.abc import Callable

from finops.domain.intents import IntentKind
from finops.domain.people import Actor
from finops.finops_engine import FinOpsEngine
from sandbox.slack import SlackSandbox
from tests.handlers.builders import PAYMENTS, PRIYA, ask
from tests.handlers.conftest import PostCard

Deliver = Callable[[], list[str]]


def updates(slack: SlackSandbox) -> int:
    return sum(call.method == "chat.update" for call in slack.calls)


def test_three_changes_before_the_worker_comes_are_one_update(
    engine: FinOpsEngine, posted: PostCard, deliver: Deliver, slack: SlackSandbox
) -> None:
    record = posted()
    for number in range(2):
        ask(engine, IntentKind.UPDATE_CARD, record.id, number=number)
    before = updates(slack)
    engine.approve(record.id, revision=1, actor=Actor(PRIYA, frozenset({"S0APPROVERS"})))

    assert deliver() == []
    assert updates(slack) == before + 1
    assert "Approved" in str(slack.driver().messages(PAYMENTS)[0])
