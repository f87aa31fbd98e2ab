"""Byte splices: the smallest description of an edit, so that every other byte stays as it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

UTF8_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Splice:
    """Replace the bytes `start:end` of a source with `text`."""

    start: int
    end: int
    text: bytes


def apply_splices(source: bytes, splices: Sequence[Splice]) -> bytes:
    """The source with every splice applied; splices at one place keep their order.

    Raises ValueError when two of them overlap or one lies outside the source.
    """
    parts: list[bytes] = []
    position = 0
    for splice in sorted(splices, key=lambda each: each.start):
        if not position <= splice.start <= splice.end <= len(source):
            raise ValueError(f"The splice {splice} overlaps another or leaves the source.")
        parts += [source[position : splice.start], splice.text]
        position = splice.end
    return b"".join([*parts, source[position:]])


def only_splices_changed(before: bytes, after: bytes, splices: Sequence[Splice]) -> bool:
    """Whether `after` is `before` with each spliced range exchanged and every other byte kept."""
    position = arrived = 0
    for splice in sorted(splices, key=lambda each: each.start):
        kept = before[position : splice.start]
        expected = kept + splice.text
        if after[arrived : arrived + len(expected)] != expected:
            return False
        arrived += len(expected)
        position = splice.end
    return before[position:] == after[arrived:]


def count_changed_lines(before: bytes, after: bytes, splices: Sequence[Splice]) -> tuple[int, int]:
    """How many lines differ, and how many of those no splice touches: `(changed, unintended)`."""
    intended = _intended_lines(before, splices)
    changed = unintended = 0
    for first, last, inserted in _line_differences(before, after):
        changed += max(last - first, inserted)
        touched = any(line in intended for line in range(first, max(last, first + 1)))
        outside = sum(line not in intended for line in range(first, last))
        unintended += outside if touched or last > first else inserted
    return changed, unintended


def _intended_lines(source: bytes, splices: Sequence[Splice]) -> set[int]:
    """Line numbers from 0 that a splice touches; a pure insertion also owns the line after it."""
    lines: set[int] = set()
    for splice in splices:
        first = source.count(b"\n", 0, splice.start)
        last = source.count(b"\n", 0, splice.end)
        lines.update(range(first, last + 2 if splice.start == splice.end else last + 1))
    return lines


def _line_differences(before: bytes, after: bytes) -> Iterator[tuple[int, int, int]]:
    """`(first, last, lines after)` of each differing run, line numbers from 0 in `before`."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    head = _common_lines(old, new)
    tail = _common_lines(old[head:][::-1], new[head:][::-1])
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    for tag, first, last, start, end in SequenceMatcher(None, old, new, False).get_opcodes():
        if tag != "equal":
            yield head + first, head + last, end - start


def _common_lines(one: list[bytes], other: list[bytes]) -> int:
    """How many leading lines are the same in both."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
