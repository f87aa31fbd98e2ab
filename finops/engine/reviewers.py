"""Whom to ask for a review: who owns the changed files by CODEOWNERS, else people of the team."""

from collections.abc import Collection, Sequence

from finops.domain.errors import InvalidInput
from finops.domain.identities import Identities
from finops.domain.pull_request import FileChange, RepositoryFiles
from finops.owners.codeowners import find_codeowners

_FROM_THE_TEAM = 3  # a whole team that is asked is nobody


def reviewers_of(
    files: RepositoryFiles,
    changes: Sequence[FileChange],
    *,
    identities: Identities,
    agreed: Collection[str],
    team: Sequence[str],
) -> tuple[str, ...]:
    """Owners of the changed files, in the order of the file, each once; else people of the team.

    Who has `agreed` is not asked again where somebody else is: their eyes were the first two.
    `team` are the Slack ids of owners and approvers; those whose login is known are asked where
    CODEOWNERS leaves nobody.
    """
    logins = [identities.login_of(user) for user in team if user not in agreed]
    team_logins = tuple(dict.fromkeys(f"@{login}" for login in logins if login))[:_FROM_THE_TEAM]
    owners = _owners_of(files, changes)
    others = tuple(
        owner
        for owner in owners
        if not any(identities.may_be(user, owner.removeprefix("@")) for user in agreed)
    )
    return others or team_logins


def _owners_of(files: RepositoryFiles, changes: Sequence[FileChange]) -> tuple[str, ...]:
    try:
        codeowners = find_codeowners(files.files)
    except InvalidInput:
        return ()
    if codeowners is None:
        return ()
    lines = [codeowners.line_for(change.path) for change in changes]
    return tuple(dict.fromkeys(owner for line in lines if line for owner in line.owners))
