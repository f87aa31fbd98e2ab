"""What Slack's error words mean for a delivery: try again later, or never."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

from finops.domain.errors import OutsideWorldFailed, TryAgainLater, WillNeverWork

CHANNEL_IS_LOST = frozenset({"not_in_channel", "channel_not_found", "is_archived"})
MESSAGE_IS_LOST = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"}
)
# Not ours: their side is busy, or says so in one of its many ways.
_PASSING = frozenset(
    {
        "fatal_error",
        "internal_error",
        "request_timeout",
        "ratelimited",
        "rate_limited",
        "service_unavailable",
        "team_added_to_org",
    }
)
_TOKEN_IS_DEAD = frozenset(
    {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}
)
MENDABLE = _TOKEN_IS_DEAD | {"missing_scope"}


class SlackSaidNo(WillNeverWork):
    """Slack's own refusal; `error` is its word."""

    def __init__(self, message: str, *, error: str) -> None:
        super().__init__(message)
        self.error = error


class RateLimited(TryAgainLater):
    """Slack answered with 429."""


class ChannelLost(SlackSaidNo):
    """The bot is not, or no longer, in this channel; `/invite` mends it."""

    def __init__(self, message: str, *, error: str, channel: str) -> None:
        super().__init__(message, error=error)
        self.channel = channel


def failure_of(failed: SlackApiError, *, method: str, channel: str) -> OutsideWorldFailed:
    """The error of this program for an error of the SDK."""
    response = failed.response
    answer: Mapping[str, Any] = response.data if isinstance(response.data, dict) else {}
    error = str(answer.get("error", ""))
    if response.status_code == 429:
        return RateLimited(f"Slack limits {method}.", after_seconds=_retry_after(response.headers))
    if response.status_code >= 500 or error in _PASSING:
        return TryAgainLater(f"Slack answered {method} with {response.status_code} {error[:80]}.")
    if error in CHANNEL_IS_LOST:
        return ChannelLost(
            f"Slack refused {method} in {channel}: {error}.", error=error, channel=channel
        )
    return SlackSaidNo(_sentence(method, error, answer), error=error)


def _sentence(method: str, error: str, answer: Mapping[str, Any]) -> str:
    if error == "missing_scope":
        needed = str(answer.get("needed", "another scope"))
        return (
            f"Slack refused {method}: the app needs the scope {needed}. Add it under OAuth & "
            "Permissions and install the app again."
        )
    if error in _TOKEN_IS_DEAD:
        return f"Slack refused the bot token ({error}): set a valid SLACK_BOT_TOKEN and restart."
    details = (answer.get("response_metadata") or {}).get("messages") or []
    return f"Slack refused {method}: {error} {'; '.join(map(str, details))[:500]}".strip()


def _retry_after(headers: Mapping[str, Any]) -> float:
    """Seconds, as a proxy or Slack spelt the header; 30 when nobody says."""
    lowered = {str(name).lower(): value for name, value in headers.items()}
    try:
        return max(1.0, float(lowered["retry-after"]))
    except (KeyError, TypeError, ValueError):
        return 30.0
