"""One pull request for several approved opportunities of a team, where a repository wants that.

Each edit is planned and proved alone; they are laid together where they touch different lines, and
what overlaps waits for a pull request of its own. Who is in a group is fixed by the claim of its
place, so every member's worker carries out the same one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from finops.domain.currency import Currency
from finops.domain.errors import FinOpsError, TryAgainLater
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.pull_request import (
    FileChange,
    ProposedPullRequest,
    TrackedPullRequest,
    group_branch_for,
)
from finops.engine.parts import Parts
from finops.engine.proposing import Planned, plan_one
from finops.ledger import pull_requests as places
from finops.ports import CodeHost
from finops.pr_bodies.groups import group_body, group_commit_message, group_title

_Lines = list[bytes]


@dataclass(frozen=True, slots=True)
class _Region:
    """Lines `start:end` of the file before become others."""

    start: int
    end: int
    lines: tuple[bytes, ...]


def grouped(parts: Parts, first: Planned, held: TrackedPullRequest | None) -> Planned:
    """The group that `first` belongs to; itself when nobody goes with it."""
    together = [first, *_others(parts, first, held)]
    chosen: list[Planned] = []
    files: Mapping[str, FileChange] = {}
    for each in together:
        laid = laid_together(files, each.proposed.files)
        if laid is not None:
            chosen.append(each)
            files = laid
    branch = held.branch if held else group_branch_for(first.records[0].id)
    if len(chosen) == 1 and held is None:
        return first
    merged = tuple(files[path] for path in sorted(files))
    return _one(branch, chosen, merged, parts.currency)


def laid_together(
    files: Mapping[str, FileChange], more: Sequence[FileChange]
) -> Mapping[str, FileChange] | None:
    """Both changes in one, or None when they touch the same or neighbouring lines."""
    laid = dict(files)
    for change in more:
        known = laid.get(change.path)
        if known is None:
            laid[change.path] = change
            continue
        after = _both(change.before, known.after, change.after)
        if known.before != change.before or after is None:
            return None
        laid[change.path] = FileChange(change.path, change.before, after)
    return laid


def _both(before: bytes, one: bytes, other: bytes) -> bytes | None:
    lines = before.splitlines(keepends=True)
    regions = sorted(
        (*_regions(lines, one), *_regions(lines, other)), key=lambda r: (r.start, r.end)
    )
    for earlier, later in pairwise(regions):
        if later.start <= earlier.end:
            return None
    result: _Lines = []
    position = 0
    for region in regions:
        result += [*lines[position : region.start], *region.lines]
        position = region.end
    return b"".join((*result, *lines[position:]))


def _regions(before: _Lines, after: bytes) -> list[_Region]:
    then = after.splitlines(keepends=True)
    matcher = SequenceMatcher(None, before, then, autojunk=False)
    return [
        _Region(i1, i2, tuple(then[j1:j2]))
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]


def _others(parts: Parts, first: Planned, held: TrackedPullRequest | None) -> list[Planned]:
    """The rest of the group: who was in it when its place was claimed, else who waits too."""
    known = first.records[0]
    with parts.ledger.reading() as tx:
        if held is not None:
            ids = [m.opportunity for m in held.members if m.opportunity != known.id]
            records = [tx.get(each) for each in ids]
        else:
            waiting = tx.find(statuses=[Status.APPROVED], team=known.opportunity.team)
            records = [
                each
                for each in waiting
                if each.id != known.id and places.holding(tx.connection, each.id) is None
            ]
    in_it = (Status.APPROVED, Status.PULL_REQUEST_OPEN)
    return [
        planned
        for record in records
        if record.status in in_it and (planned := _planned(parts, record, first.host)) is not None
    ]


def _planned(parts: Parts, record: OpportunityRecord, host: CodeHost) -> Planned | None:
    """Its edit, if it goes into the same repository; a refusal is its own worker's to tell."""
    try:
        planned = plan_one(parts, record)
    except TryAgainLater:
        raise
    except FinOpsError:
        return None
    return planned if planned.host is host else None


def _one(
    branch: str, chosen: Sequence[Planned], files: tuple[FileChange, ...], currency: Currency
) -> Planned:
    records = tuple(record for each in chosen for record in each.records)
    opportunities = [record.opportunity for record in records]
    proposals = [each.proposed for each in chosen]
    proposed = ProposedPullRequest(
        branch=branch,
        title=group_title(opportunities),
        body=group_body(opportunities, [each.body for each in proposals], currency=currency),
        commit_message=group_commit_message(opportunities),
        base_commit=proposals[0].base_commit,
        files=files,
    )
    return Planned(chosen[0].host, proposed, records)
