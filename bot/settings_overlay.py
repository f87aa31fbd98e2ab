"""The configuration file laid over what was set in Slack: which of them says a setting. Pure."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.configuration import Configuration
from finops.domain.errors import InvalidFields
from finops.guardrail_policies.settings import overlaid
from handlers.settings_desk import Path

_TEAM_RULES = ("guardrails", "teams")
# Whose keys mean nothing without each other: the file says all of it or nothing.
WHOLE = frozenset({"currency"})


def named_by(file: Configuration) -> dict[str, Any]:
    """What the file says, in its own shape; nothing of the defaults."""
    return file.model_dump(mode="json", exclude_unset=True)


def is_named(named: Mapping[str, Any], path: Path) -> bool:
    """Whether the file names this setting, or anything in it.

    A guardrail that it names for everybody counts for each team as well: a limit that somebody has
    reviewed cannot be loosened by a click.
    """
    if path[:2] == _TEAM_RULES and len(path) > 3 and _stands_in(named, (path[0], *path[3:])):
        return True
    return _stands_in(named, path[:1] if path[0] in WHOLE else path)


def checked_overlay(kept: Mapping[str, Any], named: Mapping[str, Any]) -> Configuration:
    """What the file names over what was set in Slack.

    Raises InvalidFields where both do not fit, each problem by its place: `guardrails.max_risk`.
    """
    try:
        return Configuration.model_validate(overlaid(_not_overruled(kept, named), named))
    except ValidationError as error:
        raise InvalidFields(dict(map(_problem, error.errors()))) from error


def with_setting(kept: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """A copy in which the setting at `path` is `value`; None removes it."""
    first, *rest = path
    copy = dict(kept)
    if rest:
        inner = copy.get(first)
        copy[first] = with_setting(inner if isinstance(inner, Mapping) else {}, tuple(rest), value)
    elif value is None:
        copy.pop(first, None)
    else:
        copy[first] = value
    return copy


def _problem(found: ErrorDetails) -> tuple[str, str]:
    """The place, and the sentence that names it."""
    place = ".".join(map(str, found["loc"])) or "the settings"
    return place, f"{place}: {found['msg'].removeprefix('Value error, ')}."


def _stands_in(named: Mapping[str, Any], path: Path) -> bool:
    place: Any = named
    for name in path:
        if not isinstance(place, Mapping) or name not in place:
            return False
        place = place[name]
    return True


def _not_overruled(kept: Mapping[str, Any], named: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without what the file says as a whole, and a team's own rules that it names for everybody."""
    kept = {name: kept[name] for name in kept if not (name in WHOLE and name in named)}
    of_teams = kept.get("guardrails", {}).get("teams")
    if not of_teams:
        return kept
    left = {team: _without(rules, named.get("guardrails", {})) for team, rules in of_teams.items()}
    return {**kept, "guardrails": {**kept["guardrails"], "teams": left}}


def _without(rules: Mapping[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """The rules that are not among the named ones, at every depth."""
    both = {
        key: _without(value, named[key])
        for key, value in rules.items()
        if isinstance(value, Mapping) and isinstance(named.get(key), Mapping)
    }
    return {key: value for key, value in rules.items() if key not in named} | both
