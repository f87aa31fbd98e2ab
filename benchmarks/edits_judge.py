"""Judges an edit of YAML with a reader that the editor does not use: ruamel.yaml, YAML 1.2.

The loaded documents before and after may differ in the intended quantities alone. The bytes are
judged apart: in a changed line only characters of the quantity may differ, an added line may hold
nothing but a key of `resources`, and no line may vanish.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

_QUANTITY = re.compile(r"^([0-9.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$")
_UNITS = {"n": "1e-9", "u": "1e-6", "m": "1e-3", "": "1", "k": "1e3", "M": "1e6", "G": "1e9"} | {
    "T": "1e12",
    "P": "1e15",
}
_BINARY = {f"{letter}i": 1024**power for power, letter in enumerate("KMGTP", start=1)}
_ADDED_LINE = re.compile(
    rb"^\s*[\"']?(resources|requests|limits|cpu|memory)[\"']?\s*:"
    rb"(\s*[\"']?[0-9][0-9.a-zA-Z]*[\"']?)?\s*$"
)
_ADDED_INLINE = re.compile(rb"^[\s,{}\"':0-9.a-zA-Z]*$")

Path = tuple[str | int, ...]


class Unreadable(Exception):
    """The reader cannot read the file, so nothing in it can be judged."""


def load_all(source: bytes) -> list[Any]:
    """All documents. Raises Unreadable for whatever the reader does not take."""
    reader = YAML(typ="safe", pure=True)
    reader.allow_duplicate_keys = True
    try:
        return list(reader.load_all(source.decode("utf-8-sig")))
    except (YAMLError, UnicodeDecodeError, ValueError, TypeError, RecursionError) as error:
        raise Unreadable(str(error).splitlines()[0] if str(error) else "not readable") from error
    except Exception as error:
        raise Unreadable(type(error).__name__) from error


def quantity(value: Any) -> Decimal | None:
    """A Kubernetes quantity as a number, or None."""
    match = _QUANTITY.match(str(value).strip())
    if match is None or isinstance(value, bool):
        return None
    number, unit = match.groups()
    if unit in _BINARY:
        return Decimal(number) * _BINARY[unit]
    return Decimal(number) * Decimal(_UNITS[unit]) if unit in _UNITS else None


def is_exact(before: list[Any], after: list[Any], wanted: Mapping[Path, Decimal]) -> bool:
    """Whether the documents differ in the wanted places alone, and there as wanted."""
    found: dict[Path, Any] = dict(_differences(before, after, ()))
    for path, value in wanted.items():
        if quantity(_at(after, path)) != value:
            return False
    allowed = {path[:size] for path in wanted for size in range(1, len(path) + 1)}
    return all(_is_wanted(path, pair, wanted, allowed) for path, pair in found.items())


def unintended_bytes(before: bytes, after: bytes) -> int:
    """Bytes that differ where nothing but a quantity or a key of `resources` may."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    count = 0
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag != "equal":
            count += _run(old[first:last], new[start:end])
    return count


def _run(old: list[bytes], new: list[bytes]) -> int:
    """One run of differing lines: pairs are compared, what is left over is added or vanished."""
    count, position = 0, 0
    for line in new:
        if position < len(old) and (odd := _line(old[position], line)) is not None:
            count += odd
            position += 1
        elif not _ADDED_LINE.match(line.rstrip(b"\r\n")):
            count += len(line)
    return count + sum(len(line) for line in old[position:])


def _line(old: bytes, new: bytes) -> int | None:
    """Odd bytes in a changed line, or None when the two have nothing to do with each other.

    What stays at both ends must begin with the line's key.
    """
    if not old.endswith(b"\n"):
        new = new.rstrip(b"\r\n")  # a last line without an end gets one when a line follows
    if old == new or (old.strip() == b"{}" and _ADDED_INLINE.match(new)):
        return 0  # unchanged, or an empty mapping on a line of its own that was filled
    head = _common(old, new)
    key = old.partition(b":")[0]
    if head <= len(key) or b":" not in old:
        return None
    tail = _common(old[head:][::-1], new[head:][::-1])
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    return sum(0 if _ADDED_INLINE.match(each) else len(each) for each in middle)


def _common(one: bytes, other: bytes) -> int:
    """How many bytes two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def _differences(before: Any, after: Any, path: Path) -> Iterator[tuple[Path, tuple[Any, Any]]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            yield from _differences(before.get(key), after.get(key), (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differences(one, other, (*path, index))
    elif type(before) is not type(after) or before != after:
        yield path, (before, after)


def _is_wanted(
    path: Path, pair: tuple[Any, Any], wanted: Mapping[Path, Decimal], allowed: set[Path]
) -> bool:
    """A wanted leaf, or a new mapping on the way to wanted leaves that holds nothing else."""
    if path in wanted:
        return True
    before, after = pair
    if path not in allowed or before not in (None, {}, ""):
        return False
    return all(leaf in wanted for leaf in _leaves(after, path))


def _leaves(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves(each, (*path, key))
    else:
        yield path


def _at(value: Any, path: Path) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value
