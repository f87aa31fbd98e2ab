"""`kill -9` at any moment: a process of `finops run` is killed again and again, and nothing is
lost or done twice."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from finops.domain.lifecycle import Status
from finops.savings_ledger import SavingsLedger
from sandbox.slack import Channel, SlackSandbox, User, Workspace
from tests.real_parts.servers import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

OWNER = User("U0OWNER0001", "olga", "Olga Owner", "owner")
# A channel takes one message a second, so the thirty cards go to three.
CHANNELS = {
    team: Channel(f"C0{team.upper()}COSTS", f"{team}-costs") for team in ("web", "pay", "ops")
}
CONFIGURATION = f"""\
instance: killed
default_approvers: {{users: [{OWNER.id}]}}
teams: {json.dumps({team: {"channel": each.id} for team, each in CHANNELS.items()})}
pace: {{cards_per_channel_per_day: 100, card_from_usd_per_month: 0}}
schedule: {{quiet_hours: ""}}
"""
WORKLOADS = {
    team: [
        {
            "name": f"service-{n}",
            "cpu_request": 2 + n / 10,
            "cpu_usage": 0.4,
            "memory_request_gb": 4,
            "memory_usage_gb": 0.5,
            "team": team,
        }
        for n in range(5)
    ]
    for team in CHANNELS
}
SCOPES = frozenset(
    {"commands", "chat:write", "im:write", "im:history", "channels:history", "usergroups:read"}
)


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    workspace = Workspace("T0KILL00001", "Kill", (OWNER,), tuple(CHANNELS.values()), scopes=SCOPES)
    with SlackSandbox(workspace) as running:
        yield running


@contextmanager
def bot(folder: Path, slack: SlackSandbox, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A whole process of the bot."""
    (folder / "finops.yml").write_text(CONFIGURATION)
    environment = {
        **os.environ,
        "FINOPS_CONFIG": str(folder / "finops.yml"),
        "FINOPS_DATABASE_URL": f"sqlite:///{folder}/finops.db",
        "FINOPS_HTTP_PORT": str(port),
        "FINOPS_PUSH_TOKEN": "push",
        "SLACK_BASE_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
    }
    command = [str(Path(sys.executable).parent / "finops"), "run"]
    with (folder / "bot.log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def ask(port: int, path: str, data: object = None) -> object:
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        data=body,
        headers={"Authorization": "Bearer push", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def wait_until(ready: object, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if ready():  # type: ignore[operator]
                return
        except OSError:
            pass  # not listening yet
        assert time.monotonic() < deadline, "the bot did not get there in time"
        time.sleep(0.05)


def cards(slack: SlackSandbox) -> list[str]:
    driver = slack.driver()
    messages = [m for channel in CHANNELS.values() for m in driver.messages(channel.id)]
    return [
        str(message["metadata"]["event_payload"])
        for message in messages
        if (message.get("metadata") or {}).get("event_type") == "finops_card"
    ]


def test_killed_at_any_moment_every_card_is_posted_exactly_once(
    tmp_path: Path, slack: SlackSandbox
) -> None:
    dice = random.Random(7)  # noqa: S311 - a repeatable test, no secret
    slack.faults.slow("chat.postMessage", 0.15)
    port = free_port()
    snapshot = {"cluster": "shop", "workloads": WORKLOADS}
    with bot(tmp_path, slack, port):
        wait_until(lambda: ask(port, "/healthz"))
        ask(port, "/api/v1/cluster-data", snapshot)
        wait_until(lambda: len(cards(slack)) >= 3)
    kills = 1
    while kills < 4 and len(cards(slack)) < 30:
        goal = len(cards(slack)) + dice.randint(1, 5)
        with bot(tmp_path, slack, port):
            wait_until(lambda goal=goal: len(cards(slack)) >= goal)
        kills += 1
    shorten_leases(tmp_path)
    with bot(tmp_path, slack, port):
        ledger = SavingsLedger(f"sqlite:///{tmp_path}/finops.db")
        wait_until(lambda: len(ledger.find(statuses=[Status.NOTIFIED])) == 30, 120)
        wait_until(lambda: set(ledger.outbox_counts()) == {"done"}, 60)
        ledger.close()

    posted = Counter(cards(slack))

    assert kills >= 2
    assert len(posted) == 30
    assert set(posted.values()) == {1}


def shorten_leases(folder: Path) -> None:
    """What a dead worker held is free after its lease of minutes; the test does not wait."""
    from datetime import UTC, datetime

    from sqlalchemy import update

    from finops.ledger.tables import outbox

    ledger = SavingsLedger(f"sqlite:///{folder}/finops.db")
    with ledger.bookkeeping() as connection:
        held = outbox.c.status == "delivering"
        connection.execute(update(outbox).where(held).values(lease_until=datetime.now(UTC)))
    ledger.close()
