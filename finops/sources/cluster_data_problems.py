"""Everything that is wrong with one file, by place, and the words in which it is said."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from finops.domain.errors import InvalidInput

MAX_PROBLEMS = 20

Reader = Callable[[Any], Any]


@dataclass(slots=True)
class Problems:
    """Everything that is wrong with one file, by place; the first 20 are told."""

    found: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, place: str, phrase: str) -> None:
        """Note one problem. A place is made of keys, which may be hostile: they are made plain."""
        self.count += 1
        if len(self.found) < MAX_PROBLEMS:
            self.found.append(f"{plain(place, 200)}: {phrase.rstrip('.')}")

    def raise_if_any(self, source: str) -> None:
        """Raise InvalidInput with one line a problem."""
        if not self.count:
            return
        more = [f"… and {self.count - MAX_PROBLEMS} more"] if self.count > MAX_PROBLEMS else []
        lines = "\n".join(f"- {line}" for line in self.found + more)
        raise InvalidInput(f"{source} was not read; nothing of it is used.\n{lines}")


@dataclass(frozen=True, slots=True)
class Field:
    """How one key is read, and whether it must be there."""

    read: Reader
    is_required: bool = False


def read_record(
    raw: object, fields: Mapping[str, Field], place: str, problems: Problems
) -> dict[str, Any] | None:
    """The known keys of a mapping, read; None (with problems noted) when anything is wrong."""
    if not isinstance(raw, Mapping):
        problems.add(place, f"{shown(raw)} is not a mapping")
        return None
    before = problems.count
    for key in raw:
        if key not in fields:
            problems.add(place, _unknown_key(key, fields))
    read = {}
    for name, one in fields.items():
        if name not in raw:
            if one.is_required:
                problems.add(f"{place}.{name}", "is missing")
            continue
        try:
            read[name] = one.read(raw[name])
        except InvalidInput as error:
            problems.add(f"{place}.{name}", str(error))
    return read if problems.count == before else None


def plain(text: str, longest: int = 60) -> str:
    """Text as a sentence may hold it: printable characters, and `…` for what is too long."""
    printable = "".join(c if c.isprintable() else "\ufffd" for c in text[: longest + 1])
    return printable if len(printable) <= longest else f"{printable[:longest]}…"


def shown(value: object) -> str:
    """A value as a message may repeat it: short, printable, and never a whole structure."""
    if isinstance(value, str):
        return repr(value[:40])
    if isinstance(value, bool | float) or value is None:
        return repr(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() < 64 else "a huge number"
    return f"a {type(value).__name__}"


def _unknown_key(key: object, fields: Mapping[str, Field]) -> str:
    near = difflib.get_close_matches(str(key)[:60], fields, n=1) if isinstance(key, str) else []
    hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(fields))}"
    return f"the key {shown(key)} is not known{hint}"
