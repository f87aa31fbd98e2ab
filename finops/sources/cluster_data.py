"""The given `cluster_data` shape, from Python (`read_cluster_data`) or a file.

A file is JSON up to 50 MB or YAML up to 5 MB.
"""

import json
from datetime import datetime
from pathlib import Path

from finops.domain.errors import InvalidInput
from finops.domain.estate import Snapshot
from finops.domain.prices import PriceList
from finops.sources.cluster_data_shape import read_cluster_data
from finops.sources.yaml_text import decode, typed_document

__all__ = ["load_cluster_data", "parse_cluster_data", "read_cluster_data"]

MAX_JSON_BYTES = 50_000_000


def load_cluster_data(path: Path, now: datetime, *, prices: PriceList | None = None) -> Snapshot:
    """Read a `.json`, `.yaml` or `.yml` file; see `read_cluster_data` for what is in it.

    Raises InvalidInput with the path for a missing, unreadable, too large or broken file.
    """
    data = parse_cluster_data(_read(path), is_json=path.suffix.lower() == ".json", source=str(path))
    return read_cluster_data(data, now=now, source=path.name, prices=prices)


def parse_cluster_data(content: bytes, *, is_json: bool, source: str) -> object:
    """Parse bytes strictly: no NaN, no key twice, no alias bomb, no endless nesting."""
    _refuse_no_data(content, source)
    try:
        if not is_json:
            return typed_document(decode(content))
        if len(content) > MAX_JSON_BYTES:
            raise InvalidInput(f"it has {len(content):,} bytes; the limit is {MAX_JSON_BYTES:,}")
        return json.loads(content, parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except InvalidInput as error:
        raise InvalidInput(f"{source} was not read: {error}.") from error
    except json.JSONDecodeError as error:
        raise InvalidInput(
            f"{source} is no JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        ) from error
    except RecursionError as error:
        raise InvalidInput(
            f"{source} is no JSON that can be read: it is nested too deep."
        ) from error
    except ValueError as error:
        what = "a number in it has thousands of digits, or it is not UTF-8 text"
        raise InvalidInput(f"{source} is no JSON that can be read: {what}.") from error


def _refuse_no_data(content: bytes, source: str) -> None:
    start = content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start and len(content) <= 1000:
        raise InvalidInput(f"{source} is empty; it should hold the cluster_data shape.")
    if start[:1] == b"<":
        raise InvalidInput(
            f"{source} holds a web page or XML instead of data; was it a login page that was saved?"
        )


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_JSON_BYTES + 1)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error


def _refuse_constant(word: str) -> object:
    raise InvalidInput(f"{word} is not a number")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InvalidInput(f"the key {twice[:60]!r} is written twice in one object")
    return found
