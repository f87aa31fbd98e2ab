"""Bills in a folder: files and folders that our readers can read, told by their columns."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from finops.billing.bill_files import ENDINGS, find_bill_files
from finops.billing.duckdb_engine import local_database, open_bill
from finops.domain.errors import InvalidInput

# Deep enough for an export that was copied whole: prefix, name, month, version.
MOST_FOLDERS_DEEP = 2
MOST_ENTRIES = 300
MOST_FILES_BELOW = 20_000
# Where no bill is, however many files are.
_NOT_HERE = {"node_modules", "venv", "__pycache__", "site-packages", "dist", "build"}


@dataclass(frozen=True, slots=True)
class LocalBill:
    """A file, or a folder that is one bill as a whole; `path` as it was asked for."""

    path: str
    format: str
    files: int

    @property
    def words(self) -> str:
        """`cur/ (CUR 2.0, 12 files)`."""
        files = f", {self.files} files" if self.files > 1 else ""
        return f"{self.path} ({self.format}{files})"


_Dated: TypeAlias = tuple[float, LocalBill]


def bill_at(path: str) -> LocalBill:
    """What a path, folder or pattern is; raises InvalidInput, as reading would, when no bill."""
    with local_database(memory_mb=200, threads=1) as connection:
        files = find_bill_files([path])
        layout = open_bill(connection, files).layout
    return LocalBill(path, layout.format.value, len(files.paths))


def bills_in(folder: Path) -> Sequence[LocalBill]:
    """Files in the folder and folders below it that are bills, the newest first.

    A folder whose files are one bill is named as a whole; one that holds several is looked into.
    """
    found = sorted(_found(folder, depth=0), key=lambda pair: -pair[0])
    return [bill for _, bill in found]


def _found(base: Path, *, depth: int, below: Path | None = None) -> Iterator[_Dated]:
    for entry in _entries(below or base):
        name = str(entry.relative_to(base))
        if not entry.is_dir():
            bill = _bill_or_none(entry, name) if _may_be_bill(entry.name) else None
        elif depth > MOST_FOLDERS_DEEP or not (files := _files_below(entry)):
            continue
        else:
            bill = _bill_or_none(entry, f"{name}/") if files <= MOST_FILES_BELOW else None
        if bill is not None:
            yield _newest(entry), bill
        elif entry.is_dir():
            yield from _found(base, depth=depth + 1, below=entry)


def _files_below(folder: Path) -> int:
    """How many files are below; 0 where none may be a bill. More than a folder may have are enough.

    A folder of a hundred thousand files is nobody's export, but there may be one in it.
    """
    files, may_hold = 0, False
    for _, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if _is_wanted(name)]
        may_hold = may_hold or any(map(_may_be_bill, names))
        files += len(names)
        if files > MOST_FILES_BELOW:
            return files
    return files if may_hold else 0


def _may_be_bill(name: str) -> bool:
    return name.lower().endswith(ENDINGS)


def _is_wanted(name: str) -> bool:
    return not name.startswith(".") and name not in _NOT_HERE


def _entries(folder: Path) -> Sequence[Path]:
    try:
        everything = sorted(folder.iterdir())
    except OSError:
        return ()
    seen = [entry for entry in everything if _is_wanted(entry.name)]
    return [entry for entry in seen if not entry.is_symlink()][:MOST_ENTRIES]


def _bill_or_none(entry: Path, name: str) -> LocalBill | None:
    try:
        found = bill_at(str(entry))
    except (InvalidInput, OSError):
        return None
    return LocalBill(name, found.format, found.files)


def _newest(entry: Path) -> float:
    try:
        return entry.stat().st_mtime
    except OSError:
        return 0.0
