"""The files of a bill: found by path or pattern, told apart, and refused when they come twice."""

import csv
import glob
import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from finops.billing.bill_layout import Column, check_alike, layout_of
from finops.billing.bill_manifests import current_files
from finops.billing.bill_months import is_within
from finops.domain.errors import InvalidInput, NoBill

DELIMITERS = (",", "\x01", "\t", ";", "|")
_HEADER_BYTES = 1_000_000
ENDINGS = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True, slots=True)
class BillFiles:
    """Files of one kind; `delimiter` separates the cells of a CSV.

    `header` are the names of its columns where all files have the same, made different where only
    the case of letters told them apart.
    """

    paths: tuple[str, ...]
    is_parquet: bool
    delimiter: str = ","
    header: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """`bill.csv`, or `bill-1.csv and 3 more`."""
        more = f" and {len(self.paths) - 1} more" if len(self.paths) > 1 else ""
        return f"{self.paths[0]}{more}"


def find_bill_files(
    patterns: Sequence[str], *, start: date = date.min, end: date = date.max
) -> BillFiles:
    """The files that these paths, folders and patterns mean, of months with `start <= day < end`.

    Raises NoBill when none is of those months, and InvalidInput when there are none at all, when
    kinds are mixed, or when one comes twice: as a copy, or as two versions of a month. Billing
    lines twice is worse than not billing them.
    """
    paths = sorted({str(Path(found).resolve()) for p in patterns for found in _matches(p)})
    if not paths:
        raise InvalidInput(f"There is no bill at {', '.join(patterns)}; correct bill: files.")
    paths = [path for path in paths if is_within(path, start=start, end=end)]
    if not paths:
        raise NoBill(f"There is no bill for {start} to {end} at {', '.join(patterns)}.")
    kinds = {path.endswith(".parquet") for path in paths}
    if len(kinds) > 1:
        raise InvalidInput(
            f"{paths[0]} and others are both Parquet and CSV; name one kind under bill: files."
        )
    paths = current_files(paths)
    _refuse_copies(paths)
    if kinds == {True}:
        return BillFiles(tuple(paths), is_parquet=True)
    headers = {path: _header(path) for path in paths}
    check_alike({path: [Column(name) for name in names] for path, (_, names) in headers.items()})
    if len({delimiter for delimiter, _ in headers.values()}) > 1:
        raise InvalidInput(f"{paths[0]} and others separate their cells differently; use one kind.")
    delimiter, names = headers[paths[0]]
    is_one = len({names for _, names in headers.values()}) == 1
    return BillFiles(
        tuple(paths),
        is_parquet=False,
        delimiter=delimiter,
        header=_told_apart(names) if is_one else (),
    )


def _told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """`user:Name` and `user:name` are one name to SQL: the second becomes `user:name_1`."""
    seen: dict[str, int] = {}
    found: list[str] = []
    for name in names:
        count = seen.get(name.lower(), 0)
        seen[name.lower()] = count + 1
        found.append(f"{name}_{count}" if count else name)
    return tuple(found)


def _matches(pattern: str) -> Sequence[str]:
    if Path(pattern).is_dir():
        everything = sorted(str(path) for path in Path(pattern).rglob("*") if path.is_file())
        return [path for path in everything if path.lower().endswith(ENDINGS)]
    return glob.glob(pattern, recursive=True) if glob.has_magic(pattern) else _one(pattern)


def _one(path: str) -> Sequence[str]:
    if not Path(path).is_file():
        raise InvalidInput(f"There is no file {path!r} here; correct bill: files.")
    return [path]


def _refuse_copies(paths: Sequence[str]) -> None:
    """Two files of one size and content; only files of equal size are read for it."""
    by_size: dict[int, list[str]] = {}
    for path in paths:
        by_size.setdefault(Path(path).stat().st_size, []).append(path)
    for alike in by_size.values():
        seen: dict[str, str] = {}
        for path in alike if len(alike) > 1 else ():
            other = seen.setdefault(_digest(path), path)
            if other != path:
                raise InvalidInput(
                    f"{other} and {path} are the same file twice, so its costs would count "
                    "twice. Remove one."
                )


def _digest(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _header(path: str) -> tuple[str, tuple[str, ...]]:
    """What separates the cells, told by which one the first line has most of, and their names.

    Raises InvalidInput that names what is missing when they are no bill's.
    """
    line = _first_line(path)
    delimiter = max(DELIMITERS, key=line.count)
    names = tuple(_cells(line, delimiter))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInput(f"{path}, line 1: the column {twice[0][:60]!r} is there twice.")
    layout_of([Column(name) for name in names], where=f"{path}, line 1")
    return delimiter, names


def _cells(header: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error as error:
        raise InvalidInput(f"The first line of the bill is no CSV: {error}.") from error


def _first_line(path: str) -> str:
    opener = gzip.open if path.endswith(".gz") else open
    try:
        with opener(path, "rb") as file:
            line: bytes = file.readline(_HEADER_BYTES)
    except (OSError, EOFError) as error:
        raise InvalidInput(f"{path} cannot be read: {error}.") from error
    if not line.strip():
        raise InvalidInput(f"{path} is empty; a bill begins with the names of its columns.")
    try:
        return line.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is no CSV in UTF-8: {error}.") from error
