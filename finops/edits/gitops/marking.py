"""Give every candidate a quantity of its own, so that what is rendered says where it came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from finops.domain.changes import Setting
from finops.domain.errors import Refused
from finops.edits.gitops.sites import Site
from finops.edits.setting_text import unit_of
from finops.edits.splices import Splice, apply_splices

# Larger than any real request and still a quantity that every schema takes.
_FIRST_MARK = {"cpu": 9_000_000, "memory": 800 * 1024**4, "target": 100_000} | {
    "heap": 800 * 1024**4
}
_MARK_STEP = {"cpu": 1, "memory": 1024, "target": 1, "heap": 1024}


@dataclass(frozen=True, slots=True)
class Marked:
    """Files with every site changed to a mark of its own, and which mark is whose."""

    files: Mapping[str, bytes]
    sites: Mapping[int, Site]


def marked_all(
    files: Mapping[str, bytes], groups: Sequence[tuple[Setting, Sequence[Site]]]
) -> Marked:
    """Mark every site of every group; one that cannot be written is left out."""
    marks: dict[int, Site] = {}
    by_path: dict[str, list[Splice]] = {}
    for setting, sites in groups:
        unit = unit_of(setting)
        for index, site in enumerate(sites):
            mark = _FIRST_MARK[unit] + index * _MARK_STEP[unit]
            try:
                splices = site.splices(setting, mark)
            except Refused:
                continue
            if _overlap(by_path.get(site.path, ()), splices):
                continue
            marks[mark] = site
            by_path.setdefault(site.path, []).extend(splices)
    changed = {path: apply_splices(files[path], each) for path, each in by_path.items()}
    return Marked(changed, marks)


def _overlap(known: Sequence[Splice], splices: Sequence[Splice]) -> bool:
    return any(
        (one.start < other.end and other.start < one.end) or one == other
        for one in known
        for other in splices
    )
