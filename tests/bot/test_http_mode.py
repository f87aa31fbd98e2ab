"""Slack over HTTP instead of Socket Mode: signatures, acks, and what a forger gets."""

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import build_app, build_client
from bot.configuration import Configuration
from bot.live_settings import LiveSettings
from bot.web import build_server, build_web, stop_server
from finops.finops_engine import FinOpsEngine
from finops.savings_ledger import SavingsLedger
from handlers import HandlerContext, Membership
from sandbox.slack import SlackSandbox, example_workspace
from tests.real_parts.servers import free_port

OWNER = "U0DANA00001"
CHANNEL = "C0PAYMENTS1"


@pytest.fixture
def url() -> str:
    """Where the bot is asked."""
    return f"http://127.0.0.1:{free_port()}/slack/events"


@pytest.fixture
def slack(tmp_path: Path, url: str) -> Iterator[SlackSandbox]:
    """A Slack that sends its requests to a bot on waitress."""
    port = int(url.split(":")[2].split("/")[0])
    ledger = SavingsLedger(f"sqlite:///{tmp_path}/finops.db")
    engine = FinOpsEngine(ledger)
    with SlackSandbox(example_workspace(), delivery="http", request_url=url) as sandbox:
        client = build_client(token=sandbox.bot_token, base_url=sandbox.api_url)
        context = HandlerContext(
            engine=engine,
            instance="test",
            membership=Membership(client),
            desk=LiveSettings(engine, Configuration()),
        )
        app = build_app(client, signing_secret=sandbox.signing_secret, context=context)
        server = build_server(build_web(engine, slack_app=app), host="127.0.0.1", port=port)
        thread = threading.Thread(target=server.run)
        thread.start()
        yield sandbox
        stop_server(server)
        thread.join(timeout=10)
    ledger.close()


def test_a_command_is_answered_in_time(slack: SlackSandbox) -> None:
    ack = slack.driver().slash(OWNER, CHANNEL, "/finops", "help")

    assert ack.ok
    assert ack.seconds < 3
    assert "savings" in str(ack.payload)


@pytest.mark.usefixtures("slack")
def test_a_request_without_slacks_signature_is_refused(url: str) -> None:
    forged = b"command=%2Ffinops&text=scan&user_id=U1"

    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url, data=forged, timeout=5)

    assert caught.value.code == 401
    caught.value.close()
