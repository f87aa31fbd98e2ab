"""A connection that the network cuts: back at once, and never in a crash loop."""

import time
from collections.abc import Iterator

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.socket_mode.aiohttp import SocketModeClient

import bot.socket_mode
from bot.socket_mode import SocketModeConnection
from sandbox.slack import Driver, SlackSandbox, example_workspace

DANA, PAYMENTS = "U0DANA00001", "C0PAYMENTS1"


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox(example_workspace()) as sandbox:
        yield sandbox


@pytest.fixture
def connection(
    slack: SlackSandbox, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SocketModeConnection]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)
    app = App(client=client, signing_secret="unused", token_verification_enabled=False)
    app.command("/finops")(lambda ack: ack("here"))
    connection = SocketModeConnection(
        app, app_token=slack.app_token, bot_token=slack.bot_token, base_url=slack.api_url
    )
    yield connection
    connection.stop()


@pytest.fixture
def people(slack: SlackSandbox, connection: SocketModeConnection) -> Driver:
    assert connection.start()
    return slack.driver()


async def _nobody_listens(_client: object) -> str:
    return "ws://127.0.0.1:9/"


def _opened(slack: SlackSandbox) -> int:
    return sum(call.method == "apps.connections.open" for call in slack.calls)


def test_a_cut_connection_is_opened_anew_before_anybody_has_to_click_twice(
    slack: SlackSandbox, people: Driver
) -> None:
    began = time.monotonic()
    slack.drop_connections()
    people.wait_for(lambda: slack.connections == 1, timeout=10)
    seconds = time.monotonic() - began

    assert people.slash(DANA, PAYMENTS, "/finops").ok
    assert seconds < 2.0  # the SDK alone takes up to nine


def test_a_connection_that_is_cut_again_and_again_does_not_use_up_the_calls_of_a_minute(
    slack: SlackSandbox, people: Driver
) -> None:
    before = _opened(slack)
    until = time.monotonic() + 4.0
    while time.monotonic() < until:
        slack.drop_connections()
        time.sleep(0.1)

    assert _opened(slack) - before <= 3


def test_what_fails_while_coming_back_is_tried_again(
    slack: SlackSandbox, people: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.socket_mode, "PROMPT_RETURN_SECONDS", 0.5)
    slack.faults.fail("apps.connections.open", status=500, times=2)
    slack.drop_connections()
    people.wait_for(lambda: slack.connections == 1, timeout=20)

    assert people.slash(DANA, PAYMENTS, "/finops").ok


@pytest.mark.parametrize("was_there", [True, False], ids=["coming back", "at the start"])
def test_what_cannot_connect_can_be_stopped(
    slack: SlackSandbox,
    connection: SocketModeConnection,
    monkeypatch: pytest.MonkeyPatch,
    was_there: bool,
) -> None:
    if was_there:
        assert connection.start()
    monkeypatch.setattr(SocketModeClient, "issue_new_wss_url", _nobody_listens)
    if was_there:
        slack.drop_connections()
    else:
        connection.start(timeout_seconds=0.1)
    time.sleep(1)  # the SDK has begun to try this address again and again
    began = time.monotonic()
    connection.stop()

    assert not connection.is_alive
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("was_there", [True, False], ids=["coming back", "at the start"])
def test_an_address_where_nobody_listens_is_not_tried_for_ever(
    slack: SlackSandbox,
    connection: SocketModeConnection,
    monkeypatch: pytest.MonkeyPatch,
    was_there: bool,
) -> None:
    monkeypatch.setattr(bot.socket_mode, "ADDRESS_SECONDS", 0.5)
    monkeypatch.setattr(bot.socket_mode, "PROMPT_RETURN_SECONDS", 0.5)
    monkeypatch.setattr(bot.socket_mode, "FIRST_RETRY_SECONDS", 0.5)
    if was_there:
        assert connection.start()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(SocketModeClient, "issue_new_wss_url", _nobody_listens)
        if was_there:
            slack.drop_connections()
        else:
            connection.start(timeout_seconds=0.1)
        time.sleep(0.4)
    people = slack.driver()
    people.wait_for(lambda: slack.connections == 1, timeout=4)

    assert people.slash(DANA, PAYMENTS, "/finops").ok
