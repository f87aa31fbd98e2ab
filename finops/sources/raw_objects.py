"""Parsed YAML or JSON of unknown shape, read without trust: what is not there is empty."""

import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from finops.domain.errors import InvalidInput

Mapped = Mapping[str, object]

# DNS-1123 subdomain, the rule of Kubernetes for names; namespaces and containers are labels.
NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


def at(document: object, *path: str) -> object:
    """What stands under these keys, or None."""
    for key in path:
        document = mapping(document).get(key)
    return document


def mapping(value: object) -> Mapped:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def listing(value: object) -> Sequence[object]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else ()


def mappings(value: object) -> list[Mapped]:
    """The mappings among a list's items."""
    return [item for item in listing(value) if isinstance(item, dict)]


def text(value: object) -> str:
    """The value if it is text, made printable, else empty. Equal texts are one object.

    A cluster says the same namespaces, nodes and labels tens of thousands of times.
    """
    return sys.intern(printable(value)) if isinstance(value, str) else ""


def texts(value: object) -> dict[str, str]:
    """The entries of a mapping whose values are text, made printable."""
    return {
        text(key): text(item)
        for key, item in mapping(value).items()
        if isinstance(item, str) and isinstance(key, str)
    }


def whole(value: object, *, most: int = 1_000_000) -> int | None:
    """The value if it is a whole number from 0 to `most`, else None."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= most else None


def moment(value: object) -> datetime | None:
    """A time stamp such as `2026-07-15T12:00:00Z` in UTC, or None."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def name_at(raw: object, place: str, *, rule: re.Pattern[str] = NAME) -> str:
    """A Kubernetes name. Raises InvalidInput that begins with `place` for anything else."""
    if not isinstance(raw, str) or not rule.fullmatch(raw):
        raise InvalidInput(f"{place}: {shown(raw)} is not a Kubernetes name")
    return sys.intern(raw)


def printable(value: str) -> str:
    """The text without control characters."""
    return value if value.isprintable() else "".join(c for c in value if c.isprintable())


def shown(value: object) -> str:
    """A value in a sentence: short text as it is, anything else by its type."""
    return repr(value[:60]) if isinstance(value, str) else f"a {type(value).__name__}"
