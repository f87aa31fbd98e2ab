"""A bare git repository on disk as a code host: for the demo, tests and closed networks."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from finops.code_hosts.git_plumbing import ABSENT, BareRepository, RefMoved
from finops.code_hosts.local_branch import is_a_persons, make_branch
from finops.code_hosts.local_merges import merge_onto, merged_files
from finops.code_hosts.local_pulls import PullRecord, PullShelf, read_shelf, shelve
from finops.code_hosts.proposals import (
    AUTHOR,
    MAX_FILE_BYTES,
    check_proposal,
    is_same_proposal,
    is_text,
)
from finops.domain.errors import Refused, TryAgainLater, WillNeverWork
from finops.domain.manners import RebaseWhen
from finops.domain.pull_request import (
    FileChange,
    ProposedPullRequest,
    PullRequest,
    PullRequestState,
    RepositoryFiles,
)

_T = TypeVar("_T")
# Sixteen writers at once needed 20 tries at most (measured); each waits up to 20 ms longer.
_MAX_TRIES = 60


class LocalGitHost:
    """The `CodeHost` port on a bare repository, plus what a person does there: merge and close.

    Any number of processes may use one repository at once. Only plumbing commands run: no work
    tree, no hooks, no user or system configuration.
    """

    def __init__(self, path: Path, name: str, public_url_of: Callable[[int], str]) -> None:
        self._git = BareRepository(Path(path))
        self._name = name
        self._public_url_of = public_url_of
        self._files: RepositoryFiles | None = None
        self._shelf = PullShelf(None, {})
        self._fresh: dict[int, tuple[str, str, tuple[str, ...]]] = {}
        self._touched: dict[str, bool] = {}

    @property
    def name(self) -> str:
        """How people call this repository."""
        return self._name

    def newest_commit(self) -> str:
        """The id of the main branch's newest commit."""
        return self._tip()

    def read_files(self) -> RepositoryFiles:
        """The text files up to 5 MB at the newest commit of the main branch, no symlinks.

        Nothing but the reference is read when that commit is still the one of the last call.
        """
        tip = self._tip()
        if self._files is None or self._files.commit != tip:
            self._files = self._read(tip)
        return self._files

    def _read(self, tip: str) -> RepositoryFiles:
        files = [each for each in self._git.entries(tip) if each.is_file]
        wanted = [each for each in files if each.size <= MAX_FILE_BYTES]
        blobs = self._git.blobs([each.blob_id for each in wanted])
        contents = {each.path: blobs[each.blob_id] for each in wanted}
        texts = {path: each for path, each in contents.items() if is_text(each)}
        return RepositoryFiles(tip, MappingProxyType(texts))

    def find_pull_request(self, branch: str) -> PullRequest | None:
        """The newest pull request from that branch in any state, or None."""
        record = self._read_shelf().newest(branch)
        return self._public(record) if record else None

    def open_pull_request(self, proposed: ProposedPullRequest) -> PullRequest:
        """Open it, or return the one that already answers this proposal.

        Raises TryAgainLater for a moved base file, Refused when a person has worked on the
        branch, WillNeverWork for a path or branch that is not safe to write.
        """
        check_proposal(proposed)
        return self._public(self._retried(lambda: self._open(proposed)))

    def pull_request(self, number: int) -> PullRequest:
        """The pull request as it is now. Raises WillNeverWork when there is none."""
        record = self._record(self._read_shelf(), number)
        is_open = record.state is PullRequestState.OPEN
        is_touched = is_open and self._is_touched(self._head(record))
        return replace(self._public(record), is_touched=is_touched)

    def refresh_pull_request(
        self, number: int, proposed: ProposedPullRequest, *, when: RebaseWhen
    ) -> PullRequest:
        """Lay an open pull request's change on the newest main branch, if that is due.

        Raises Refused when a person has worked on the branch.
        """
        check_proposal(proposed)
        return self._public(self._retried(lambda: self._refresh(number, proposed, when)))

    def update_pull_request(
        self, number: int, proposed: ProposedPullRequest, *, told: str
    ) -> PullRequest:
        """Put another revision in its place; `told` is said where anything was said before.

        Raises Refused when a person has worked on the branch.
        """
        check_proposal(proposed)

        def update() -> PullRecord:
            record = self._record(self._read_shelf(), number)
            if record.state is not PullRequestState.OPEN:
                return record
            wanted = replace(
                record, title=proposed.title, body=proposed.body, is_draft=proposed.is_draft
            )
            if record.comments:
                wanted = wanted.with_comment(told, told)
            return self._laid_on(wanted, proposed, self._tip())

        return self._public(self._retried(update))

    def comment(self, number: int, words: str, *, key: str) -> None:
        """Keep a comment with the pull request, once for each key."""
        self._change(number, lambda record: record.with_comment(key, words))

    def hold_pull_request(self, number: int, words: str, *, key: str) -> None:
        """Say why, and make it a draft."""
        self._change(number, lambda r: replace(r.with_comment(key, words), is_draft=True))

    def close_pull_request(self, number: int, words: str, *, key: str, at: datetime) -> PullRequest:
        """Close it with a word; one that is decided stays as it is."""

        def closed(record: PullRecord) -> PullRecord:
            said = record.with_comment(key, words)
            return said.decided(PullRequestState.CLOSED, by=AUTHOR, at=at)

        return self._public(self._change(number, closed))

    def merged_files(self, number: int) -> tuple[FileChange, ...]:
        """What it changed when it was merged. Raises Refused when it was not, or added files."""
        record = self._record(self._read_shelf(), number)
        return merged_files(self._git, record, repository=self._name)

    def merge_when_green(self, number: int) -> None:
        """Always refused: a bare repository runs no checks."""
        raise Refused(f"{self._name} runs no checks, so pull request {number} waits for a person.")

    def comments(self, number: int) -> list[str]:
        """What was said under a pull request, the oldest first."""
        return [words for _, words in self._record(self._read_shelf(), number).comments]

    def list_pull_requests(self) -> list[PullRequest]:
        """All pull requests, the newest first."""
        records = self._read_shelf().records
        return [self._public(records[number]) for number in sorted(records, reverse=True)]

    def diff(self, number: int) -> list[tuple[str, str]]:
        """Each changed file with its unified diff."""
        record = self._record(self._read_shelf(), number)
        pair = (record.base_commit, self._head(record))
        names = self._git.run("diff-tree", "-r", "-z", "--name-only", *pair).output.split(b"\0")
        paths = [name.decode("utf-8", "replace") for name in names if name]
        quiet = ("diff-tree", "-p", "--no-color", "--no-ext-diff", "--no-textconv")
        return [(path, self._git.text(*quiet, *pair, "--", path) + "\n") for path in paths]

    def merge(self, number: int, *, by: str, at: datetime) -> PullRequest:
        """Merge into the main branch with a merge commit; merging twice is one merge.

        Raises Refused for a conflict or a closed pull request.
        """
        return self._public(self._retried(lambda: self._merge(number, by=by, at=at)))

    def close(self, number: int, *, by: str, at: datetime) -> PullRequest:
        """Close without a merge; closing twice is one close. Refused when it is merged."""
        return self._public(self._retried(lambda: self._close(number, by=by, at=at)))

    def _open(self, proposed: ProposedPullRequest) -> PullRecord:
        shelf = self._read_shelf()
        known = shelf.newest(proposed.branch)
        if known and (
            known.state is PullRequestState.OPEN or is_same_proposal(known.body, proposed.body)
        ):
            return known
        base = self._tip()
        head = self._branch(proposed, base)
        record = PullRecord(
            number=shelf.next_number,
            branch=proposed.branch,
            title=proposed.title,
            body=proposed.body,
            labels=proposed.labels,
            base_commit=self._git.commit(head).parents[0],
            head_commit=head,
            is_draft=proposed.is_draft,
            reviewers=proposed.reviewers,
        )
        shelve(
            self._git, shelf, record, with_refs={f"refs/pull/{record.number}/head": (ABSENT, head)}
        )
        return record

    def _is_touched(self, head: str) -> bool:
        """Asked once a commit: what a commit is never changes."""
        if head not in self._touched:
            self._touched[head] = is_a_persons(self._git, head)
        return self._touched[head]

    def _change(self, number: int, change: Callable[[PullRecord], PullRecord]) -> PullRecord:
        """Change an open record; a decided one stays as it is."""

        def step() -> PullRecord:
            shelf = self._read_shelf()
            record = self._record(shelf, number)
            changed = change(record) if record.state is PullRequestState.OPEN else record
            if changed != record:
                shelve(self._git, shelf, changed, with_refs={})
            return changed

        return self._retried(step)

    def _refresh(self, number: int, proposed: ProposedPullRequest, when: RebaseWhen) -> PullRecord:
        record = self._record(self._read_shelf(), number)
        base = self._tip()
        if record.state is not PullRequestState.OPEN:
            return record
        is_behind = when is RebaseWhen.BEHIND and record.base_commit != base
        if not is_behind and self._is_fresh(record, proposed, base):
            return record
        return self._laid_on(record, proposed, base, is_behind=is_behind)

    def _laid_on(
        self,
        record: PullRecord,
        proposed: ProposedPullRequest,
        base: str,
        *,
        is_behind: bool = False,
    ) -> PullRecord:
        """The record with its branch on that base; a branch with the same tree stays."""
        head = self._branch(proposed, base, is_behind=is_behind)
        fresh = replace(record, base_commit=self._git.commit(head).parents[0], head_commit=head)
        pull_ref = f"refs/pull/{record.number}/head"
        before = self._git.ref(pull_ref) or ABSENT
        shelve(self._git, self._shelf, fresh, with_refs={pull_ref: (before, head)})
        return fresh

    def _is_fresh(self, record: PullRecord, proposed: ProposedPullRequest, base: str) -> bool:
        """Whether the files are still those the branch began from; asked once a commit."""
        paths = tuple(change.path for change in proposed.files)
        question = (record.base_commit, base, paths)
        if self._fresh.get(record.number) == question:
            return True
        if self._git.entries(record.base_commit, *paths) != self._git.entries(base, *paths):
            return False
        self._fresh[record.number] = question
        return True

    def _branch(self, proposed: ProposedPullRequest, base: str, *, is_behind: bool = False) -> str:
        return make_branch(
            self._git, proposed, base_commit=base, repository=self._name, is_behind=is_behind
        )

    def _merge(self, number: int, *, by: str, at: datetime) -> PullRecord:
        shelf = self._read_shelf()
        record = self._record(shelf, number)
        if record.state is PullRequestState.MERGED:
            return record
        if record.state is PullRequestState.CLOSED:
            raise Refused(f"Pull request {number} of {self._name} is closed; open it anew.")
        main, base = self._main(), self._tip()
        commit = merge_onto(self._git, record, (main, base, self._head(record)), self._name, at=at)
        merged = record.decided(PullRequestState.MERGED, by=by, at=at)
        merged = replace(merged, merge_commit=commit)
        shelve(self._git, shelf, merged, with_refs={f"refs/heads/{main}": (base, commit)})
        return merged

    def _close(self, number: int, *, by: str, at: datetime) -> PullRecord:
        shelf = self._read_shelf()
        record = self._record(shelf, number)
        if record.state is PullRequestState.MERGED:
            raise Refused(f"Pull request {number} of {self._name} is merged already.")
        if record.state is PullRequestState.CLOSED:
            return record
        closed = record.decided(PullRequestState.CLOSED, by=by, at=at)
        shelve(self._git, shelf, closed, with_refs={})
        return closed

    def _read_shelf(self) -> PullShelf:
        """All pull requests; read again only when their reference has moved."""
        self._shelf = read_shelf(self._git, known=self._shelf)
        return self._shelf

    def _retried(self, step: Callable[[], _T]) -> _T:
        """Run a step again while another process is faster."""
        moved = RefMoved()
        for attempt in range(_MAX_TRIES):
            try:
                return step()
            except RefMoved as error:
                moved = error
                # Spreads the writers out; nothing secret hangs on it.
                time.sleep(random.uniform(0, 0.02 * (attempt + 1)))  # noqa: S311
        raise TryAgainLater(f"{self._name} is busy or locked: {moved}") from moved

    def _main(self) -> str:
        return self._git.text("symbolic-ref", "--short", "HEAD")

    def _tip(self) -> str:
        """The newest commit of the main branch, which is what HEAD of a bare repository names."""
        if not (self._git.path / "HEAD").is_file():
            raise WillNeverWork(
                f"{self._name}: there is no git repository at {self._git.path}; check the path (it "
                "is the folder that holds HEAD), or make one with git init --bare."
            )
        tip = self._git.ref("HEAD")
        if tip is None:
            raise WillNeverWork(
                f"{self._name} ({self._git.path}) has no commit on {self._main()}; push one first."
            )
        return tip

    def _head(self, record: PullRecord) -> str:
        """The branch as it is now while open; afterwards what the pull request was opened with."""
        is_open = record.state is PullRequestState.OPEN
        return (self._git.ref(f"refs/heads/{record.branch}") if is_open else None) or (
            record.head_commit
        )

    def _record(self, shelf: PullShelf, number: int) -> PullRecord:
        if number not in shelf.records:
            raise WillNeverWork(f"{self._name} has no pull request {number}.")
        return shelf.records[number]

    def _public(self, record: PullRecord) -> PullRequest:
        return record.as_pull_request(self._public_url_of(record.number))
