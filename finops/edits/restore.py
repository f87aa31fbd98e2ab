"""The inverse edit of a merged change.

Where the file still is as the merge left it, it becomes the bytes it was before: nothing can be
more exact. Where it has moved on, the old value is planned anew as any edit is, with its proof, and
only if the file still holds the value that was merged. Else it is refused.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from finops.domain.changes import Change, Setting
from finops.domain.errors import Refused
from finops.domain.heaps import heap_in
from finops.domain.opportunity import Opportunity
from finops.domain.pull_request import FileChange, RepositoryFiles
from finops.domain.quantities import parse_cpu_millicores, parse_memory_bytes
from finops.edits.plan import NO_CHOICES, plan_edit
from finops.edits.results import AlreadyApplied, PlannedEdit, Proof, ProofEntry
from finops.edits.splices import count_changed_lines

WHOLE_FILE = "the whole file"


def plan_restore(
    files: RepositoryFiles,
    merged: Sequence[FileChange],
    opportunity: Opportunity,
    *,
    choices: Mapping[str, str] = NO_CHOICES,
) -> PlannedEdit:
    """The edit that takes `opportunity` back, `merged` being what its pull request changed.

    Raises AlreadyApplied when it was taken back already, and Refused when the file has moved on in
    a way that leaves no certain way back.
    """
    now = {change.path: files.files.get(change.path) for change in merged}
    if merged and all(now[change.path] == change.before for change in merged):
        raise AlreadyApplied("The files are as they were before the change.")
    if merged and all(now[change.path] == change.after for change in merged):
        return _bytes_back(merged)
    return _value_back(files, opportunity, choices)


def inverse_of(opportunity: Opportunity) -> Opportunity:
    """The same resource, from what was proposed to what was there before.

    Raises Refused for a setting that was not there before, or that cannot be put back by a value.
    """
    changes: list[Change] = []
    for change in opportunity.changes:
        if change.current is None or change.setting is Setting.PRESENT:
            raise Refused(
                f"The file of {opportunity.resource.label} has changed since the merge, and what "
                "was merged is more than another value in its place; revert it by hand."
            )
        changes.append(replace(change, current=change.proposed, proposed=change.current))
    return replace(opportunity, changes=tuple(changes))


def _bytes_back(merged: Sequence[FileChange]) -> PlannedEdit:
    files = tuple(FileChange(each.path, each.after, each.before) for each in merged)
    entries = tuple(
        ProofEntry(WHOLE_FILE, "as merged", "as it was before, byte for byte", each.path)
        for each in files
    )
    lines = sum(count_changed_lines(each.before, each.after, ())[0] for each in files)
    return PlannedEdit(files, Proof(files[0].path, entries, lines))


def _value_back(
    files: RepositoryFiles, opportunity: Opportunity, choices: Mapping[str, str]
) -> PlannedEdit:
    edit = plan_edit(files, inverse_of(opportunity), choices=choices)
    expected = {change.proposed for change in opportunity.changes}
    for entry in edit.proof.entries:
        if not _readings(entry.before) & expected:
            raise Refused(
                f"{entry.path or edit.proof.path}, {entry.where}: it holds {entry.before!r} by "
                "now, not what was merged. Somebody has changed it since; take it back by hand."
            )
    return edit


def _readings(text: str) -> set[int]:
    """What a value may mean as the domain counts it: nodes, millicores or bytes."""
    plain = text.strip().strip("\"'")
    found: set[int] = set()
    for parse in (int, parse_cpu_millicores, parse_memory_bytes):
        with suppress(ValueError, Refused):
            found.add(parse(plain))
    heap = heap_in(text)
    return found if heap is None else found | {heap}
