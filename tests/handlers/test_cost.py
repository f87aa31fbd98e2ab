"""`/finops cost`, end to end: typed in a local Slack, answered to the asker alone."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from slack_sdk import WebClient

from finops.finops_engine import FinOpsEngine
from finops.ledger.bill_writing import replace_days
from handlers.ids import COMMAND
from handlers.interaction import Interaction
from sandbox.slack import Driver
from tests.finops.engine.cost_days import a_day, totals_of
from tests.handlers.builders import DANA, NOW, PAYMENTS


def ask(driver: Driver, words: str) -> str:
    """Type it, wait for what comes through the response URL, and return it as JSON."""
    before = len(driver.ephemerals(DANA, PAYMENTS))
    ack = driver.slash(DANA, PAYMENTS, COMMAND, words)
    assert ack.ok
    shown = driver.wait_for(lambda: driver.ephemerals(DANA, PAYMENTS)[before:])
    return json.dumps(shown[-1], ensure_ascii=False)


@pytest.fixture
def billed(engine: FinOpsEngine) -> FinOpsEngine:
    """Seventy days up to yesterday."""
    rows = [row for n in range(1, 71) for row in a_day(NOW.date() - timedelta(days=n))]
    with engine.ledger.bookkeeping() as connection:
        replace_days(connection, "bill", totals_of(rows), rows, now=NOW)
    return engine


@pytest.mark.usefixtures("app", "billed")
def test_the_asker_sees_sentence_chart_and_table(driver: Driver) -> None:
    shown = ask(driver, "cost")

    assert "*Cost by team, Nov 1–22, 2026*" in shown
    assert '"type": "data_visualization"' in shown
    assert "$220.00" in shown
    assert "All lines add up to the invoice, $220 billed." in shown


@pytest.mark.usefixtures("app", "billed")
@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("cost shop last month", "*Cost of team shop by workload, October 2026*"),
        ("cost by service 7d", "*Cost by service, Nov 16–22, 2026*"),
        ("cost shopp", "Did you mean shop"),
        ("cost zzz", "`/finops cost by team` lists them"),
        ("cost <!channel>", "The bill has no"),
        ("cost 2030-01", "has not begun yet"),
    ],
)
def test_what_is_typed_is_answered(driver: Driver, words: str, part: str) -> None:
    shown = ask(driver, words)

    assert part in shown
    assert "<!channel>" not in shown


@pytest.mark.usefixtures("app")
def test_without_a_bill_the_answer_teaches(driver: Driver) -> None:
    assert "No bill has been read yet" in ask(driver, "cost")


@pytest.mark.usefixtures("app")
def test_a_typo_of_the_command_is_understood(driver: Driver) -> None:
    assert "Did you mean `/finops cost`?" in ask(driver, "csot")


class OldWorkspace(BaseHTTPRequestHandler):
    """A response URL of a workspace that does not know the blocks in `unknown` yet."""

    unknown: tuple[str, ...] = ()
    seen: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.seen.append(body)
        types = {block["type"] for block in body.get("blocks") or []}
        is_refused = bool(types & set(self.unknown))
        self.send_response(400 if is_refused else 200)
        self.end_headers()
        self.wfile.write(b"invalid_blocks" if is_refused else b"ok")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def old_workspace() -> Iterator[HTTPServer]:
    OldWorkspace.seen = []
    server = HTTPServer(("127.0.0.1", 0), OldWorkspace)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("unknown", "taken"),
    [
        ((), ["data_visualization", "table"]),
        (("data_visualization",), ["table"]),
        (("data_visualization", "table"), None),
    ],
)
def test_a_workspace_that_does_not_know_charts_gets_the_table_and_at_last_the_words(
    old_workspace: HTTPServer, unknown: tuple[str, ...], taken: list[str] | None
) -> None:
    OldWorkspace.unknown = unknown
    url = f"http://127.0.0.1:{old_workspace.server_address[1]}/response"
    interaction = Interaction(lambda **_: None, {"response_url": url}, WebClient())  # type: ignore[arg-type] # an ack
    chart, table = {"type": "data_visualization"}, {"type": "table"}
    interaction.answer("Cost: $41.", [chart, table], [table])
    last = OldWorkspace.seen[-1]

    assert [block["type"] for block in last["blocks"]] == taken if taken else "blocks" not in last
    assert (last["text"], last["response_type"]) == ("Cost: $41.", "ephemeral")
