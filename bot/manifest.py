"""The Slack app's manifest: its scopes, and the file for Socket Mode or for HTTP.

`manifest.yml` is the one template. It is Socket Mode as it stands; its commented addresses and one
switch make HTTP of it, so that neither can have what the other lacks.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from finops.domain.errors import InvalidInput

# Beside the folders in a checkout, inside the package in a wheel.
_PLACES = (Path(__file__).parent.parent / "manifest.yml", Path(__file__).parent / "manifest.yml")


EVENTS_PATH = "/slack/events"
_ADDRESS = re.compile(r"^(\s*)# ((?:request_)?url: )https://\S+$", re.MULTILINE)
_MOST_NAME_CHARACTERS = 35


@dataclass(frozen=True, slots=True)
class AppScopes:
    """The bot scopes that the app needs, and those that it can do without."""

    needed: frozenset[str]
    optional: frozenset[str]

    @property
    def usual(self) -> frozenset[str]:
        """What most workspaces grant: all but posting where nobody invited the bot."""
        return (self.needed | self.optional) - {"chat:write.public"}


def manifest_scopes() -> AppScopes:
    """The scopes of `manifest.yml`."""
    scopes = yaml.safe_load(_template())["oauth_config"]["scopes"]
    return AppScopes(frozenset(scopes["bot"]), frozenset(scopes.get("bot_optional", ())))


def render_manifest(*, url: str = "", name: str = "") -> str:
    """The manifest to paste into Slack: for Socket Mode, or with `url` for HTTP.

    `url` is where the bot is reached, `https://finops.example.com`; `name` tells the app of another
    environment apart. Raises InvalidInput for an address that Slack would not take.
    """
    text = _template()
    if url:
        address = f"{_checked_url(url)}{EVENTS_PATH}"
        text = _ADDRESS.sub(lambda line: f"{line[1]}{line[2]}{address}", text)
        text = text.replace("socket_mode_enabled: true", "socket_mode_enabled: false")
    if name:
        shown = json.dumps(_checked_name(name), ensure_ascii=False)
        text = re.sub(r"(?m)^  name: .*$", lambda _: f"  name: {shown}", text)
        text = re.sub(r"(?m)^    display_name: .*$", lambda _: f"    display_name: {shown}", text)
    return text


def _template() -> str:
    return next(path for path in _PLACES if path.exists()).read_text(encoding="utf-8")


def _checked_url(url: str) -> str:
    parts = urlsplit(url.strip())
    is_base = parts.path.rstrip("/") in ("", EVENTS_PATH) and not parts.query and not parts.fragment
    if parts.scheme != "https" or not parts.hostname or parts.username or not is_base:
        raise InvalidInput(
            f"{url!r} is no address that Slack can reach; write https:// and the bot's host, such "
            "as https://finops.example.com."
        )
    return f"https://{parts.netloc}"


def _checked_name(name: str) -> str:
    words = " ".join(name.split())
    if not 1 <= len(words) <= _MOST_NAME_CHARACTERS:
        raise InvalidInput(f"An app's name has 1 to {_MOST_NAME_CHARACTERS} characters: {name!r}.")
    return words
