"""The Slack app's manifest: which scopes the app asks for."""

from dataclasses import dataclass
from pathlib import Path

import yaml

# Beside the folders in a checkout, inside the package in a wheel.
_PLACES = (Path(__file__).parent.parent / "manifest.yml", Path(__file__).parent / "manifest.yml")


@dataclass(frozen=True, slots=True)
class AppScopes:
    """The bot scopes that the app needs, and those that it can do without."""

    needed: frozenset[str]
    optional: frozenset[str]


def manifest_scopes() -> AppScopes:
    """The scopes of `manifest.yml`."""
    path = next(path for path in _PLACES if path.exists())
    scopes = yaml.safe_load(path.read_text(encoding="utf-8"))["oauth_config"]["scopes"]
    return AppScopes(frozenset(scopes["bot"]), frozenset(scopes.get("bot_optional", ())))
