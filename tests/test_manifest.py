"""The manifest against Slack's schema, and against what the code really calls and listens to.

The schema knows neither scopes nor events: `chat:wite` passes it. So both are checked here.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from slack_sdk import WebClient

from bot.manifest import render_manifest
from finops.domain.errors import InvalidInput
from handlers.events import EVENTS
from handlers.ids import COMMAND

ROOT = Path(__file__).parents[1]
# MIT, slackapi/manifest-schema c50cfa8; the umbrella file refers to the network, so this version.
SCHEMA = ROOT / "tests/slack_schema/manifest.schema.1.0.0.json"

# Any one of a tuple is enough for Slack, but each kind of conversation needs its own.
SCOPES_OF_METHOD: dict[str, tuple[str, ...]] = {
    "apps_connections_open": (),  # an app-level token's connections:write, not the bot's
    "auth_test": (),
    "chat_postEphemeral": ("chat:write",),
    "chat_postMessage": ("chat:write",),
    "chat_update": ("chat:write",),
    "conversations_history": ("channels:history", "groups:history", "im:history"),
    "conversations_open": ("im:write",),
    "conversations_replies": ("channels:history", "groups:history", "im:history"),
    "files_completeUploadExternal": ("files:write",),
    "files_getUploadURLExternal": ("files:write",),
    "files_info": ("files:read",),
    "usergroups_list": ("usergroups:read",),
    "usergroups_users_list": ("usergroups:read",),
    "users_info": ("users:read",),
    "views_open": (),
    "views_publish": (),
    "views_push": (),
    "views_update": (),
}
# Scopes that no Web API method of ours stands behind.
SCOPES_WITHOUT_METHOD = {
    "commands": "slash commands",
    "chat:write.public": "posting to public channels without being a member",
}
SCOPES_OF_SLACK = frozenset(
    {
        "channels:history",
        "channels:read",
        "chat:write",
        "chat:write.public",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "im:history",
        "im:write",
        "usergroups:read",
        "users:read",
    }
)
EVENTS_OF_SLACK = frozenset({"app_home_opened", "app_uninstalled", "subteam_members_changed"})


@pytest.fixture
def manifest() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def test_the_manifest_follows_slacks_schema(manifest: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    jsonschema.validate(manifest, schema)


def test_every_scope_exists(manifest: dict[str, Any]) -> None:
    assert asked_for(manifest) <= SCOPES_OF_SLACK


def test_every_method_the_code_calls_has_its_scopes(manifest: dict[str, Any]) -> None:
    called = methods_called()

    assert called <= SCOPES_OF_METHOD.keys(), "name the scopes of a new method here"
    needed = {scope for method in called for scope in SCOPES_OF_METHOD[method]}
    assert needed <= asked_for(manifest)


def test_no_scope_is_asked_for_without_a_use(manifest: dict[str, Any]) -> None:
    used = {scope for method in methods_called() for scope in SCOPES_OF_METHOD[method]}

    assert asked_for(manifest) <= used | SCOPES_WITHOUT_METHOD.keys()


def test_the_commands_are_those_of_the_code(manifest: dict[str, Any]) -> None:
    commands = manifest["features"]["slash_commands"]

    assert [command["command"] for command in commands] == [COMMAND]
    assert all(command["should_escape"] for command in commands)


def test_the_events_are_those_of_the_code(manifest: dict[str, Any]) -> None:
    events = manifest["settings"]["event_subscriptions"]["bot_events"]

    assert set(events) == set(EVENTS)
    assert set(events) <= EVENTS_OF_SLACK


def test_socket_mode_needs_no_address(manifest: dict[str, Any]) -> None:
    assert manifest["settings"]["socket_mode_enabled"]
    assert manifest["settings"]["interactivity"] == {"is_enabled": True}
    assert "url" not in manifest["features"]["slash_commands"][0]


def test_http_mode_is_the_same_manifest_with_three_addresses(manifest: dict[str, Any]) -> None:
    loaded = yaml.safe_load(render_manifest(url="https://bot.acme.example:8443/"))
    address = "https://bot.acme.example:8443/slack/events"

    jsonschema.validate(loaded, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert loaded["settings"]["interactivity"].pop("request_url") == address
    assert loaded["settings"]["event_subscriptions"].pop("request_url") == address
    assert [each.pop("url") for each in loaded["features"]["slash_commands"]] == [address]
    assert loaded["settings"].pop("socket_mode_enabled") is False
    assert manifest["settings"].pop("socket_mode_enabled") is True
    assert loaded == manifest


def test_socket_mode_is_the_file_as_it_stands() -> None:
    assert render_manifest() == (ROOT / "manifest.yml").read_text(encoding="utf-8")


def test_another_environment_has_an_app_of_its_own() -> None:
    loaded = yaml.safe_load(render_manifest(name='finops-bot: "staging" # 2'))

    jsonschema.validate(loaded, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert loaded["display_information"]["name"] == 'finops-bot: "staging" # 2'
    assert loaded["features"]["bot_user"]["display_name"] == 'finops-bot: "staging" # 2'


@pytest.mark.parametrize(
    "url",
    ["http://x.example", "x.example", "https://", "https://u:p@x.example", "https://x.example/a?b"],
)
def test_an_address_that_slack_would_not_take_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="no address that Slack can reach"):
        render_manifest(url=url)


@pytest.mark.parametrize("name", [" ", "x" * 36])
def test_a_name_that_slack_would_not_take_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="1 to 35 characters"):
        render_manifest(name=name)


def asked_for(manifest: dict[str, Any]) -> set[str]:
    scopes = manifest["oauth_config"]["scopes"]
    return set(scopes["bot"]) | set(scopes.get("bot_optional", ()))


def methods_called() -> set[str]:
    """Every method of WebClient that is named in the code, called or passed on."""
    return {
        node.attr
        for folder in ("handlers", "bot")
        for tree in trees(ROOT / folder)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and is_web_api_method(node.attr)
    }


def trees(folder: Path) -> Iterator[ast.Module]:
    for path in sorted(folder.rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"))


def is_web_api_method(name: str) -> bool:
    return "_" in name and not name.startswith("_") and callable(getattr(WebClient, name, None))
