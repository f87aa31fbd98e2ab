"""Where a SQLite ledger lies: is it there, may it be made, is it on a disk of this machine."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from finops.domain.checks import Area, Check

# Write-ahead logging shares memory between processes, which no network file system does.
# https://www.sqlite.org/wal.html, "All processes using a database must be on the same host".
NETWORK_TYPES = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "lustre", "afs", "efs"}
)
_NETWORK_FUSE = ("fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "fuse.goofys")
MOUNTS = Path("/proc/self/mounts")


@dataclass(frozen=True, slots=True)
class Place:
    """The checks of the place, and whether there is a file to open."""

    checks: tuple[Check, ...]
    is_there: bool


def place_checks(area: Area, file: Path) -> Place:
    """What can be said before opening; an absent file is no failure, an absent folder is made."""
    mounts = MOUNTS.read_text(errors="replace").splitlines() if MOUNTS.exists() else []
    kind = file_system_of(file.absolute(), mounts)
    checks: list[Check] = []
    if kind in NETWORK_TYPES or kind.startswith(_NETWORK_FUSE):
        detail = f"{file} lies on a network file system ({kind}), where SQLite may lose writes"
        fix = "Move it to a local disk, or use PostgreSQL (needed for several replicas anyway)."
        checks.append(area.warning("place", detail, fix=fix))
    if str(file).startswith("file:") or file.is_file():
        return Place(tuple(checks), is_there=True)
    return Place((*checks, _absent(area, file)), is_there=False)


def _absent(area: Area, file: Path) -> Check:
    folder = next(each for each in file.absolute().parents if each.exists())
    if not os.access(folder, os.W_OK):
        detail = f"there is no {file}, and {folder} cannot be written"
        return area.failed("place", detail, fix="Make the folder writable for the bot's user.")
    fix = "Nothing to do: `finops run` and `finops scan` make it; several replicas need PostgreSQL."
    return area.warning("place", f"there is no ledger at {file} yet", fix=fix)


def file_system_of(path: Path, mounts: Iterable[str]) -> str:
    """The type of the file system a path lies on, from lines of /proc/self/mounts; empty unknown.

    >>> file_system_of(Path("/data/finops.db"), ["/dev/sda / ext4 rw 0 0", "srv:/x /data nfs4 rw"])
    'nfs4'
    """
    best = ("", "")
    for line in mounts:
        fields = line.split(" ")
        if len(fields) >= 3 and path.is_relative_to(fields[1]):
            best = max(best, (fields[1], fields[2]), key=lambda each: len(each[0]))
    return best[1]
