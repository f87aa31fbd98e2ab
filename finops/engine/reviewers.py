"""Whom to ask for a review: who owns the changed files by CODEOWNERS."""

from collections.abc import Sequence

from finops.domain.errors import InvalidInput
from finops.domain.pull_request import FileChange, RepositoryFiles
from finops.owners.codeowners import find_codeowners


def reviewers_of(
    files: RepositoryFiles, changes: Sequence[FileChange], *, approver: str
) -> tuple[str, ...]:
    """Owners of the changed files, in the order of the file, each once.

    Nobody when the approver would be the only one: their eyes were the first two. They are known by
    the name that Slack gives, which is their login where the two are kept alike.
    """
    try:
        codeowners = find_codeowners(files.files)
    except InvalidInput:
        return ()
    if codeowners is None:
        return ()
    lines = [codeowners.line_for(change.path) for change in changes]
    owners = dict.fromkeys(owner for line in lines if line for owner in line.owners)
    is_alone = [owner.lower() for owner in owners] == [f"@{approver.lower()}"]
    return () if is_alone else tuple(owners)
