"""The path patterns of CODEOWNERS, matched without regular expressions.

A pattern becomes segments; `**` stands for any number of them. Matching remembers only the last
wildcard, which is enough for globs, so that its time is at most the product of both lengths: a
regular expression for `*a*a*a*a*a` can take longer than anybody lives.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

_ANY_DEPTH = "**"


def segments_of(pattern: str) -> tuple[str, ...]:
    """A pattern as the segments that a whole path must match.

    With a slash before its end it counts from the root, else it may stand in any folder. What ends
    in a slash is a folder, and means what is in it. `docs/*` means the files of docs and, other
    than in gitignore, nothing deeper.

    >>> segments_of("apps/")
    ('**', 'apps', '*', '**')
    >>> segments_of("/docs/*")
    ('docs', '*')
    """
    parts = [part for part in pattern.split("/") if part]
    is_rooted = "/" in pattern.rstrip("/")
    head = [] if is_rooted else [_ANY_DEPTH]
    if pattern.endswith("/"):
        return (*head, *parts, "*", _ANY_DEPTH)
    if parts and parts[-1] == _ANY_DEPTH:
        return (*head, *parts[:-1], "*", _ANY_DEPTH)
    is_flat = is_rooted and bool(parts) and parts[-1] == "*"
    return (*head, *parts) if is_flat else (*head, *parts, _ANY_DEPTH)


def matches(segments: Sequence[str], path: Sequence[str]) -> bool:
    """Whether a path, as its parts, matches these segments as a whole."""
    return _wild(segments, path, many=_ANY_DEPTH, same=_segment_matches)


def _segment_matches(segment: str, part: str) -> bool:
    if "*" not in segment and "?" not in segment:
        return segment == part
    return _wild(segment, part, many="*", same=lambda one, char: one in (char, "?"))


def _wild(
    pattern: Sequence[T], subject: Sequence[T], *, many: T, same: Callable[[T, T], bool]
) -> bool:
    at = here = mark = 0
    star = -1
    while at < len(subject):
        if here < len(pattern) and pattern[here] == many:
            star, mark, here = here, at, here + 1
        elif here < len(pattern) and same(pattern[here], subject[at]):
            at, here = at + 1, here + 1
        elif star >= 0:
            mark += 1
            at, here = mark, star + 1
        else:
            return False
    return all(rest == many for rest in pattern[here:])
