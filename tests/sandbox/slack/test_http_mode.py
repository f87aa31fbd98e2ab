import http.server
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient

from sandbox.slack import SlackSandbox, example_workspace
from sandbox.slack.delivery import Envelope
from sandbox.slack.http_mode import signed_request

DANA, PAYMENTS = "U0DANA00001", "C0PAYMENTS1"


class Endpoint(http.server.ThreadingHTTPServer):
    """Hands requests to a Bolt app, as any HTTP adapter does."""

    app: App | None = None


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Endpoint)
        assert self.server.app is not None
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        headers: dict[str, str | Sequence[str]] = dict(self.headers.items())
        answer = self.server.app.dispatch(BoltRequest(body=body, headers=headers))
        self.send_response(answer.status)
        for name, values in answer.headers.items():
            self.send_header(name, values[0])
        self.end_headers()
        self.wfile.write((answer.body or "").encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def sandbox(endpoint: Endpoint) -> Iterator[SlackSandbox]:
    url = f"http://127.0.0.1:{endpoint.server_port}/slack/events"
    with SlackSandbox(example_workspace(), delivery="http", request_url=url) as running:
        yield running


def app_for(sandbox: SlackSandbox, secret: str) -> App:
    client = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
    return App(client=client, signing_secret=secret)


def test_a_bolt_app_in_http_mode_accepts_the_signed_requests(
    sandbox: SlackSandbox, endpoint: Endpoint
) -> None:
    endpoint.app = app_for(sandbox, sandbox.signing_secret)
    endpoint.app.command("/finops")(lambda ack, command: ack(f"heard {command['text']}"))
    homes: list[str] = []
    endpoint.app.event("app_home_opened")(lambda event: homes.append(event["user"]))
    driver = sandbox.driver()
    ack = driver.slash(DANA, PAYMENTS, "/finops", "a b")
    driver.open_home(DANA)

    assert ack.ok
    assert driver.ephemerals(DANA)[0]["text"] == "heard a b"
    assert driver.wait_for(lambda: homes) == [DANA]


def test_a_bolt_app_with_another_secret_refuses_and_the_person_sees_it(
    sandbox: SlackSandbox, endpoint: Endpoint
) -> None:
    endpoint.app = app_for(sandbox, "another secret")
    ack = sandbox.driver().slash(DANA, PAYMENTS, "/finops")

    assert ack.error == "dispatch_failed"


def test_a_replayed_request_is_refused(sandbox: SlackSandbox) -> None:
    app = app_for(sandbox, sandbox.signing_secret)
    old = Envelope("events_api", {"type": "event_callback"})
    headers, body = signed_request(sandbox.signing_secret, old, at=time.time() - 360)
    answer = app.dispatch(BoltRequest(body=body, headers={**headers}))

    assert answer.status == 401


def test_an_app_that_is_not_there_is_a_failed_dispatch() -> None:
    url = "http://127.0.0.1:9/slack/events"
    with SlackSandbox(example_workspace(), delivery="http", request_url=url) as running:
        ack = running.driver().slash(DANA, PAYMENTS, "/finops")

    assert ack.error == "dispatch_failed"
