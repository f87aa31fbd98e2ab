"""The test at the end of the setup: one hello, and a look at every channel and group."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from finops.domain.checks import Area, Check, Outcome
from finops.domain.people import Directory
from finops.finops_engine import FinOpsEngine
from finops.ledger.history import Message
from handlers.blocks import text
from handlers.channel_checks import channel_checks
from handlers.context import HandlerContext
from handlers.group_checks import group_checks
from handlers.setup.forms import names_of_the_estate
from handlers.setup.standing import without_approvers
from handlers.slack_client import quick_client, word_of

TIMEOUT_SECONDS = 5
# Slack answers about fifty such questions a minute; `finops doctor` asks them all.
MOST_CHECKS = 20
_SUBJECT, _PURPOSE = "setup", "hello"
_MARKS = {
    Outcome.OK: ":white_check_mark:",
    Outcome.WARNING: ":warning:",
    Outcome.FAILED: ":x:",
    Outcome.SKIPPED: ":grey_question:",
}
_AREA = Area("Slack")


def tested(context: HandlerContext, client: WebClient) -> list[str]:
    """What works and what is still missing, a line each, as safe mrkdwn. Calls Slack."""
    quick = quick_client(client, timeout_seconds=TIMEOUT_SECONDS)
    directory = context.engine.directory
    lines = [_hello(context.engine, quick), *_missing(context)]
    checks = _checks(quick, directory, fallback=context.membership.fallback)
    lines += map(_line, islice(checks, MOST_CHECKS))
    if next(checks, None) is not None:
        lines.append(f"I looked at {MOST_CHECKS}; `finops doctor` looks at all of them.")
    return lines


def _hello(engine: FinOpsEngine, client: WebClient) -> str:
    """Post one hello, once a channel, where waste that nobody owns is asked about."""
    directory = engine.directory
    channel = directory.triage_channel or directory.leadership_channel
    if not channel:
        return f"{_MARKS[Outcome.FAILED]} There is no channel to say hello in: set one first."
    where = text.channel(channel)
    said = engine.ledger.messages(subject=_SUBJECT, purpose=_PURPOSE)
    if any(message.channel == channel for message in said):
        return f"{_MARKS[Outcome.OK]} My hello stands in {where} already."
    words = (
        "Hello, I am finops-bot. I look for cloud waste, ask the team that owns it, and check on "
        "the bill what was saved. `/finops help` says what you can ask me."
    )
    try:
        answer = client.chat_postMessage(channel=channel, text=words)
    except SlackApiError as error:
        return f"{_MARKS[Outcome.FAILED]} I cannot post in {where}: Slack says {word_of(error)}."
    except (SlackClientError, OSError):
        return f"{_MARKS[Outcome.SKIPPED]} Slack did not answer when I said hello in {where}."
    message = Message(_SUBJECT, _PURPOSE, channel, str(answer["ts"]), "")
    engine.ledger.save_message(message, now=engine.now())
    return f"{_MARKS[Outcome.OK]} I posted a hello in {where}."


def _missing(context: HandlerContext) -> Iterator[str]:
    """What Slack need not be asked about."""
    directory, failed = context.engine.directory, _MARKS[Outcome.FAILED]
    teams = text.count(len(directory.teams), "team")
    mark = _MARKS[Outcome.OK] if directory.teams else failed
    yield f"{mark} {teams if directory.teams else 'No team'}."
    for name in without_approvers(directory)[:5]:
        yield f"{failed} Nobody may approve for team {text.safe(name, 60)} yet."
    unknown = names_of_the_estate(context)
    if unknown:
        named = ", ".join(text.safe(name, 60) for name in unknown[:5])
        yield f"{_MARKS[Outcome.WARNING]} No team here is called {named}; the estate names them."
    if not context.engine.clusters:
        yield (
            f"{failed} No cluster and no account is connected, so there is nothing to look at: "
            "`finops init` on the bot's machine writes them into finops.yaml."
        )


def _checks(
    client: WebClient, directory: Directory, *, fallback: Mapping[str, Sequence[str]]
) -> Iterator[Check]:
    yield from channel_checks(_AREA, client, directory, granted=_granted(client))
    yield from group_checks(_AREA, client, directory, fallback=fallback)


def _line(check: Check) -> str:
    name, _, rest = check.subject.partition(" ")
    subject = f"{text.channel(name)} {text.safe(rest, 200)}" if rest else text.safe(name, 100)
    return f"{_MARKS[check.outcome]} {subject}: {check.detail}. {check.fix}".strip()


def _granted(client: WebClient) -> frozenset[str]:
    try:
        headers = client.auth_test().headers
    except (SlackApiError, SlackClientError, OSError):
        return frozenset()
    words = {str(name).lower(): str(value) for name, value in headers.items()}
    return frozenset(s.strip() for s in words.get("x-oauth-scopes", "").split(",") if s)
