"""Fields of the `cluster_data` shape: one small reader each, every problem with its place.

A reader takes the raw value and returns the read one, or raises InvalidInput with a phrase that
follows the place: `workloads.shop[3].cpu_request` + `: -1 is negative`.
"""

import difflib
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any

from finops.domain.errors import InvalidInput
from finops.domain.quantities import (
    GIB,
    MAX_CPU_MILLICORES,
    MAX_MEMORY_BYTES,
    parse_cpu_millicores,
    parse_memory_bytes,
)

MAX_PROBLEMS = 20
MAX_TEXT = 253
MAX_LIST = 10_000
# 64 TiB, the largest EBS volume there is (io2 Block Express, gp3).
MAX_VOLUME_GIB = 65_536
MAX_USD_PER_HOUR = Decimal(10_000)

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._:-]*[A-Za-z0-9])?")

Reader = Callable[[Any], Any]


@dataclass(slots=True)
class Problems:
    """Everything that is wrong with one file, by place; the first 20 are told."""

    found: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, place: str, phrase: str) -> None:
        """Note one problem."""
        self.count += 1
        if len(self.found) < MAX_PROBLEMS:
            self.found.append(f"{place}: {phrase.rstrip('.')}")

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


def text(value: object) -> str:
    """Printable text of 1 to 253 characters."""
    if not isinstance(value, str):
        raise InvalidInput(f"{shown(value)} is not text")
    if not value.strip() or len(value) > MAX_TEXT:
        raise InvalidInput(f"text of {len(value)} characters; 1 to {MAX_TEXT} are allowed")
    if any(unicodedata.category(c)[0] == "C" for c in value):
        raise InvalidInput(f"{shown(value)} holds control characters")
    return value


def name(value: object) -> str:
    """A name as Kubernetes and AWS have them: letters, digits and `._:-`."""
    if not _NAME.fullmatch(text(value)):
        raise InvalidInput(f"{shown(value)} is not a name; letters, digits and ._:- are allowed")
    return str(value)


def number(value: object) -> Decimal:
    """A finite number, not negative; booleans and text are not numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise InvalidInput(f"{shown(value)} is not a number")
    if isinstance(value, int) and value.bit_length() > 200:
        raise InvalidInput("a huge number is out of range")
    if not (math.isfinite(value)):
        raise InvalidInput(f"{value} is not a finite number")
    if value < 0:
        raise InvalidInput(f"{shown(value)} is negative")
    return Decimal(str(value))


def cpu(value: object) -> int:
    """Millicores from cores (0.25) or a Kubernetes quantity ("250m"); rounded up."""
    if isinstance(value, str):
        return parse_cpu_millicores(value)
    millicores = number(value) * 1000
    if millicores > MAX_CPU_MILLICORES:
        raise InvalidInput(f"{shown(value)} is over 10,000 cores; the unit is cores")
    return int(millicores.to_integral_value(ROUND_CEILING))


def memory(value: object) -> int:
    """Bytes from GiB (0.5) or a Kubernetes quantity with its unit ("512Mi"); rounded up.

    Text without a unit is refused: "2" would be two bytes to Kubernetes and 2 GiB to people.
    """
    if isinstance(value, str):
        if value.strip()[-1:].isdigit():
            raise InvalidInput(f"{shown(value)} has no unit; write a number of GiB or like '512Mi'")
        return parse_memory_bytes(value)
    size = number(value) * GIB
    if size > MAX_MEMORY_BYTES:
        raise InvalidInput(f"{shown(value)} is over 1 PiB; the unit is GiB")
    return int(size.to_integral_value(ROUND_CEILING))


def whole(largest: int, smallest: int = 0) -> Reader:
    """A reader of whole numbers from `smallest` to `largest`; 3.0 counts as 3."""

    def read(value: object) -> int:
        figure = number(value)
        if figure != figure.to_integral_value() or not smallest <= figure <= largest:
            raise InvalidInput(
                f"{shown(value)} is not a whole number from {smallest:,} to {largest:,}"
            )
        return int(figure)

    return read


def days(value: object) -> float:
    """A number of days, at most ten years."""
    figure = number(value)
    if figure > 3_660:
        raise InvalidInput(f"{shown(value)} days are over ten years")
    return float(figure)


def usd_per_hour(value: object) -> Decimal:
    """A price; no machine costs more than $10,000 an hour."""
    figure = number(value)
    if figure > MAX_USD_PER_HOUR:
        raise InvalidInput(f"{shown(value)} is over $10,000 an hour")
    return figure


def flag(value: object) -> bool:
    """True or false, nothing that merely looks like it."""
    if not isinstance(value, bool):
        raise InvalidInput(f"{shown(value)} is not true or false")
    return value


def moment(value: object) -> datetime:
    """An aware moment from ISO 8601 text or a YAML date; without a zone it is UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise InvalidInput(f"{shown(value)} is not a date like 2026-07-01") from None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    raise InvalidInput(f"{shown(value)} is not a date like 2026-07-01")


def tags(value: object) -> dict[str, str]:
    """A mapping of short printable texts; empty values are allowed."""
    if not isinstance(value, Mapping) or len(value) > 200:
        raise InvalidInput(f"{shown(value)} is not a mapping of at most 200 tags")
    return {text(key): text(held) if held != "" else "" for key, held in value.items()}


def listed(read: Reader) -> Reader:
    """A reader of lists whose items `read` reads."""

    def read_list(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple) or len(value) > MAX_LIST:
            raise InvalidInput(f"{shown(value)} is not a list of at most {MAX_LIST:,}")
        return tuple(read(item) for item in value)

    return read_list


def or_none(read: Reader) -> Reader:
    """A reader that lets null stand for "not known"."""
    return lambda value: None if value is None else read(value)
