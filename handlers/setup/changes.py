"""From what was changed in a form to settings in the shape of the file, or what is wrong with it.

Pure. Problems are by block_id, all at once, each a sentence that says how to mend it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from finops.domain.errors import InvalidInput
from finops.domain.people import UNKNOWN_TEAM, Directory
from finops.domain.sending import is_time_zone, read_quiet_hours
from handlers.blocks.setup.approvals import AUTO, FOUR_EYES, MERGE, REQUIRED
from handlers.blocks.setup.channels import CHANNELS
from handlers.blocks.setup.limits import LIMITS
from handlers.blocks.setup.parts import YES, setting_block
from handlers.blocks.setup.teams import NAME
from handlers.blocks.setup.times import QUIET, ZONE
from handlers.form_values import Value, changed, entered, listed
from handlers.settings_desk import Change
from handlers.setup.standing import CHANNEL_PATHS, TIME_PATHS

Problems = dict[str, str]
_PREFIX = setting_block("")
_LISTS = ("namespaces", "aliases")
# How people write that nobody owns something: no team can be called so.
_RESERVED = frozenset({UNKNOWN_TEAM, "nobody", "none", "all", "everything"})


def settings_in(values: Mapping[str, Value]) -> dict[str, Value]:
    """By the setting's name instead of its block_id."""
    return {
        block.removeprefix(_PREFIX): value
        for block, value in values.items()
        if block.startswith(_PREFIX)
    }


def at_inputs(view: Mapping[str, Any], problems: Mapping[str, str]) -> Problems:
    """Problems by the place of a setting, `guardrails.max_risk`, as those of the inputs of it."""
    names = settings_in(entered(view))
    return {
        setting_block(name): problem
        for place, problem in problems.items()
        for name in names
        if f".{place}".endswith(f".{name}")
    }


def channel_changes(view: Mapping[str, Any]) -> list[Change]:
    """What was changed in the channels' form; whether a digest comes is no channel."""
    return [
        (CHANNEL_PATHS[name], (value or None) if name in CHANNELS else value == YES)
        for name, value in settings_in(changed(view)).items()
    ]


def time_changes(view: Mapping[str, Any]) -> list[Change]:
    """What was changed about when digests and plans come, and when nobody is written to."""
    return [
        (TIME_PATHS[name], _time_setting(name, str(value)))
        for name, value in settings_in(changed(view)).items()
    ]


def time_problems(view: Mapping[str, Any]) -> Problems:
    """A time zone that does not exist, and hours that are none."""
    values = settings_in(changed(view))
    problems = zone_problems(str(values.get(ZONE) or ""), ZONE)
    try:
        read_quiet_hours(str(values.get(QUIET, "")))
    except InvalidInput as error:
        problems[setting_block(QUIET)] = str(error)
    return problems


def zone_problems(zone: str, name: str) -> Problems:
    """At the input of that name, that there is no such time zone."""
    if not zone or is_time_zone(zone):
        return {}
    return {
        setting_block(name): f"There is no time zone {zone[:40]}. Write one such as Europe/Berlin, "
        "America/New_York or UTC."
    }


def _time_setting(name: str, value: str) -> int | str:
    if name == QUIET:
        return read_quiet_hours(value)  # empty is a setting too: no hour is quiet
    return value if name == ZONE else int(value)


def approval_changes(view: Mapping[str, Any]) -> list[Change]:
    """What was changed about who must agree and who merges."""
    return [
        (("guardrails", *name.split(".")), _approval_setting(name, str(value)))
        for name, value in settings_in(changed(view)).items()
    ]


def _approval_setting(name: str, value: str) -> int | bool | str | None:
    if name in (AUTO, MERGE, FOUR_EYES):
        return value == YES
    return int(value) if name == REQUIRED else value or None


def people_changes(view: Mapping[str, Any]) -> list[Change]:
    """What was changed about platform engineers and approvers for everybody."""
    return [
        (tuple(name.split(".")), value or None)
        for name, value in settings_in(changed(view)).items()
    ]


def people_problems(view: Mapping[str, Any], directory: Directory) -> Problems:
    """The last platform engineer cannot be taken away: nobody could set anything any more."""
    values = settings_in(changed(view))
    platform = directory.platform
    users = values.get("platform.users", list(platform.users))
    groups = values.get("platform.user_groups", list(platform.user_groups))
    if users or groups:
        return {}
    return {
        setting_block("platform.users"): "Name at least one person: somebody has to be able to "
        "change these settings."
    }


def limit_changes(view: Mapping[str, Any]) -> dict[str, str]:
    """The limits that were changed, as typed; an emptied one is not."""
    known = {one.name for limits in LIMITS.values() for one in limits}
    values = settings_in(changed(view))
    return {name: str(value) for name, value in values.items() if name in known and value}


def team_name(view: Mapping[str, Any]) -> str:
    """What a new team shall be called."""
    return " ".join(str(settings_in(entered(view)).get(NAME, "")).split())


def team_changes(view: Mapping[str, Any], name: str, *, is_new: bool) -> list[Change]:
    """What was changed of a team; a new one is there even with nothing but its name."""
    values = settings_in(changed(view))
    values.pop(NAME, None)
    changes: list[Change] = [(("teams", name), {})] if is_new else []
    for field, value in values.items():
        kept = listed(value) if field in _LISTS else value
        changes.append((("teams", name, *field.split(".")), kept or None))
    return changes


def team_problems(
    view: Mapping[str, Any], name: str, directory: Directory, *, is_new: bool
) -> Problems:
    """Names and namespaces that another team has, and names that no team can have."""
    values = settings_in(entered(view))
    problems = _name_problem(name, directory) if is_new else {}
    others = [team for team in directory.teams if team.name != name]
    spelt = [(word, t.name) for t in others for word in (t.name, *t.aliases)]
    owned = [(word, t.name) for t in others for word in t.namespaces]
    for field, taken in (("aliases", spelt), ("namespaces", owned)):
        problem = _taken(listed(values.get(field, "")), taken)
        problems |= {setting_block(field): problem} if problem else {}
    return problems


def _name_problem(name: str, directory: Directory) -> Problems:
    block = setting_block(NAME)
    if not name:
        return {block: "Write the team's name, as labels of your estate write it."}
    if name.casefold() in _RESERVED:
        return {block: f"“{name}” means that nobody owns it; choose another name."}
    spelt = [(word, team.name) for team in directory.teams for word in (team.name, *team.aliases)]
    problem = _taken([name], spelt)
    return {block: problem} if problem else {}


def _taken(words: Sequence[str], taken: Sequence[tuple[str, str]]) -> str:
    """The first of these words that is another team's, as a sentence."""
    owners = {word.strip().casefold(): team for word, team in taken}
    for word in words:
        if (team := owners.get(word.casefold())) is not None:
            return f"“{word[:60]}” is team {team[:60]}'s already. Take it away there first."
    return ""
