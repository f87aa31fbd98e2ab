"""Errors as sentences people read, and what happens to the ones nobody foresaw."""

import logging
import re
import secrets
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from finops.domain.currency import DOLLARS, Currency
from finops.domain.errors import (
    AlreadyDecided,
    FinOpsError,
    NotPermitted,
    OutsideWorldFailed,
)
from handlers.answer import Answer
from handlers.blocks import text
from handlers.blocks.forms import with_notice
from handlers.ids import COMMAND
from handlers.interaction import Interaction
from handlers.slack_client import quick_client

NO_LONGER_SUPPORTED = (
    "This button is no longer supported: its message is from an older version of finops-bot. "
    f"`{COMMAND} list` shows what waits now."
)
# The error handler runs before the ack, so it may not use up the three seconds.
TELL_TIMEOUT_SECONDS = 1

# The engine says `list` to the terminal and to Slack alike; here a command has a slash.
_COMMAND_WORD = re.compile(r"ˋ((?:list|savings|scan|show|cost|teams)(?: [\w .-]{1,40})?)ˋ")

_log = logging.getLogger(__name__)


def sentence_of(error: FinOpsError, currency: Currency = DOLLARS) -> str:
    """What a person reads, as safe mrkdwn; people and groups are mentioned, not numbered.

    A guardrail's limit is quoted in the dollars it is set in, with the display currency beside.
    """
    if isinstance(error, NotPermitted):
        return _not_permitted(error)
    words = _COMMAND_WORD.sub(rf"`{COMMAND} \1`", text.safe(currency.beside(str(error)), 1500))
    if isinstance(error, AlreadyDecided) and error.decided_by:
        return words.replace(text.safe(error.decided_by, 80), text.person(error.decided_by))
    if isinstance(error, OutsideWorldFailed):
        return f"Something outside did not answer, so nothing was changed: {words}"
    return words


def unexpected(
    error: Exception, ack: Ack | Answer, body: Mapping[str, Any], client: WebClient
) -> BoltResponse | None:
    """The global Bolt error handler: logs with an incident id and tells the person that id.

    Returns 200, because Slack shows anything else as a timeout and hides the sentence. When the
    listener had acknowledged before it failed, Bolt wants no response.
    """
    is_acknowledged = ack.response is not None
    quick = quick_client(client, timeout_seconds=TELL_TIMEOUT_SECONDS)
    incident = secrets.token_hex(4)
    _log.error("incident %s: unexpected error in a Slack listener", incident, exc_info=error)
    sentence = (
        f"Something went wrong on my side and was logged as incident {incident}. Check "
        f"`{COMMAND} list` before trying again."
    )
    interaction = Interaction(ack, body, quick)
    answer = _answer_in_ack(interaction, sentence)
    if answer and not is_acknowledged:
        return BoltResponse(status=200, body=answer)
    try:
        interaction.tell(sentence)
    except (SlackClientError, OSError) as failure:
        _log.warning("incident %s could not be told to %s: %s", incident, interaction.user, failure)
    return None if is_acknowledged else BoltResponse(status=200, body="")


def _answer_in_ack(interaction: Interaction, sentence: str) -> dict[str, Any]:
    """Commands answer in the ack, and forms stay open with what was typed; empty for the rest."""
    if interaction.is_command:
        return {"text": sentence, "response_type": "ephemeral"}
    if interaction.is_form:
        view = with_notice(dict(interaction.view), sentence)
        return {"response_action": "update", "view": view}
    return {}


def _not_permitted(error: NotPermitted) -> str:
    """Names by mention where the message has ids; appended where it has none."""
    words = _COMMAND_WORD.sub(rf"`{COMMAND} \1`", text.safe(str(error), 1500))
    people = [text.person(user) for user in error.users[:10]]
    groups = [text.group(group) for group in error.user_groups[:10]]
    mentions = dict(zip((*error.users[:10], *error.user_groups[:10]), people + groups, strict=True))
    if not mentions:
        return words
    if not all(name in words for name in mentions):
        return f"{words} These may: {', '.join(mentions.values())}."
    pattern = "|".join(re.escape(name) for name in mentions)
    return re.sub(pattern, lambda match: mentions[match[0]], words)
