"""Many reasoned noes as few lines: by detector and reason, the most frequent first. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from finops.domain.opportunity import Skipped

_FIGURES = re.compile(r"[0-9][0-9.,]*")


@dataclass(frozen=True, slots=True)
class SkipGroup:
    """Skips of one detector for one reason; `example` is the first of them, whole."""

    detector: str
    reason: str
    count: int
    example: str


def skip_groups(skipped: Iterable[Skipped]) -> list[SkipGroup]:
    """Figures do not make a new reason, nor does what follows a colon.

    `2 of 7 days without an attachment.` and `3 of 7 …` are one group, and so are `The change is
    too small: 20m to 16m …` and `The change is too small: 1Gi to …`.
    """
    groups: dict[tuple[str, str], list[Skipped]] = {}
    for skip in skipped:
        alike = _FIGURES.sub("#", _head(skip.reason))
        groups.setdefault((skip.detector, alike), []).append(skip)
    found = [_group(detector, members) for (detector, _), members in groups.items()]
    return sorted(found, key=lambda group: (-group.count, group.detector, group.reason))


def _group(detector: str, members: Sequence[Skipped]) -> SkipGroup:
    first = members[0]
    reason = first.reason if len(members) == 1 else _common(members)
    example = f"{first.resource_key}: {first.reason}"
    return SkipGroup(detector, reason.rstrip("."), len(members), example)


def _common(members: Sequence[Skipped]) -> str:
    heads = {_head(skip.reason) for skip in members}
    head = _head(members[0].reason)
    return head if len(heads) == 1 else f"{head}, and the like"


def _head(reason: str) -> str:
    return reason.partition(": ")[0].rstrip(".")
