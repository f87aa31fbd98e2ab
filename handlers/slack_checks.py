"""What `finops doctor` asks of Slack: tokens, scopes, clock, channels and user groups.

Nothing is posted, opened or joined: `auth.test`, `apps.connections.open` (an address that nobody
connects to), one message of each channel's history, and the members of user groups.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from finops.domain.checks import Area, Check, Outcome
from finops.domain.clock_skew import clock_check, date_of_header
from finops.domain.people import Directory
from handlers.channel_checks import channel_checks
from handlers.group_checks import group_checks
from handlers.scope_checks import scope_checks
from handlers.slack_client import quick_client, word_of

TIMEOUT_SECONDS = 8
_AREA = Area("Slack")
_APP = "api.slack.com/apps > your app"
_INSTALL = f"{_APP} > Install App"
_RENEW = f"Copy the xoxb- token anew from {_INSTALL}, and set SLACK_BOT_TOKEN to it."
_APP_TOKEN = (
    f"At {_APP} > Basic Information > App-Level Tokens, make a token with connections:write, and "
    "set SLACK_APP_TOKEN to it (xapp-…)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackChecks:
    """Everything the bot needs of one workspace (Checked).

    `client` has the bot token; `group_members` stands in for user groups on plans without them.
    """

    client: WebClient
    needed_scopes: frozenset[str]
    optional_scopes: frozenset[str]
    directory: Directory
    app_token: str = field(default="", repr=False)
    has_signing_secret: bool = False
    group_members: Mapping[str, Sequence[str]] = field(default_factory=dict)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def check(self) -> Sequence[Check]:
        """Token first: without it nothing else can be asked, only the way in."""
        return tuple(self._checks())

    def _checks(self) -> Iterator[Check]:
        client = quick_client(self.client, timeout_seconds=TIMEOUT_SECONDS)
        token, headers = _bot_token(client)
        yield token
        yield self._way_in(client)
        if token.outcome is Outcome.OK:
            yield from self._with_token(client, headers)

    def _with_token(self, client: WebClient, headers: Mapping[str, str]) -> Iterator[Check]:
        moment = date_of_header(headers.get("date", ""))
        if moment is not None:
            yield clock_check(_AREA, whose="Slack", theirs=moment, ours=self.now())
        granted = frozenset(s.strip() for s in headers.get("x-oauth-scopes", "").split(",") if s)
        yield from scope_checks(
            _AREA, granted, needed=self.needed_scopes, optional=self.optional_scopes
        )
        yield from channel_checks(_AREA, client, self.directory, granted=granted)
        yield from group_checks(_AREA, client, self.directory, fallback=self.group_members)

    def _way_in(self, client: WebClient) -> Check:
        """How clicks reach the bot: Socket Mode when there is an app token, else HTTP."""
        if not self.app_token:
            if self.has_signing_secret:
                return _AREA.ok("way in", "HTTP, signed with SLACK_SIGNING_SECRET")
            detail = "neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set"
            return _AREA.failed("way in", detail, fix=f"{_APP_TOKEN} Or use HTTP: manifest.yml.")
        wrong = _wrong_prefix("SLACK_APP_TOKEN", self.app_token, "xapp-", fix=_APP_TOKEN)
        if wrong:
            return wrong
        try:
            client.apps_connections_open(app_token=self.app_token)
        except SlackApiError as error:
            return _AREA.failed(
                "way in", f"Socket Mode: Slack says {word_of(error)}", fix=_APP_TOKEN
            )
        except (SlackClientError, OSError) as error:
            return _AREA.failed(
                "way in", f"Socket Mode: {error}", fix="Check the network to Slack."
            )
        return _AREA.ok("way in", "Socket Mode may connect")


def _bot_token(client: WebClient) -> tuple[Check, dict[str, str]]:
    """Whether the token opens a workspace, and the headers of Slack's answer."""
    wrong = _wrong_prefix("SLACK_BOT_TOKEN", client.token or "", "xoxb-", fix=_RENEW)
    if wrong:
        return wrong, {}
    try:
        answer = client.auth_test()
    except (SlackApiError, SlackClientError, OSError) as error:
        return _token_refused(error), {}
    who = f"{answer.get('user')} in workspace {answer.get('team')}"
    return _AREA.ok("bot token", who), _headers(answer)


def _wrong_prefix(name: str, token: str, prefix: str, *, fix: str) -> Check | None:
    subject = "bot token" if prefix == "xoxb-" else "way in"
    if not token:
        return _AREA.failed(subject, f"{name} is not set", fix=fix)
    if not token.startswith(prefix):
        kind = token.split("-")[0] if "-" in token[:6] else "something else"
        return _AREA.failed(subject, f"{name} is no {prefix} token but {kind}", fix=fix)
    return None


def _token_refused(error: Exception) -> Check:
    if not isinstance(error, SlackApiError):
        detail = f"Slack cannot be reached: {error}"
        return _AREA.failed(
            "bot token", detail, fix="Open the way to slack.com:443, or set a proxy."
        )
    word = word_of(error)
    if word == "ratelimited":
        return _AREA.skipped("bot token", "Slack limits requests", fix="Try again in a minute.")
    fix = f"Install the app to the workspace again at {_INSTALL}. {_RENEW}"
    return _AREA.failed("bot token", f"Slack says {word}", fix=fix)


def _headers(answer: SlackResponse) -> dict[str, str]:
    """Header names come as the server wrote them; HTTP does not mind case."""
    return {str(name).lower(): str(value) for name, value in answer.headers.items()}
