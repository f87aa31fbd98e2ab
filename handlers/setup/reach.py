"""Whether the bot can post to a channel that somebody chose, before it is saved."""

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from handlers.slack_client import quick_client, word_of

# Two channels are asked about before a form's answer is due.
TIMEOUT_SECONDS = 1


def why_unreachable(client: WebClient, channel: str) -> str:
    """What to do so that the bot can post there, or nothing: also where Slack cannot be asked.

    Asked without posting; `channel_checks` says how. What is not known here, the test finds out.
    """
    quick = quick_client(client, timeout_seconds=TIMEOUT_SECONDS)
    try:
        answer = quick.conversations_history(channel=channel, limit=1)
    except SlackApiError as error:
        word = word_of(error)
        granted = str(error.response.headers.get("X-OAuth-Scopes", ""))
        if word == "not_in_channel" and "chat:write.public" not in granted:
            return "I am not in this channel. Write /invite @finops-bot there, then press Save."
        if word == "channel_not_found":
            return (
                "I see no such channel: it is private and I am not in it. Write "
                "/invite @finops-bot there, then press Save."
            )
        if word == "is_archived":
            return "This channel is archived. Choose another one."
        return ""
    except (SlackClientError, OSError):
        return ""
    return "" if answer.get("ok") else "Slack does not let me read this channel."
