"""Two replicas share nothing but the database: every click and every effect happens once."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.configuration import load_configuration
from bot.demo import Demo, start_demo
from bot.settings import Settings
from bot.wiring import Bot, build_bot
from finops.domain.lifecycle import Status
from finops.finops_engine import FinOpsEngine
from finops.savings_ledger import SavingsLedger
from handlers.ids import ActionId
from sandbox.company import APPROVER, CONFIGURATION

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def second_replica(demo: Demo, database_url: str) -> Bot:
    """Another bot on the same database, Slack and repository."""
    parts = demo.engine.parts
    engine = FinOpsEngine(
        SavingsLedger(database_url),
        directory=parts.directory,
        guardrails=parts.guardrails,
        snapshots=parts.snapshots,
        bill=parts.bill,
        pull_requests=parts.pull_requests,
        now=parts.now,
    )
    settings = Settings(
        slack_base_url=demo.slack.api_url,
        slack_bot_token=demo.slack.bot_token,
        slack_app_token=demo.slack.app_token,
        process_name="second",
    )
    return build_bot(
        settings, load_configuration(CONFIGURATION), engine, tick_seconds=1.0, is_paced=False
    )


@pytest.fixture
def demo(tmp_path: Path, database_url: str) -> Iterator[Demo]:
    demo = start_demo(tmp_path, database_url=database_url)
    second = second_replica(demo, database_url)
    second.start()
    demo.slack.driver().wait_for_connections(2)
    yield demo
    second.stop()
    demo.stop()


def wait(demo: Demo, ready: Callable[[], object]) -> None:
    demo.slack.driver().wait_for(ready, timeout=60)


def is_quiet(demo: Demo) -> bool:
    counts = demo.engine.ledger.outbox_counts()
    return not (counts.get("pending", 0) + counts.get("delivering", 0))


def test_cards_clicks_and_pull_requests_happen_once(demo: Demo) -> None:
    ledger, driver = demo.engine.ledger, demo.slack.driver()
    wait(demo, lambda: ledger.find(statuses=[Status.NOTIFIED]) and is_quiet(demo))
    cards = [
        (record, card)
        for record in ledger.find(statuses=[Status.NOTIFIED], team="data")
        for card in ledger.messages(subject=record.id, purpose="card")[:1]
    ]

    def click(number: int) -> bool:
        _, card = cards[number % len(cards)]
        try:
            ack = driver.click(APPROVER.id, card.channel, card.message_id, ActionId.APPROVE)
        except LookupError:
            return True  # the first click's record has replaced the buttons already
        return not ack.timed_out

    with ThreadPoolExecutor(8) as pool:
        acknowledged = list(pool.map(click, range(len(cards) * 6)))
    wait(demo, lambda: is_quiet(demo) and not ledger.find(statuses=[Status.APPROVED]))

    branches = Counter(pull.branch for pull in demo.host.list_pull_requests())
    approvals = Counter(
        entry.action for record, _ in cards for entry in ledger.history_of(record.id)
    )
    opened = ledger.find(statuses=[Status.PULL_REQUEST_OPEN])

    assert all(acknowledged)
    assert len(opened) == len(branches) == approvals["approved"] >= 1
    assert set(branches.values()) == {1}
    assert duplicate_messages(demo) == []
    assert all(sent > 0 for sent in demo.slack.envelopes_by_connection)


def duplicate_messages(demo: Demo) -> list[str]:
    """Messages with the same metadata in the same place."""
    driver, seen = demo.slack.driver(), Counter[str]()
    for channel in demo.slack.workspace.channels:
        for message in driver.messages(channel.id):
            for shown in driver.thread(channel.id, message["ts"]):
                if shown.get("metadata"):
                    seen[f"{channel.name} {shown['metadata']}"] += 1
    return [what for what, times in seen.items() if times > 1]
