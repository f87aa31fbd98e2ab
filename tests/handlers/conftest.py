"""A real engine, a local Slack, and a Bolt app on Socket Mode between them."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt import App
from slack_sdk import WebClient

from bot.app import build_app
from bot.configuration import Configuration
from bot.live_settings import LiveSettings
from bot.socket_mode import SocketModeConnection
from finops.domain.errors import OutsideWorldFailed
from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord, WasteKind
from finops.finops_engine import FinOpsEngine
from finops.ledger.outbox import Intent
from handlers import HandlerContext, Membership, SlackDeliveries
from sandbox.slack import Driver, SlackSandbox, Timing, example_workspace
from tests.handlers import builders

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
_ASKED = yaml.safe_load(MANIFEST.read_text())["oauth_config"]["scopes"]
# All but the one with which the bot posts where nobody invited it.
SCOPES = frozenset([*_ASKED["bot"], *_ASKED["bot_optional"]]) - {"chat:write.public"}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    """A workspace whose app has exactly the manifest's scopes."""
    workspace = replace(example_workspace(), scopes=SCOPES)
    with SlackSandbox(workspace, timing=Timing(file_ready_seconds=0.2)) as running:
        yield running


@pytest.fixture
def driver(slack: SlackSandbox) -> Driver:
    return slack.driver()


@pytest.fixture
def client(slack: SlackSandbox) -> WebClient:
    return WebClient(token=slack.bot_token, base_url=slack.api_url)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[FinOpsEngine]:
    made = builders.engine(tmp_path)
    yield made
    made.ledger.close()


@pytest.fixture
def membership(client: WebClient) -> Membership:
    return Membership(client)


@pytest.fixture
def app(
    slack: SlackSandbox, client: WebClient, engine: FinOpsEngine, membership: Membership
) -> Iterator[App]:
    """The handlers on the bot's own Bolt app, connected."""
    context = HandlerContext(
        engine=engine,
        instance=builders.INSTANCE,
        membership=membership,
        desk=LiveSettings(engine, Configuration()),
    )
    threads = ThreadPoolExecutor(32)
    app = build_app(client, signing_secret="", context=context, threads=threads)
    app.logger.setLevel(logging.ERROR)
    connection = SocketModeConnection(
        app, app_token=slack.app_token, bot_token=slack.bot_token, base_url=slack.api_url
    )
    assert connection.start()
    yield app
    connection.stop()
    threads.shutdown()


@pytest.fixture
def deliveries(client: WebClient, engine: FinOpsEngine) -> SlackDeliveries:
    return SlackDeliveries(client, engine, builders.INSTANCE)


@pytest.fixture
def deliver(engine: FinOpsEngine, deliveries: SlackDeliveries) -> Callable[[], list[str]]:
    """Deliver everything that is due, as the worker does; returns what failed."""

    def run() -> list[str]:
        failed: list[str] = []
        known = deliveries.handlers()
        while intents := engine.ledger.lease_intents(owner="test", now=builders.LATER):
            for intent in intents:
                failed += _delivered(engine, known.get(IntentKind(intent.kind)), intent)
        return failed

    return run


def _delivered(
    engine: FinOpsEngine, delivery: Callable[[Intent], None] | None, intent: Intent
) -> list[str]:
    problem = []
    try:
        if delivery is not None:
            delivery(intent)
    except OutsideWorldFailed as error:
        problem = [str(error)]
    engine.ledger.finish_intent(intent.id, now=builders.LATER)
    return problem


PostCard = Callable[..., OpportunityRecord]


@pytest.fixture
def posted(engine: FinOpsEngine, deliver: Callable[[], list[str]]) -> PostCard:
    """Record a waste and post its card; the record is notified afterwards."""

    def post(
        kind: WasteKind = WasteKind.OVER_REQUESTED_CPU, **changed: object
    ) -> OpportunityRecord:
        known = builders.recorded(engine, builders.opportunity(kind, **changed))  # type: ignore[arg-type]  # fields by name
        builders.ask(engine, IntentKind.POST_CARD, known.id)
        assert deliver() == []
        record = engine.ledger.get(known.id)
        assert record.status is Status.NOTIFIED
        return record

    return post


@pytest.fixture
def card(driver: Driver, posted: PostCard) -> dict[str, Any]:
    """The card of a waiting opportunity, as everybody in the channel sees it."""
    posted()
    return driver.messages(builders.PAYMENTS)[0]
