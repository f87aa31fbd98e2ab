"""The digest: one message with its pictures, or without them."""

import json

import pytest

from finops.domain.errors import TryAgainLater
from finops.domain.intents import IntentKind
from finops.domain.opportunity import Opportunity
from finops.finops_engine import FinOpsEngine
from finops.report_generator import Chart
from handlers import SlackDeliveries
from handlers.blocks.digest import digest
from sandbox.slack import Driver, SlackSandbox
from tests.handlers.builders import FINOPS
from tests.handlers.deliveries.running import run

# A PNG of one pixel; what it shows is a stand-in for the charts of the report.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cf500f0003860180b5a5e8c60000000049454e44ae426082"
)
CHART = Chart(png=PNG, title="Verified savings", alt_text="A line that rises to $120 a month.")


@pytest.fixture
def charted(engine: FinOpsEngine, monkeypatch: pytest.MonkeyPatch) -> FinOpsEngine:
    """The engine with a picture that costs nothing to draw."""
    monkeypatch.setattr(engine, "digest_charts", lambda _report: (CHART,))
    return engine


def post_digest(deliveries: SlackDeliveries, *, attempts: int = 1) -> None:
    payload = {"channel": FINOPS, "kind": "weekly", "period_end": "2026-11-23"}
    run(deliveries, IntentKind.POST_DIGEST, f"digest/{FINOPS}", attempts=attempts, **payload)


@pytest.mark.usefixtures("charted", "found")
def test_a_digest_is_one_message_with_its_chart(
    deliveries: SlackDeliveries, driver: Driver
) -> None:
    post_digest(deliveries)
    post_digest(deliveries)

    [message] = driver.messages(FINOPS)
    [image] = [b for b in message["blocks"] if b["type"] == "image"]
    assert image["alt_text"] == CHART.alt_text
    assert message["text"]


@pytest.mark.usefixtures("charted", "found")
def test_a_lost_answer_does_not_double_a_digest(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox
) -> None:
    slack.faults.fail("chat.postMessage", after_effect=True)
    with pytest.raises(TryAgainLater):
        post_digest(deliveries)
    post_digest(deliveries, attempts=2)

    assert len(driver.messages(FINOPS)) == 1


@pytest.mark.usefixtures("charted", "found")
@pytest.mark.parametrize(
    "method", ["files.getUploadURLExternal", "files.completeUploadExternal", "files.info"]
)
def test_a_digest_goes_out_as_a_table_when_uploads_are_refused(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox, method: str
) -> None:
    slack.faults.fail(method, status=200, error="missing_scope")
    post_digest(deliveries)

    [message] = driver.messages(FINOPS)
    kinds = [block["type"] for block in message["blocks"]]
    assert "image" not in kinds
    assert "table" in kinds


@pytest.mark.usefixtures("charted", "found")
def test_a_chart_that_cannot_be_shown_is_left_out(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox
) -> None:
    slack.faults.fail("chat.postMessage", status=200, error="invalid_blocks")
    post_digest(deliveries)

    [message] = driver.messages(FINOPS)
    assert "image" not in json.dumps(message["blocks"])


@pytest.mark.usefixtures("charted", "found")
def test_uploads_that_keep_failing_do_not_hold_the_digest_up(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox
) -> None:
    slack.faults.fail("files.completeUploadExternal", times=2)
    with pytest.raises(TryAgainLater):
        post_digest(deliveries)
    post_digest(deliveries, attempts=2)

    assert len(driver.messages(FINOPS)) == 1


def test_the_real_charts_of_a_real_report_arrive(
    deliveries: SlackDeliveries, driver: Driver, found: Opportunity
) -> None:
    post_digest(deliveries)

    [message] = driver.messages(FINOPS)
    assert any(block["type"] == "header" for block in message["blocks"])


def test_the_text_of_a_digest_is_its_headline(engine: FinOpsEngine) -> None:
    report = engine.generate_weekly_report()

    assert digest(report)[0]
