"""What a button carries: which opportunity, which revision of it, and which installation's.

Two installations on one Slack app receive each other's clicks; the instance tells them apart, and
a foreign click is refused loudly instead of being carried out on the wrong estate.
"""

import json
from dataclasses import dataclass
from typing import Any

from finops.domain.errors import InvalidInput, Refused

VERSION = 1
# A select option's value holds 150 characters: the rest of the JSON takes about 60.
MAX_INSTANCE_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Reference:
    """An opportunity as it was shown: `choice` is what a select offers on top."""

    instance: str
    opportunity_id: str
    revision: int
    choice: str = ""

    def __str__(self) -> str:
        parts = {
            "v": VERSION,
            "i": self.instance,
            "o": self.opportunity_id,
            "r": self.revision,
            "c": self.choice,
        }
        return compact({key: value for key, value in parts.items() if value != ""})


@dataclass(frozen=True, slots=True)
class ListQuery:
    """One page of a list: `status` is a word of `/finops list`, pages count from 0."""

    team: str = ""
    status: str = ""
    page: int = 0

    def value(self, instance: str) -> str:
        """The button value that leads to this page."""
        parts = {"v": VERSION, "i": instance, "t": self.team[:100], "s": self.status[:30]}
        return compact({**parts, "p": self.page})


@dataclass(frozen=True, slots=True)
class SettingsReference:
    """Which settings a button or form is about: a step of the setup, or one team."""

    instance: str
    step: str = ""
    team: str = ""

    def __str__(self) -> str:
        parts = {"v": VERSION, "i": self.instance, "s": self.step, "t": self.team}
        return compact({key: value for key, value in parts.items() if value != ""})


def checked_instance(instance: str) -> str:
    """The instance as it is, or InvalidInput when a button could not carry it."""
    if not 1 <= len(instance) <= MAX_INSTANCE_CHARACTERS or not instance.isascii():
        raise InvalidInput(
            f"The instance name {instance[:60]!r} does not fit into a Slack button; use 1 to "
            f"{MAX_INSTANCE_CHARACTERS} plain letters, digits and dashes."
        )
    return instance


def read_reference(value: str, *, instance: str) -> Reference:
    """What a button said. Raises Refused for an unreadable or a foreign one."""
    parts = _parts(value, instance)
    try:
        return Reference(instance, str(parts["o"]), int(parts["r"]), str(parts.get("c", "")))
    except (KeyError, TypeError, ValueError):
        raise _unreadable() from None


def read_list_query(value: str, *, instance: str) -> ListQuery:
    """The page a button leads to. Raises Refused for an unreadable or a foreign one."""
    parts = _parts(value, instance)
    try:
        page = min(max(int(parts.get("p", 0)), 0), 1000)
    except (TypeError, ValueError):
        raise _unreadable() from None
    return ListQuery(str(parts.get("t", "")), str(parts.get("s", "")), page)


def read_settings_reference(value: str, *, instance: str) -> SettingsReference:
    """What a button or form said. Raises Refused for an unreadable or a foreign one."""
    parts = _parts(value, instance)
    return SettingsReference(instance, str(parts.get("s", "")), str(parts.get("t", "")))


def compact(value: dict[str, Any]) -> str:
    """JSON without spaces, in ASCII: every character of a button value counts, and none is odd."""
    return json.dumps(value, separators=(",", ":"))


def _parts(value: str, instance: str) -> dict[str, Any]:
    try:
        parts = json.loads(value)
    except ValueError:
        raise _unreadable() from None
    if not isinstance(parts, dict) or parts.get("v") != VERSION:
        raise _unreadable()
    if parts.get("i") != instance:
        raise Refused(
            f"This button belongs to the installation “{str(parts.get('i'))[:40]}”, and “"
            f"{instance}” received the click: two installations share one Slack app. Nothing was "
            "changed. A platform engineer gives each its own app."
        )
    return parts


def _unreadable() -> Refused:
    return Refused("This button is from another version of finops-bot. Nothing was changed.")
