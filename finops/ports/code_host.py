"""Where files are and pull requests go."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from finops.domain.manners import RebaseWhen
from finops.domain.pull_request import (
    FileChange,
    ProposedPullRequest,
    PullRequest,
    RepositoryFiles,
)


class CodeHost(Protocol):
    """Where the real source files are and pull requests are opened."""

    @property
    def name(self) -> str:
        """How people call this repository: `acme/platform`."""
        ...

    def newest_commit(self) -> str:
        """The id of the newest commit of the main branch; one cheap question."""
        ...

    def read_files(self) -> RepositoryFiles:
        """The repository's text files at the newest commit of its main branch."""
        ...

    def find_pull_request(self, branch: str) -> PullRequest | None:
        """The newest pull request from that branch in any state, or None."""
        ...

    def open_pull_request(self, proposed: ProposedPullRequest) -> PullRequest:
        """Open it, or return the open one that is already there for the branch.

        Recognises its own half-done work: an existing branch with the same bytes is used, and an
        answer lost after the pull request was made does not make a second one. Raises
        `TryAgainLater` for a moved base file so that the caller plans again.
        """
        ...

    def pull_request(self, number: int) -> PullRequest:
        """The pull request as it is now."""
        ...

    def refresh_pull_request(
        self, number: int, proposed: ProposedPullRequest, *, when: RebaseWhen
    ) -> PullRequest:
        """Lay an open pull request's change on the newest main branch, if that is due.

        Nothing happens when it is not, or when it is no longer open. Raises `Refused` when a
        person has worked on the branch, which is then left alone.
        """
        ...

    def update_pull_request(
        self, number: int, proposed: ProposedPullRequest, *, told: str
    ) -> PullRequest:
        """Put another revision in the place of an open one: branch, title and body.

        Only an own commit is replaced, and only if nobody pushed meanwhile; `told` is said as a
        comment where a person took part in it. Raises `Refused` when a person has worked on the
        branch.
        """
        ...

    def comment(self, number: int, words: str, *, key: str) -> None:
        """Say something under a pull request, once for each key."""
        ...

    def hold_pull_request(self, number: int, words: str, *, key: str) -> None:
        """Say why it should not be merged now, and make it a draft where the host has drafts."""
        ...

    def close_pull_request(self, number: int, words: str, *, key: str, at: datetime) -> PullRequest:
        """Close without a merge, with a word; closing twice is one close."""
        ...

    def merged_files(self, number: int) -> tuple[FileChange, ...]:
        """What a merged pull request changed, whole files before and after.

        Raises `Refused` when it is not merged, or added, removed or renamed files.
        """
        ...

    def merge_when_green(self, number: int) -> None:
        """Have the host merge it once every required check has passed; safe to repeat.

        Raises `Refused` where nothing would have to pass.
        """
        ...


@dataclass(frozen=True, slots=True)
class Ticked:
    """A checkbox of a dashboard that somebody with write permission has ticked."""

    action: str
    opportunity: str
    by: str


@runtime_checkable
class HasDashboard(Protocol):
    """A code host with an issue that shows what finops-bot does in that repository."""

    def read_dashboard(self, number: int) -> tuple[Ticked, ...]:
        """What was ticked since it was written, by people who may write to the repository.

        Nothing when the host does not say who it was.
        """
        ...

    def publish_dashboard(self, number: int, body: str) -> int:
        """Write it in place, or make it (`number` 0: looked for first); gives its number.

        One that a person has closed stays closed and is not written to.
        """
        ...
