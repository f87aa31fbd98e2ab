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
    folder = below or base
    for entry in _entries(folder):
        name = str(entry.relative_to(base))
        is_folder = entry.is_dir()
        if not is_folder and not entry.name.lower().endswith(ENDINGS):
            continue
        if is_folder and not _may_hold_bills(entry):
            continue
        bill = _bill_or_none(entry, f"{name}/" if is_folder else name)
        if bill is not None:
            yield _newest(entry), bill
        elif is_folder and depth < MOST_FOLDERS_DEEP:
            yield from _found(base, depth=depth + 1, below=entry)


def _may_hold_bills(folder: Path) -> bool:
    """Whether a file with a bill's ending is among the first of what is below."""
    left = MOST_FILES_BELOW
    for _, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if _is_wanted(name)]
        if any(name.lower().endswith(ENDINGS) for name in files):
            return True
        left -= len(files)
        if left < 0:
            return False
    return False


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
