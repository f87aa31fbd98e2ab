"""Pull requests and file changes as values, the same for every code host."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PullRequestState(StrEnum):
    """What became of a pull request; `closed` means closed without a merge."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request on a code host."""

    number: int
    url: str
    branch: str
    title: str
    body: str
    state: PullRequestState
    merged_at: datetime | None = None
    merged_by: str = ""


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
    """Everything a code host needs to open one pull request."""

    branch: str
    title: str
    body: str
    commit_message: str
    base_commit: str
    files: tuple[FileChange, ...]
    labels: tuple[str, ...] = ("finops",)


@dataclass(frozen=True, slots=True)
class RepositoryFiles:
    """The text files of a repository at one commit, by path."""

    commit: str
    files: Mapping[str, bytes]


def branch_for(opportunity_id: str) -> str:
    """The one branch of an opportunity: `finops/<opportunity id>`."""
    return f"finops/{opportunity_id}"
