"""Short-lived permissions: trigger ids (3 s, once) and response urls (30 min, 5 uses)."""

from dataclasses import dataclass

from sandbox.slack.refusals import Refused

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5


@dataclass(slots=True)
class Trigger:
    """The right of the app to open one view for one person."""

    user_id: str
    expires_at: float
    view_id: str | None
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """The right of the app to answer where an interaction took place."""

    user_id: str
    channel_id: str
    expires_at: float
    message_ts: str | None = None
    thread_ts: str | None = None
    uses_left: int = RESPONSE_URL_USES


class Tickets:
    """All trigger ids and response urls given out so far."""

    def __init__(self) -> None:
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def add_trigger(self, key: str, trigger: Trigger) -> None:
        """Remember a trigger id."""
        self._triggers[key] = trigger

    def use_trigger(self, key: str, now: float) -> Trigger:
        """Use up a trigger; refuses an unknown, an old or a used one, as Slack does."""
        trigger = self._triggers.get(key)
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if now > trigger.expires_at:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger

    def add_response_url(self, key: str, url: ResponseUrl) -> None:
        """Remember a response url."""
        self._urls[key] = url

    def use_response_url(self, key: str, now: float) -> ResponseUrl:
        """Spend one of its five uses; refuses `expired_url` or `used_url`."""
        url = self._urls.get(key)
        if url is None or now > url.expires_at:
            raise Refused("expired_url")
        if url.uses_left <= 0:
            raise Refused("used_url")
        url.uses_left -= 1
        return url
