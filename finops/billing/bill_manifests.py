"""Which of an export's files are a month's now, as its manifests say.

AWS delivers a month again and again. An export may keep each version in a folder of its own, or
write over what was there, and is then half old and half new while it does. Its manifest comes last
and lists the files of the newest version, so files that it does not list are left out, and a listed
one that is not here means that the export, or its copy, is not whole.

    cur/acme/20260701-20260801/<assembly id>/acme-1.csv.gz      acme-Manifest.json beside the ids
    cur/acme/acme/year=2026/month=7/acme-1.snappy.parquet       cur/acme/20260701-20260801/…
    exports/daily/data/BILLING_PERIOD=2026-07/<version>/…       exports/daily/metadata/…
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from finops.domain.errors import InvalidInput

_MONTH = re.compile(
    r"(?P<month>.*/(?:\d{8}-\d{8}|billing_period=\d{4}-\d\d|year=\d{4}/month=\d{1,2}))"
    r"/(?P<rest>(?:(?P<version>.+)/)?[^/]+)",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"(\d{4})(\d\d)\d\d-\d{8}$|billing_period=(\d{4})-(\d\d)$|year=(\d{4})/month=(\d{1,2})$",
    re.IGNORECASE,
)
_HIVE = re.compile(r"(?P<report>.*)/[^/]+/year=(?P<year>\d{4})/month=(?P<month>\d{1,2})")
# A manifest names columns and files; one of a company's month has a few hundred kilobytes.
_LARGEST = 50_000_000


@dataclass(frozen=True, slots=True)
class _File:
    """A file below its month's folder: `rest` is what AWS calls it there."""

    path: str
    month: str
    rest: str
    version: str


def current_files(paths: Sequence[str]) -> list[str]:
    """The paths without what a newer version has replaced; those of no month stay.

    The files need not be here yet, only their manifests. Raises InvalidInput when a month has
    several versions and no manifest, or lacks a file that its manifest lists.
    """
    months: dict[str, list[_File]] = {}
    found: list[str] = []
    for path in paths:
        if (match := _MONTH.fullmatch(path)) is None:
            found.append(path)
        else:
            file = _File(path, match["month"], match["rest"], match["version"] or "")
            months.setdefault(match["month"], []).append(file)
    for month, files in months.items():
        found += [file.path for file in _current(month, files)]
    return sorted(found)


def exports_by_month(paths: Sequence[str]) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Month (2026-07) → the folder of an export that holds it → its files."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in paths:
        match = _MONTH.fullmatch(path)
        period = match and _PERIOD.search(match["month"])
        if match and period:
            year, month = [group for group in period.groups() if group is not None]
            export = match["month"][: period.start()].rstrip("/")
            exports = found.setdefault(f"{year}-{int(month):02}", {})
            exports.setdefault(export, []).append(path)
    return found


def _current(month: str, files: Sequence[_File]) -> Sequence[_File]:
    for path, manifest in _manifests(month):
        listed = manifest.get("dataFiles") or manifest.get("reportKeys")
        if isinstance(listed, list) and listed:
            return _listed(path, month, files, [str(key) for key in listed])
        named = [file for file in files if file.version == manifest.get("assemblyId")]
        if named:
            return named
    versions = {file.version for file in files}
    if len(versions) > 1:
        raise InvalidInput(
            f"{month} holds {len(versions)} versions of one month ({_few(versions)}) and no "
            "manifest that names one. Copy the export's Manifest.json too, or keep one version "
            "only."
        )
    return files


def _listed(
    manifest: Path, month: str, files: Sequence[_File], keys: Sequence[str]
) -> Sequence[_File]:
    """The files that a manifest lists; they are compared below the month's folder."""
    folder = f"{month.rpartition('/')[2]}/".lower()
    # `s3://bucket/…/BILLING_PERIOD=2026-07/daily-1.csv` → `daily-1.csv`
    wanted = {
        key[key.lower().rfind(folder) + len(folder) :] for key in keys if folder in key.lower()
    }
    gone = sorted(wanted - {file.rest for file in files})
    if gone:
        raise InvalidInput(
            f"{month} is not whole: {manifest} lists {len(wanted)} files, and {_few(gone)} "
            f"{'is' if len(gone) == 1 else 'are'} not here. Copy the month again, and name its "
            "folder under bill: files."
        )
    return [file for file in files if file.rest in wanted] if wanted else files


def _manifests(month: str) -> Iterator[tuple[Path, Mapping[str, object]]]:
    for folder in _places(month):
        for path in sorted(folder.glob("*[Mm]anifest.json")):
            try:
                if path.stat().st_size > _LARGEST:
                    continue
                read = json.loads(path.read_bytes())
            except (OSError, ValueError, RecursionError):
                continue
            if isinstance(read, dict):
                yield path, read


def _places(month: str) -> Iterator[Path]:
    """Where the manifest of a month lies, by the three ways in which AWS delivers."""
    yield Path(month)
    head, _, period = month.rpartition("/")
    if Path(head).name == "data":
        yield Path(head).with_name("metadata") / period
    if hive := _HIVE.fullmatch(month):
        first = _first(int(hive["year"]), int(hive["month"]))
        if first is not None:
            after = (first + timedelta(days=32)).replace(day=1)
            yield Path(hive["report"]) / f"{first:%Y%m%d}-{after:%Y%m%d}"


def _first(year: int, month: int) -> date | None:
    return date(year, month, 1) if 1 <= month <= 12 and 1 <= year <= 9998 else None


def _few(names: Collection[str]) -> str:
    first = sorted(names)[:3]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(first)}{more}"
