"""From the outbox into Slack: once, whatever is lost on the way."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from finops.domain.errors import TryAgainLater, WillNeverWork
from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.domain.opportunity import Opportunity
from finops.domain.people import Actor, Directory
from finops.finops_engine import FinOpsEngine
from handlers import SlackDeliveries
from sandbox.slack import Driver, SlackSandbox
from tests.handlers import builders
from tests.handlers.builders import (
    DANA,
    FINOPS,
    GENERAL,
    INSTANCE,
    NOW,
    PAYMENTS,
    opportunity,
    recorded,
)
from tests.handlers.conftest import PostCard
from tests.handlers.deliveries.running import run

Deliver = Callable[[], list[str]]


def calls(slack: SlackSandbox, method: str) -> int:
    return sum(call.method == method for call in slack.calls)


def test_there_is_a_delivery_for_every_intent_that_slack_shows(
    deliveries: SlackDeliveries,
) -> None:
    ours = set(IntentKind) - {
        IntentKind.OPEN_PULL_REQUEST,
        IntentKind.OPEN_REVERT,
        IntentKind.WATCH_REPOSITORY,
        IntentKind.RUN_CYCLE,
    }

    assert set(deliveries.handlers()) == ours


def test_a_card_is_posted_once_and_remembered(
    deliveries: SlackDeliveries, driver: Driver, engine: FinOpsEngine, found: Opportunity
) -> None:
    run(deliveries, IntentKind.POST_CARD, found.id)
    run(deliveries, IntentKind.POST_CARD, found.id)

    assert len(driver.messages(PAYMENTS)) == 1
    assert engine.ledger.get(found.id).status is Status.NOTIFIED
    [message] = engine.ledger.messages(subject=found.id, purpose="card")
    assert message.message_id == driver.messages(PAYMENTS)[0]["ts"]


def test_a_lost_answer_after_posting_does_not_double_the_card(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox, found: Opportunity
) -> None:
    slack.faults.fail("chat.postMessage", after_effect=True)
    with pytest.raises(TryAgainLater):
        run(deliveries, IntentKind.POST_CARD, found.id)
    run(deliveries, IntentKind.POST_CARD, found.id, attempts=2)

    assert len(driver.messages(PAYMENTS)) == 1


def test_another_installations_card_is_not_taken_for_ours(
    driver: Driver, client: WebClient, engine: FinOpsEngine, found: Opportunity
) -> None:
    run(SlackDeliveries(client, engine, "staging"), IntentKind.POST_CARD, found.id)
    with engine.ledger.bookkeeping() as connection:
        connection.exec_driver_sql("DELETE FROM messages")
    run(SlackDeliveries(client, engine, INSTANCE), IntentKind.POST_CARD, found.id, attempts=2)

    assert len(driver.messages(PAYMENTS)) == 2


def test_without_the_history_scope_a_card_is_still_posted(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox, found: Opportunity
) -> None:
    slack.faults.fail("conversations.history", status=200, error="missing_scope")
    run(deliveries, IntentKind.POST_CARD, found.id, attempts=2)

    assert len(driver.messages(PAYMENTS)) == 1


def test_an_equal_card_is_not_sent_again(
    deliveries: SlackDeliveries, slack: SlackSandbox, posted: PostCard
) -> None:
    known = posted()
    before = calls(slack, "chat.update")
    run(deliveries, IntentKind.UPDATE_CARD, known.id)

    assert calls(slack, "chat.update") == before


def test_a_deleted_card_is_posted_anew(
    slack: SlackSandbox, engine: FinOpsEngine, posted: PostCard, deliver: Deliver
) -> None:
    known, driver = posted(), slack.driver()
    ts = driver.messages(PAYMENTS)[0]["ts"]
    WebClient(token=slack.bot_token, base_url=slack.api_url).chat_delete(channel=PAYMENTS, ts=ts)
    engine.snooze(known.id, revision=1, actor=Actor(DANA), days=1)

    assert deliver() == []
    [again] = driver.messages(PAYMENTS)
    assert again["ts"] != ts
    [message] = engine.ledger.messages(subject=known.id, purpose="card")
    assert message.message_id == again["ts"]


def test_a_note_of_a_deleted_card_is_dropped(
    deliveries: SlackDeliveries, driver: Driver, client: WebClient, posted: PostCard
) -> None:
    known = posted()
    client.chat_delete(channel=PAYMENTS, ts=driver.messages(PAYMENTS)[0]["ts"])
    run(deliveries, IntentKind.POST_NOTE, known.id, event="merged", actor="", sentence="Merged.")

    assert driver.messages(PAYMENTS) == []


def test_a_lost_answer_does_not_double_a_note(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox, posted: PostCard
) -> None:
    known = posted()
    said = {"event": "merged", "actor": "worker", "sentence": "Pull request #7 was merged."}
    slack.faults.fail("chat.postMessage", after_effect=True)
    with pytest.raises(TryAgainLater):
        run(deliveries, IntentKind.POST_NOTE, known.id, **said)
    run(deliveries, IntentKind.POST_NOTE, known.id, attempts=2, **said)

    thread = driver.thread(PAYMENTS, driver.messages(PAYMENTS)[0]["ts"])
    assert [m["text"] for m in thread[1:]] == ["Pull request #7 was merged."]


def test_a_closed_opportunity_gets_no_card(
    deliveries: SlackDeliveries, driver: Driver, engine: FinOpsEngine, found: Opportunity
) -> None:
    with engine.ledger.transaction() as tx:
        tx.move(tx.get(found.id), Status.OBSOLETE, now=NOW, actor="engine", reason="Gone.")
    run(deliveries, IntentKind.POST_CARD, found.id)

    assert driver.messages(PAYMENTS) == []


def test_an_unknown_team_is_asked_in_the_triage_channel(
    deliveries: SlackDeliveries, driver: Driver, engine: FinOpsEngine
) -> None:
    known = recorded(engine, opportunity(team="nobody-knows"))
    run(deliveries, IntentKind.POST_CARD, known.id)

    assert len(driver.messages(FINOPS)) == 1


def test_without_any_channel_a_person_must_look(client: WebClient, tmp_path: Path) -> None:
    engine = builders.engine(tmp_path, Directory())
    known = recorded(engine, opportunity())

    with pytest.raises(WillNeverWork, match="no triage channel"):
        run(SlackDeliveries(client, engine, INSTANCE), IntentKind.POST_CARD, known.id)
    engine.ledger.close()


def test_a_resource_that_moved_to_another_team_is_asked_about_there(
    deliveries: SlackDeliveries, driver: Driver, engine: FinOpsEngine, slack: SlackSandbox
) -> None:
    slack.state.joined.add(GENERAL)
    known = recorded(engine, opportunity())
    run(deliveries, IntentKind.POST_CARD, known.id)
    recorded(engine, opportunity(team="web"))
    for _ in range(2):
        run(deliveries, IntentKind.POST_CARD, known.id)
    run(deliveries, IntentKind.POST_NOTE, known.id, event="note", actor="", sentence="Hello.")

    [old], [new] = driver.messages(PAYMENTS), driver.messages(GENERAL)

    assert old["text"] == new["text"]
    assert len(driver.thread(GENERAL, new["ts"])) == 2
    assert len(driver.thread(PAYMENTS, old["ts"])) == 1


def test_a_deleted_card_in_the_old_channel_is_not_put_again_and_again(
    deliveries: SlackDeliveries,
    driver: Driver,
    engine: FinOpsEngine,
    slack: SlackSandbox,
) -> None:
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)
    slack.state.joined.add(GENERAL)
    known = recorded(engine, opportunity())
    run(deliveries, IntentKind.POST_CARD, known.id)
    client.chat_delete(channel=PAYMENTS, ts=driver.messages(PAYMENTS)[0]["ts"])
    recorded(engine, opportunity(team="web"))
    for _ in range(3):
        run(deliveries, IntentKind.POST_CARD, known.id)

    assert driver.messages(PAYMENTS) == []
    assert len(driver.messages(GENERAL)) == 1


def test_a_channel_without_the_bot_is_named_once_a_day_and_nothing_is_lost(
    deliveries: SlackDeliveries, driver: Driver, engine: FinOpsEngine
) -> None:
    known = recorded(engine, opportunity(team="web"))
    for _ in range(3):
        with pytest.raises(TryAgainLater) as later:
            run(deliveries, IntentKind.POST_CARD, known.id)
        assert later.value.after_seconds == 600

    [said] = driver.messages(FINOPS)
    assert f"<#{GENERAL}>" in said["text"]
    assert "/invite @finops-bot" in said["text"]


def test_an_invitation_mends_a_lost_channel(
    deliveries: SlackDeliveries, driver: Driver, engine: FinOpsEngine, slack: SlackSandbox
) -> None:
    known = recorded(engine, opportunity(team="web"))
    with pytest.raises(TryAgainLater):
        run(deliveries, IntentKind.POST_CARD, known.id)
    slack.state.joined.add(GENERAL)
    run(deliveries, IntentKind.POST_CARD, known.id, attempts=2)

    assert len(driver.messages(GENERAL)) == 1


def test_an_owner_gets_one_message_about_what_still_waits(
    deliveries: SlackDeliveries, driver: Driver, engine: FinOpsEngine, slack: SlackSandbox
) -> None:
    ids = [recorded(engine, opportunity(name=name)).id for name in ("api", "web", "cron")]
    with engine.ledger.transaction() as tx:
        tx.move(tx.get(ids[0]), Status.OBSOLETE, now=NOW, actor="engine", reason="Gone.")
    told: dict[str, Any] = {"user": DANA, "opportunities": [*ids, "op-gone"]}
    slack.faults.fail("chat.postMessage", after_effect=True)
    with pytest.raises(TryAgainLater):
        run(deliveries, IntentKind.TELL_OWNER, f"owner/{DANA}", **told)
    run(deliveries, IntentKind.TELL_OWNER, f"owner/{DANA}", attempts=2, **told)

    [message] = driver.messages(driver.dm(DANA))
    assert message["text"] == "2 new opportunities for payments: $82/month freed as room"


def test_a_person_is_told_one_sentence(deliveries: SlackDeliveries, driver: Driver) -> None:
    run(deliveries, IntentKind.TELL_PERSON, f"person/{DANA}", user=DANA, sentence="Sent <back>.")

    [message] = driver.messages(driver.dm(DANA))
    assert message["text"] == "Sent &lt;back&gt;."


def test_somebody_who_left_cannot_be_told(deliveries: SlackDeliveries) -> None:
    with pytest.raises(WillNeverWork, match="user_not_found"):
        run(deliveries, IntentKind.TELL_PERSON, "person/U0GONE00000", user="U0GONE00000")
