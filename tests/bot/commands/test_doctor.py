"""`finops doctor` as a person runs it: a line a check, an exit status, and never a secret."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from bot.cli import main
from bot.commands.doctor import chosen_topics
from bot.doctor.examination import Topic
from finops.domain.errors import InvalidInput
from finops.savings_ledger import SavingsLedger
from sandbox.slack import SlackSandbox, example_workspace
from tests.handlers.conftest import SCOPES
from tests.real_parts.bare_repository import BareRepositoryFactory

CONFIGURATION = """
clusters:
  - name: prod
    repository: {path}
    prometheus: {{url: "{prometheus}"}}
repositories: [{{local: {path}}}]
default_approvers: {{user_groups: [S0APPROVERS]}}
triage_channel: C0PAYMENTS1
leadership_channel: C0FINOPS001
bill: {{files: [bill.csv]}}
"""


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    scopes = SCOPES | {"chat:write.public"}
    with SlackSandbox(replace(example_workspace(), scopes=scopes)) as running:
        yield running


class _KnowsAll(BaseHTTPRequestHandler):
    """A PromQL server that has a series for each question."""

    def do_GET(self) -> None:
        self._answer({"version": "3.1.0"})

    def do_POST(self) -> None:
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if asked["query"] == ["time()"]:
            self._answer({"resultType": "scalar", "result": [time.time(), str(time.time())]})
        else:
            self._answer({"resultType": "vector", "result": [{"metric": {}, "value": [0, "7"]}]})

    def _answer(self, data: object) -> None:
        body = json.dumps({"status": "success", "data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.fixture
def prometheus_that_knows_all() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _KnowsAll)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def installation(
    slack: SlackSandbox,
    prometheus_that_knows_all: str,
    bare_repository: BareRepositoryFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> SlackSandbox:
    """Everything a bot needs, in this folder and in the environment."""
    path = bare_repository({"deployment.yaml": b""})
    today = datetime.now(UTC).date()
    Path("bill.csv").write_text(
        f"ChargePeriodStart,ResourceId,EffectiveCost\n{today}T00:00:00Z,vol-1,1\n"
    )
    Path("finops.yaml").write_text(
        CONFIGURATION.format(path=path, prometheus=prometheus_that_knows_all)
    )
    SavingsLedger("sqlite:///finops.db").close()
    monkeypatch.setenv("SLACK_BASE_URL", slack.api_url)
    monkeypatch.setenv("SLACK_BOT_TOKEN", slack.bot_token)
    monkeypatch.setenv("SLACK_APP_TOKEN", slack.app_token)
    return slack


@pytest.mark.usefixtures("installation")
def test_a_complete_installation_is_all_green(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["doctor"])

    shown = capsys.readouterr().out
    assert status == 0, shown
    # Nobody has read the bill yet.
    assert [line for line in shown.splitlines() if line[2:3] in ("!", "✘")] == [
        line for line in shown.splitlines() if "! bill " in line
    ]
    areas = [line for line in shown.splitlines() if line and not line.startswith(" ")]
    assert [area.split()[0] for area in areas[:-1]] == [
        "Configuration", "Slack", "Database", "Prometheus", "Git", "Prices", "Bill",
    ]  # fmt: skip
    assert "\x1b" not in shown


def test_json_is_one_object_without_a_secret(
    installation: SlackSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    installation.faults.fail("auth.test", status=200, error="invalid_auth")

    status = main(["doctor", "--json"])

    captured = capsys.readouterr()
    shape = json.loads(captured.out)
    assert status == 1
    assert shape["counts"]["failed"] == 1
    assert {"area", "subject", "outcome", "detail", "fix"} == set(shape["checks"][0])
    assert installation.bot_token not in captured.out + captured.err
    assert installation.app_token not in captured.out + captured.err


def test_only_some_topics_ask_nobody_else(
    installation: SlackSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--only", "database, git"]) == 0

    shown = capsys.readouterr().out
    assert "Database" in shown
    assert "Slack" not in shown
    assert installation.calls == []


def test_without_anything_the_first_line_says_how_to_begin(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["doctor"]) == 1

    first = capsys.readouterr().out.strip().splitlines()[:3]
    assert "no configuration file" in first[1]
    assert "`finops init`" in first[2]
    assert not Path("finops.db").exists()


def test_a_wrong_file_is_a_red_line_a_problem_and_the_rest_is_still_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("finops.yaml").write_text("teems: {}\npace: {expire_after_days: 1000}\n")

    assert main(["doctor"]) == 1

    shown = capsys.readouterr().out
    assert shown.count("✘ file") == 2
    assert "did you mean teams?" in shown
    assert "Database" in shown


@pytest.mark.parametrize("only", ["slak", "", ",", "slack;database"])
def test_an_unknown_topic_is_refused(only: str) -> None:
    with pytest.raises(InvalidInput, match="kubernetes"):
        chosen_topics(only)


def test_no_topic_means_all() -> None:
    assert chosen_topics(None) == set(Topic)
