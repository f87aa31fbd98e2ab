"""The digest: one message, in the best way its workspace shows charts, and its files once."""

import json
from decimal import Decimal
from typing import Any

import pytest

from finops.domain.errors import TryAgainLater
from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.finops_engine import FinOpsEngine
from finops.ledger import history
from finops.report_generator import Chart
from handlers import SlackDeliveries
from handlers.blocks.digest import digest
from sandbox.slack import Driver, SlackSandbox
from tests.handlers.builders import DANA, FINOPS, opportunity, recorded
from tests.handlers.deliveries.running import run

# A PNG of one pixel; what it shows is a stand-in for the charts of the report.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cf500f0003860180b5a5e8c60000000049454e44ae426082"
)
CHART = Chart(png=PNG, title="Verified savings", alt_text="A line that rises to $120 a month.")
UPLOADS = ["files.getUploadURLExternal", "files.completeUploadExternal", "files.info"]


@pytest.fixture
def charted(engine: FinOpsEngine, monkeypatch: pytest.MonkeyPatch) -> FinOpsEngine:
    """The engine with pictures that cost nothing to draw, and something to show in them."""
    monkeypatch.setattr(engine, "digest_charts", lambda *_: (CHART,))
    recorded(engine, opportunity(name="cart"))
    return engine


def post_digest(deliveries: SlackDeliveries, *, attempts: int = 1, **payload: Any) -> None:
    whole = {"channel": FINOPS, "kind": "weekly", "period_end": "2026-11-23"} | payload
    run(deliveries, IntentKind.POST_DIGEST, f"digest/{FINOPS}", attempts=attempts, **whole)


def refuse_native_charts(slack: SlackSandbox) -> None:
    slack.faults.fail("chat.postMessage", status=200, error="invalid_blocks")


def kinds(driver: Driver, channel: str = FINOPS) -> list[str]:
    [message] = driver.messages(channel)
    return [block["type"] for block in message["blocks"]]


def files(driver: Driver, channel: str = FINOPS) -> list[str]:
    [message] = driver.messages(channel)
    replies = driver.thread(channel, message["ts"])
    return [file["name"] for reply in replies for file in reply.get("files", [])]


def calls(slack: SlackSandbox, method: str) -> int:
    return sum(call.method == method for call in slack.calls)


@pytest.mark.usefixtures("charted")
def test_a_digest_is_one_message_with_native_charts_and_no_upload_for_them(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox
) -> None:
    post_digest(deliveries)
    post_digest(deliveries)

    assert "data_visualization" in kinds(driver)
    assert "image" not in kinds(driver)
    assert calls(slack, "files.info") == 0
    assert driver.messages(FINOPS)[0]["text"].startswith("Savings of the week to")


@pytest.mark.usefixtures("charted")
def test_its_files_stand_in_its_thread_once(deliveries: SlackDeliveries, driver: Driver) -> None:
    post_digest(deliveries)
    post_digest(deliveries)

    name = "savings-week-to-23-november-2026"
    assert files(driver) == [f"{name}.pdf", f"{name}.html", f"{name}.csv"]


@pytest.mark.usefixtures("charted")
def test_a_lost_answer_doubles_neither_digest_nor_files(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox
) -> None:
    slack.faults.fail("chat.postMessage", after_effect=True)
    with pytest.raises(TryAgainLater):
        post_digest(deliveries)
    slack.faults.fail("files.completeUploadExternal", after_effect=True)
    with pytest.raises(TryAgainLater):
        post_digest(deliveries, attempts=2)
    post_digest(deliveries, attempts=3)

    assert len(driver.messages(FINOPS)) == 1
    assert len(files(driver)) == 3


@pytest.mark.usefixtures("charted")
def test_files_are_not_lost_where_the_bot_may_not_look_for_them(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox
) -> None:
    slack.faults.fail("files.completeUploadExternal")
    with pytest.raises(TryAgainLater):
        post_digest(deliveries)
    slack.faults.fail("conversations.replies", status=200, error="missing_scope")
    post_digest(deliveries, attempts=2)

    assert len(files(driver)) == 3


@pytest.mark.usefixtures("charted")
def test_where_native_charts_are_refused_a_picture_is_shown(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox
) -> None:
    refuse_native_charts(slack)
    post_digest(deliveries)

    [message] = driver.messages(FINOPS)
    [image] = [b for b in message["blocks"] if b["type"] == "image"]
    assert image["alt_text"] == CHART.alt_text
    assert "data_visualization" not in kinds(driver)


@pytest.mark.usefixtures("charted")
@pytest.mark.parametrize("method", UPLOADS)
def test_where_uploads_are_refused_too_the_table_and_the_sentence_remain(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox, method: str
) -> None:
    refuse_native_charts(slack)
    slack.faults.fail(method, times=9, status=200, error="missing_scope")
    post_digest(deliveries)

    assert "table" in kinds(driver)
    assert not {"image", "data_visualization"} & set(kinds(driver))
    assert "is offered $" in json.dumps(driver.messages(FINOPS)[0]["blocks"])


@pytest.mark.usefixtures("charted")
def test_a_picture_that_cannot_be_shown_leaves_the_table(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox
) -> None:
    slack.faults.fail("chat.postMessage", times=2, status=200, error="invalid_blocks")
    post_digest(deliveries)

    assert "image" not in json.dumps(driver.messages(FINOPS)[0]["blocks"])


def test_what_a_workspace_refuses_is_not_tried_again_for_a_month(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox, charted: FinOpsEngine
) -> None:
    refuse_native_charts(slack)
    post_digest(deliveries)
    before = calls(slack, "chat.postMessage")
    post_digest(deliveries, period_end="2026-11-30")
    later = calls(slack, "chat.postMessage")

    assert (before, later) == (2, 3)
    [first, second] = driver.messages(FINOPS)
    assert all("image" in str(message["blocks"]) for message in (first, second))
    with charted.ledger.reading() as tx:
        kept = history.setting(tx.connection, f"chart_style::{slack.workspace.team_id}")
    assert kept["style"] == "picture"


def test_after_a_month_the_better_way_is_tried_once_more(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox, charted: FinOpsEngine
) -> None:
    value = {"style": "table", "since": "2026-10-01T00:00:00+00:00"}
    with charted.ledger.transaction() as tx:
        key = f"chart_style::{slack.workspace.team_id}"
        history.put_setting(tx.connection, key, value, by="worker", now=charted.now())
    post_digest(deliveries)

    assert "data_visualization" in kinds(driver)


@pytest.mark.usefixtures("charted")
def test_uploads_that_keep_failing_do_not_hold_the_digest_up(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox
) -> None:
    slack.faults.fail("files.completeUploadExternal", times=9)
    for attempt in (1, 2, 3):
        with pytest.raises(TryAgainLater):
            post_digest(deliveries, attempts=attempt)
    post_digest(deliveries, attempts=4)

    assert len(driver.messages(FINOPS)) == 1
    assert files(driver) == []


@pytest.mark.usefixtures("charted")
def test_editions_of_one_channel_and_period_are_two_messages(
    deliveries: SlackDeliveries, driver: Driver
) -> None:
    post_digest(deliveries)
    post_digest(deliveries, edition="cfo")
    post_digest(deliveries, edition="cfo")

    assert [("CFO" in message["text"]) for message in driver.messages(FINOPS)] == [False, True]


@pytest.mark.usefixtures("charted")
def test_a_monthly_digest_is_of_the_month_that_was_due(
    deliveries: SlackDeliveries, driver: Driver
) -> None:
    post_digest(deliveries, kind="monthly", first_day="2026-10-01", end_day="2026-11-01")

    assert driver.messages(FINOPS)[0]["text"].startswith("Savings of October 2026")


@pytest.mark.usefixtures("charted")
def test_a_report_that_a_person_asked_for_comes_as_a_direct_message(
    deliveries: SlackDeliveries, driver: Driver
) -> None:
    payload = {"user": DANA, "kind": "weekly", "edition": "cto", "period_end": "2026-11-23T09:30"}
    run(deliveries, IntentKind.POST_DIGEST, f"report/{DANA}", **payload)

    assert driver.messages(FINOPS) == []
    assert len(files(driver, driver.dm(DANA))) == 3


def test_the_real_charts_of_a_real_report_arrive(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox, engine: FinOpsEngine
) -> None:
    recorded(engine, opportunity(saving=Saving(Decimal(7))))
    refuse_native_charts(slack)
    post_digest(deliveries)

    assert kinds(driver).count("image") == 2


def test_the_text_of_a_digest_is_its_headline(engine: FinOpsEngine) -> None:
    report = engine.generate_weekly_report()

    assert report.headline in digest(report)[0]
    assert Status.VERIFIED not in report.counts
