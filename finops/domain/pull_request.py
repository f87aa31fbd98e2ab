"""Pull requests and file changes as values, the same for every code host."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class PullRequestState(StrEnum):
    """What became of a pull request; `closed` means closed without a merge."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request on a code host.

    `is_touched` says that a person has committed to its branch; it is known only of an open one
    that was read by its number. `active_at` is when anybody last did something to it. `committers`
    are people who added commits of their own, known only of a merged one read by its number.
    """

    number: int
    url: str
    branch: str
    title: str
    body: str
    state: PullRequestState
    merged_at: datetime | None = None
    merged_by: str = ""
    is_draft: bool = False
    is_touched: bool = False
    active_at: datetime | None = field(default=None, compare=False)
    committers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileChange:
    """Whole new bytes of one file, against the bytes they were made from.

    `before` is checked when the commit is made: a file that moved on since is never overwritten.
    """

    path: str
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedPullRequest:
    """Everything a code host needs to open one pull request.

    `reviewers` are owners as CODEOWNERS writes them: `@person` and `@organisation/team`.
    """

    branch: str
    title: str
    body: str
    commit_message: str
    base_commit: str
    files: tuple[FileChange, ...]
    labels: tuple[str, ...] = ("finops",)
    is_draft: bool = False
    reviewers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RepositoryFiles:
    """The text files of a repository at one commit, by path."""

    commit: str
    files: Mapping[str, bytes]


def branch_for(opportunity_id: str) -> str:
    """The one branch of an opportunity: `finops/<opportunity id>`."""
    return f"finops/{opportunity_id}"


def revert_branch_for(opportunity_id: str) -> str:
    """The one branch that takes an opportunity's merged change back."""
    return f"finops/revert-{opportunity_id}"


def group_branch_for(opportunity_id: str) -> str:
    """The branch of a group, named after the opportunity that began it."""
    return f"finops/group-{opportunity_id}"


class Purpose(StrEnum):
    """What a pull request of ours is for."""

    CHANGE = "change"
    REVERT = "revert"


class Stage(StrEnum):
    """Where the ledger has a pull request: a revert is asked for before anything is planned."""

    ASKED = "asked"
    CLAIMED = "claimed"
    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Member:
    """An opportunity in a pull request, in the revision that stands there."""

    opportunity: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedPullRequest:
    """A pull request as the ledger keeps it, from the claim of its place to its end.

    `closing_reason` is why finops-bot itself closes it; `said` holds what was said once.
    """

    repository: str
    branch: str
    purpose: Purpose
    stage: Stage
    team: str
    members: tuple[Member, ...]
    claimed_at: datetime
    number: int = 0
    url: str = ""
    asked_by: str = ""
    reason: str = ""
    opened_at: datetime | None = None
    decided_at: datetime | None = None
    closing_reason: str = ""
    is_touched: bool = False
    said: tuple[str, ...] = ()
