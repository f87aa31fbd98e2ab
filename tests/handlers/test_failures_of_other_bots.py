"""What went wrong in real approval bots, each as a test here or in the file that is named.

| failure | where it was seen | test |
|---|---|---|
| a click runs several times | sentry, bugbug | fifty clicks, `engine/test_decisions.py` |
| the guard lives in one process's memory | hermes-agent | two replicas, and a restart, below |
| who may not gets no answer | hermes-agent | `test_decisions.py` told who may; all others below |
| decided elsewhere, but the buttons stay | clawpatrol | below; `test_plan.py` loses its tick |
| two installations on one app steal clicks | curie | `test_decisions.py` another installation |
| approvals never expire | parity | nobody answers, `engine/test_decisions.py`; below |
| a permissive default | Amazon Q in chat | nobody, `engine/test_decisions.py`; below |
| people are notified of their own actions | Slack's GitHub app | below |
| threads flood, replies are broadcast | Slack's GitHub app | below |
| tall cards hide the talk | elastic-otel-node | `blocks/test_renderers.py` compact and valid |
| too many messages | fleet, Robusta | budget, `engine/test_cycle.py` |
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from finops.domain.errors import NotPermitted
from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.domain.people import Actor, Directory, Team
from finops.engine import aftermath
from finops.finops_engine import FinOpsEngine
from handlers import Membership
from handlers.ids import ActionId
from sandbox.slack import Driver, SlackSandbox
from tests.handlers import builders
from tests.handlers.builders import DANA, NOW, OMAR, PAYMENTS, PRIYA, known
from tests.handlers.conftest import PostCard, process

Deliver = Callable[[], list[str]]
Start = Callable[[], AbstractContextManager[App]]


@pytest.fixture
def start(slack: SlackSandbox, engine: FinOpsEngine, client: WebClient) -> Start:
    """Starts a whole process of the bot on that ledger, with a memory of its own."""
    return lambda: process(slack, client, engine, Membership(client))


def pull_requests_asked_for(engine: FinOpsEngine) -> int:
    kinds = engine.ledger.read(
        lambda c: c.exec_driver_sql("SELECT kind FROM outbox").scalars().all()
    )
    return kinds.count(IntentKind.OPEN_PULL_REQUEST)


def test_of_two_replicas_that_get_one_persons_clicks_one_acts(
    slack: SlackSandbox, engine: FinOpsEngine, card: dict[str, Any], start: Start
) -> None:
    driver = slack.driver()
    with start(), start():
        driver.wait_for_connections(2)
        with ThreadPoolExecutor(8) as pool:
            acks = list(
                pool.map(
                    lambda _: driver.click(
                        PRIYA, PAYMENTS, card["ts"], ActionId.APPROVE, message=card
                    ),
                    range(20),
                )
            )

        assert all(ack.ok for ack in acks)
        assert all(sent > 0 for sent in slack.envelopes_by_connection)
        assert pull_requests_asked_for(engine) == 1
        # The other nineteen are told who was first; none is swallowed.
        said = driver.wait_for(lambda: driver.ephemerals(PRIYA)[18:] and driver.ephemerals(PRIYA))
        assert ["already approved by" in one["text"] for one in said] == [True] * 19


def test_the_first_click_after_a_restart_counts_and_an_old_one_does_not_count_again(
    driver: Driver, engine: FinOpsEngine, posted: PostCard, start: Start
) -> None:
    first, second = posted(name="a"), posted(name="b")
    cards = {m["metadata"]["event_payload"]["opportunity"]: m for m in driver.messages(PAYMENTS)}
    with start():
        driver.click(PRIYA, PAYMENTS, cards[first.id]["ts"], ActionId.APPROVE)
    with start():
        for shown in (cards[second.id], cards[first.id]):
            ts = shown["ts"]
            assert driver.click(PRIYA, PAYMENTS, ts, ActionId.APPROVE, message=shown).ok

    assert {r.status for r in engine.ledger.find()} == {Status.APPROVED}
    assert pull_requests_asked_for(engine) == 2


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("action", [ActionId.APPROVE, ActionId.DENY, ActionId.MORE])
def test_every_click_of_somebody_who_may_not_is_answered(
    driver: Driver, card: dict[str, Any], engine: FinOpsEngine, action: ActionId
) -> None:
    menu = next((e for e in builders.row_of(card) if e["type"] == "overflow"), None)
    chosen = menu["options"][-1]["value"] if menu and action is ActionId.MORE else None
    assert driver.click(OMAR, PAYMENTS, card["ts"], action, selected=chosen).ok
    form = driver.open_view(OMAR)
    if form is not None:  # looking is everybody's; deciding is refused in the form
        driver.submit(OMAR, form["id"], builders.denial("no") if action is ActionId.DENY else {})
        answer = json.dumps(driver.open_view(OMAR))
    else:
        answer = driver.wait_for(lambda: driver.ephemerals(OMAR))[-1]["text"]

    assert "You may not" in answer
    assert "S0APPROVERS" in answer
    assert known(engine).status is Status.NOTIFIED


def test_what_is_decided_elsewhere_takes_the_buttons_away(
    driver: Driver, engine: FinOpsEngine, card: dict[str, Any], deliver: Deliver
) -> None:
    engine.deny(known(engine).id, revision=1, actor=Actor(DANA), reason="by the command line")
    assert deliver() == []

    shown = driver.message(PAYMENTS, card["ts"])
    assert shown is not None
    assert all(block["type"] != "actions" for block in shown["blocks"])
    assert "Denied by" in json.dumps(shown)


def test_an_approval_that_nobody_gave_expires_and_the_card_says_so(
    driver: Driver, engine: FinOpsEngine, card: dict[str, Any], deliver: Deliver
) -> None:
    after = timedelta(days=engine.parts.pace.expire_after_days, hours=1)
    aftermath.wake_and_expire(replace(engine.parts, now=lambda: NOW + after))
    assert deliver() == []

    shown = driver.message(PAYMENTS, card["ts"])
    assert shown is not None
    assert known(engine).status is Status.EXPIRED
    assert all(block["type"] != "actions" for block in shown["blocks"])
    assert "nobody decided" in json.dumps(shown)
    assert pull_requests_asked_for(engine) == 0


@pytest.mark.parametrize("directory", [Directory(), Directory(teams=(Team(name="payments"),))])
def test_without_approvers_nobody_may_approve(tmp_path: Path, directory: Directory) -> None:
    bot = builders.engine(tmp_path, directory)
    record = builders.recorded(bot, builders.opportunity())
    with pytest.raises(NotPermitted, match="Nobody may approve for team payments yet"):
        bot.approve(record.id, revision=1, actor=Actor(PRIYA, frozenset({builders.APPROVERS})))

    assert known(bot).status is Status.DETECTED
    bot.ledger.close()


@pytest.mark.usefixtures("app")
def test_nobody_is_notified_of_their_own_click(
    driver: Driver, card: dict[str, Any], deliver: Deliver
) -> None:
    driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.APPROVE)
    assert deliver() == []
    told = [reply["text"] for reply in driver.thread(PAYMENTS, card["ts"])[1:]]

    assert driver.messages(driver.dm(PRIYA)) == []
    assert told == ["Approved by priya."]  # an edit of the card notifies nobody, a mention would


@pytest.mark.usefixtures("app")
def test_a_decision_adds_nothing_to_the_channel_and_broadcasts_no_reply(
    driver: Driver, slack: SlackSandbox, card: dict[str, Any], deliver: Deliver
) -> None:
    driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.APPROVE)
    assert deliver() == []
    posts = [call for call in slack.calls if call.method == "chat.postMessage"]

    assert [message["ts"] for message in driver.messages(PAYMENTS)] == [card["ts"]]
    assert not any("reply_broadcast" in json.dumps(call.arguments) for call in posts)
    assert all("<!" not in reply["text"] for reply in driver.thread(PAYMENTS, card["ts"])[1:])
