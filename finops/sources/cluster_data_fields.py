"""Fields of the `cluster_data` shape: one small reader each, every problem with its place.

A reader takes the raw value and returns the read one, or raises InvalidInput with a phrase that
follows the place: `workloads.shop[3].cpu_request` + `: -1 is negative`.
"""

import math
import re
import unicodedata
from collections.abc import Mapping
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
from finops.sources.cluster_data_problems import Reader, shown

MAX_TEXT = 253
MAX_LIST = 10_000
# 64 TiB, the largest EBS volume there is (io2 Block Express, gp3).
MAX_VOLUME_GIB = 65_536
MAX_USD_PER_HOUR = Decimal(10_000)
# EC2 began in 2006. Go programs write 0001-01-01 for a time they do not know.
FIRST_YEAR = 2006

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._:-]*[A-Za-z0-9])?")


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


def short_name(longest: int) -> Reader:
    """A reader of names of at most `longest` characters, as namespaces and clusters have them."""

    def read(value: object) -> str:
        found = name(value)
        if len(found) > longest:
            raise InvalidInput(f"{shown(value)}… has {len(found)} characters; {longest} are most")
        return found

    return read


# EKS allows 100 for a cluster; a namespace, a container and a kind are DNS labels.
cluster_name = short_name(100)
label_name = short_name(63)


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
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, datetime):
        raise InvalidInput(f"{shown(value)} is not a date like 2026-07-01")
    found = value if value.tzinfo else value.replace(tzinfo=UTC)
    if found.year < FIRST_YEAR:
        raise InvalidInput(f"{found:%Y-%m-%d} is before EC2 began; write null for unknown")
    return found


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
