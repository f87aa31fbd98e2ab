"""Heaps that a container names for its Java: `-Xmx` and `-Xms`, read and written.

The allowance for what is outside of the heap is ours and not measured: beside it stand a code cache
of up to 240 MiB, classes, 1 MiB a thread and direct buffers: a quarter, at least 256 MiB.
"""

import re

from finops.domain.quantities import GIB, MIB

_UNITS = {"": 1, "k": 1024, "m": MIB, "g": GIB, "t": 1024 * GIB}
XMX = re.compile(r"-Xmx([0-9]+)([kKmMgGtT]?)")
_WORD = re.compile(r"(?<![\w-])-Xm([sx])([0-9]+)([kKmMgGtT]?)(?![\w.])")
_BARE = re.compile(r"([0-9]+)([kKmMgG])")
_OUTSIDE = 0.25
_LEAST_OUTSIDE = 256 * MIB
# Under this a Java program does little more than start.
LEAST_HEAP = 64 * MIB


def floor_of(heap_bytes: int) -> int:
    """The least memory that holds such a heap and what is outside of it.

    >>> floor_of(2 * GIB) // MIB
    2560
    """
    return heap_bytes + max(_LEAST_OUTSIDE, round(heap_bytes * _OUTSIDE))


def largest_in(memory_bytes: int) -> int:
    """The largest heap, in whole MiB, whose floor is within the memory; 0 where there is none.

    >>> largest_in(2560 * MIB) // MIB
    2048
    """
    by_share = int(memory_bytes / (1 + _OUTSIDE)) // MIB * MIB
    return max(0, min(by_share, (memory_bytes - _LEAST_OUTSIDE) // MIB * MIB))


def heap_in(text: str) -> int | None:
    """The one size that `-Xmx` gives in a text, or that the text itself is (`6g`); else None."""
    bare = _BARE.fullmatch(text)
    if bare:
        return _bytes(bare[1], bare[2])
    found = {_bytes(number, unit) for kind, number, unit in _WORD.findall(text) if kind == "x"}
    return found.pop() if len(found) == 1 else None


def with_heap(text: str, heap_bytes: int) -> str:
    """The text with that `-Xmx`, and no `-Xms` above it: Java would not start.

    >>> with_heap("-Xms4g -Xmx6g -ea", 3 * GIB)
    '-Xms3g -Xmx3g -ea'
    """
    bare = _BARE.fullmatch(text)
    if bare:
        return _written(heap_bytes, bare[2])

    def replaced(match: re.Match[str]) -> str:
        is_least = match[1] == "s" and _bytes(match[2], match[3]) <= heap_bytes
        return match[0] if is_least else f"-Xm{match[1]}{_written(heap_bytes, match[3])}"

    return _WORD.sub(replaced, text)


def without_heap(text: str) -> str:
    """What a text says besides its heap."""
    return _WORD.sub("", text)


def _bytes(number: str, unit: str) -> int:
    return int(number) * _UNITS[unit.lower()]


def _written(size: int, like: str) -> str:
    """In the unit that is there if that is exact, else in whole MiB, KiB or bytes."""
    units = (like, "M" if like.isupper() else "m", "K" if like.isupper() else "k", "")
    unit = next(unit for unit in units if size % _UNITS[unit.lower()] == 0)
    return f"{size // _UNITS[unit.lower()]}{unit}"
