"""Whether the bot is in every channel it shall post to, asked without posting.

`conversations.history` needs only scopes that the bot has anyway; `conversations.info` would need
more. It answers `not_in_channel` for a public channel without the bot, and `channel_not_found` for
a private one without it and for one that does not exist: Slack does not tell the two apart.
"""

from collections.abc import Iterator

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from finops.domain.checks import Area, Check
from finops.domain.people import Directory
from handlers.slack_client import word_of

_ID = "the id stands at the bottom of the channel's details"


def channel_checks(
    area: Area, client: WebClient, directory: Directory, *, granted: frozenset[str]
) -> Iterator[Check]:
    """One line a channel, however many teams share it."""
    for channel, uses in _channels(directory).items():
        yield _channel_check(
            area, client, channel, subject=f"{channel} ({', '.join(uses)})",
            is_public_open="chat:write.public" in granted,
        )  # fmt: skip


def _channels(directory: Directory) -> dict[str, list[str]]:
    wanted = [(directory.triage_channel, "triage"), (directory.leadership_channel, "leadership")]
    wanted += [(directory.cfo_channel, "CFO digest"), (directory.cto_channel, "CTO digest")]
    wanted += [(team.channel, team.name) for team in directory.teams]
    found: dict[str, list[str]] = {}
    for channel, use in wanted:
        if channel:
            found.setdefault(channel, []).append(use)
    return found


def _channel_check(
    area: Area, client: WebClient, channel: str, *, subject: str, is_public_open: bool
) -> Check:
    try:
        client.conversations_history(channel=channel, limit=1)
    except SlackApiError as error:
        return _refused(area, subject, word_of(error), is_public_open=is_public_open)
    except (SlackClientError, OSError) as error:
        return area.skipped(subject, f"Slack did not answer: {error}", fix="Try again.")
    return area.ok(subject, "the bot is in it")


def _refused(area: Area, subject: str, word: str, *, is_public_open: bool) -> Check:
    invite = "Write `/invite @finops-bot` in the channel."
    if word == "not_in_channel" and is_public_open:
        detail = "the bot may post, but is not in it and cannot find its cards again after a crash"
        return area.warning(subject, detail, fix=invite)
    if word == "not_in_channel":
        return area.failed(subject, "the bot is not in this public channel", fix=invite)
    if word == "channel_not_found":
        detail = "the bot sees no such channel: it is private and the bot is not in it, or gone"
        return area.failed(subject, detail, fix=f"{invite} Or correct the id: {_ID}.")
    if word == "missing_scope":
        return area.skipped(subject, "the scope to look into it is missing, see above")
    if word == "ratelimited":
        return area.skipped(subject, "Slack limits requests", fix="Try again in a minute.")
    return area.failed(subject, f"Slack says {word}", fix=f"Correct the id: {_ID}.")
