"""A small language to say what JSON may look like: each check yields the problems it finds."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

Json = object
"""Anything that came out of `json.loads`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something Slack would refuse: where (a JSON pointer) and why (a sentence)."""

    pointer: str
    message: str


Check = Callable[[Json, str], Iterator[Problem]]


def string(longest: int, *, shortest: int = 1, pattern: str = "") -> Check:
    """A string of `shortest` to `longest` characters, fully matching `pattern` if given."""

    def check(value: Json, at: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(at, "must be a string")
        elif len(value) > longest:
            yield Problem(at, f"must be less than {longest + 1} characters, has {len(value)}")
        elif len(value) < shortest:
            yield Problem(at, f"must be more than {shortest - 1} characters")
        elif pattern and not re.fullmatch(pattern, value):
            yield Problem(at, f"must match {pattern}")

    return check


def boolean(value: Json, at: str) -> Iterator[Problem]:
    """True or false."""
    if not isinstance(value, bool):
        yield Problem(at, "must be a boolean")


def number(lowest: float | None = None, highest: float | None = None) -> Check:
    """A number in a closed range."""

    def check(value: Json, at: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield Problem(at, "must be a number")
        elif (lowest is not None and value < lowest) or (highest is not None and value > highest):
            yield Problem(at, f"must be between {lowest} and {highest}")

    return check


def one_of(*allowed: str | int) -> Check:
    """One of a closed set of values."""

    def check(value: Json, at: str) -> Iterator[Problem]:
        if value not in allowed:
            yield Problem(at, f"must be one of {', '.join(map(str, allowed))}")

    return check


def list_of(item: Check, lowest: int, highest: int) -> Check:
    """A list of `lowest` to `highest` items, each passing `item`."""

    def check(value: Json, at: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(at, "must be an array")
            return
        if len(value) > highest:
            yield Problem(at, f"no more than {highest} items allowed, has {len(value)}")
        if len(value) < lowest:
            yield Problem(at, f"no fewer than {lowest} items allowed, has {len(value)}")
        for index, entry in enumerate(value):
            yield from item(entry, f"{at}/{index}")

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these properties and no others; `null` counts as absent."""
    known = {**required, **(optional or {})}

    def check(value: Json, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(at, "must be an object")
            return
        for name in required:
            if value.get(name) is None:
                yield Problem(at, f"missing required field: {name}")
        for name, entry in value.items():
            if name not in known:
                yield Problem(f"{at}/{name}", "unknown property")
            elif entry is not None:
                yield from known[name](entry, f"{at}/{name}")

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which of these checks holds for it."""

    def check(value: Json, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(at, "must be an object")
            return
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in kinds:
            names = ", ".join(sorted(kinds))
            yield Problem(f"{at}/type", f"unsupported type: {kind}; expected one of {names}")
            return
        yield from kinds[kind](value, at)

    return check


def every(*checks: Check) -> Check:
    """All of these checks."""

    def check(value: Json, at: str) -> Iterator[Problem]:
        for one in checks:
            yield from one(value, at)

    return check


def exactly_one(*names: str) -> Check:
    """An object with exactly one of these properties."""

    def check(value: Json, at: str) -> Iterator[Problem]:
        if isinstance(value, dict):
            given = [name for name in names if value.get(name) is not None]
            if len(given) != 1:
                yield Problem(at, f"exactly one of {', '.join(names)} must be given")

    return check


def at_least_one(*names: str) -> Check:
    """An object with at least one of these properties."""

    def check(value: Json, at: str) -> Iterator[Problem]:
        if isinstance(value, dict) and not any(value.get(name) for name in names):
            yield Problem(at, f"one of {', '.join(names)} must be given")

    return check
