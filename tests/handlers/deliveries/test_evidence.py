"""The evidence page as a direct message."""

import pytest

from finops.domain.errors import TryAgainLater
from finops.domain.intents import IntentKind
from finops.finops_engine import FinOpsEngine
from handlers import SlackDeliveries
from sandbox.slack import Driver, SlackSandbox
from tests.handlers.builders import DANA, opportunity, recorded
from tests.handlers.deliveries.running import run


@pytest.fixture
def known_id(engine: FinOpsEngine) -> str:
    return recorded(engine, opportunity()).id


def show(deliveries: SlackDeliveries, opportunity_id: str, *, attempts: int = 1) -> None:
    payload = {"user": DANA, "opportunity": opportunity_id}
    run(deliveries, IntentKind.SHOW_EVIDENCE, f"evidence/{DANA}", attempts=attempts, **payload)


def test_the_chain_comes_with_its_picture_and_its_page(
    deliveries: SlackDeliveries, driver: Driver, known_id: str
) -> None:
    show(deliveries, known_id)

    [message] = driver.messages(driver.dm(DANA))
    [image] = [b for b in message["blocks"] if b["type"] == "image"]
    [_, reply] = driver.thread(driver.dm(DANA), message["ts"])
    assert "approval, waiting" in image["alt_text"]
    assert [file["name"] for file in reply["files"]] == [f"evidence-{known_id}.html"]


def test_without_files_the_chain_comes_as_text(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox, known_id: str
) -> None:
    slack.faults.fail("files.getUploadURLExternal", times=9, status=200, error="missing_scope")
    show(deliveries, known_id)

    [message] = driver.messages(driver.dm(DANA))
    assert "image" not in [b["type"] for b in message["blocks"]]
    assert "expires" in str(message["blocks"]) or "No card was posted" in str(message["blocks"])


def test_a_picture_that_slack_refuses_is_left_out(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox, known_id: str
) -> None:
    slack.faults.fail("chat.postMessage", status=200, error="invalid_blocks")
    show(deliveries, known_id)

    [message] = driver.messages(driver.dm(DANA))
    assert "image" not in [b["type"] for b in message["blocks"]]


def test_a_lost_answer_does_not_double_it(
    deliveries: SlackDeliveries, driver: Driver, slack: SlackSandbox, known_id: str
) -> None:
    slack.faults.fail("chat.postMessage", after_effect=True)
    with pytest.raises(TryAgainLater):
        show(deliveries, known_id)
    show(deliveries, known_id, attempts=2)

    assert len(driver.messages(driver.dm(DANA))) == 1
