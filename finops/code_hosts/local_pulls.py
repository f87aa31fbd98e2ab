"""Pull requests kept in git itself: one JSON file each, in a tree on `refs/finops/pulls`.

The reference moves by compare-and-swap together with the branches it speaks of, so several
processes can work at once and a crash leaves either all of a step or nothing.
"""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from finops.code_hosts.git_plumbing import ABSENT, BareRepository
from finops.domain.errors import WillNeverWork
from finops.domain.pull_request import PullRequest, PullRequestState

PULLS_REF = "refs/finops/pulls"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRecord:
    """What is kept of a pull request.

    `base_commit` is what its diff is against, `merge_commit` what a merge put on the main branch;
    a comment is kept with the key by which it is said once.
    """

    number: int
    branch: str
    title: str
    body: str
    labels: tuple[str, ...]
    base_commit: str
    head_commit: str
    state: PullRequestState = PullRequestState.OPEN
    decided_at: str = ""
    decided_by: str = ""
    merge_commit: str = ""
    is_draft: bool = False
    reviewers: tuple[str, ...] = ()
    comments: tuple[tuple[str, str], ...] = ()

    def with_comment(self, key: str, words: str) -> "PullRecord":
        """The record with one comment more, unless that key has one."""
        if any(said == key for said, _ in self.comments):
            return self
        return replace(self, comments=(*self.comments, (key, words)))

    def decided(self, state: PullRequestState, *, by: str, at: datetime) -> "PullRecord":
        """The record after a merge or a close."""
        return replace(self, state=state, decided_by=by, decided_at=at.isoformat())

    def as_pull_request(self, url: str) -> PullRequest:
        """The record as the domain sees it."""
        is_merged = self.state is PullRequestState.MERGED
        return PullRequest(
            number=self.number,
            url=url,
            branch=self.branch,
            title=self.title,
            body=self.body,
            state=self.state,
            merged_at=datetime.fromisoformat(self.decided_at) if is_merged else None,
            merged_by=self.decided_by if is_merged else "",
            is_draft=self.is_draft,
        )


@dataclass(frozen=True, slots=True)
class PullShelf:
    """All records as they were at one commit of the reference."""

    commit: str | None
    records: Mapping[int, PullRecord]

    def newest(self, branch: str) -> PullRecord | None:
        """The newest record of a branch, or None."""
        mine = [record for record in self.records.values() if record.branch == branch]
        return max(mine, key=lambda record: record.number, default=None)

    @property
    def next_number(self) -> int:
        """The number of the next pull request."""
        return max(self.records, default=0) + 1


def read_shelf(git: BareRepository, *, known: PullShelf) -> PullShelf:
    """All pull requests of the repository; `known` itself when the reference has not moved."""
    commit = git.ref(PULLS_REF)
    if commit == known.commit:
        return known
    if commit is None:
        return PullShelf(None, {})
    entries = git.entries(commit)
    blobs = git.blobs([entry.blob_id for entry in entries])
    records = [_record(git, blobs[entry.blob_id]) for entry in entries]
    return PullShelf(commit, {record.number: record for record in records})


def shelve(
    git: BareRepository,
    shelf: PullShelf,
    record: PullRecord,
    *,
    with_refs: Mapping[str, tuple[str, str]],
) -> None:
    """Write a record and move the references that belong to it, all or nothing.

    Raises RefMoved when another process was first; read the shelf again then.
    """
    content = json.dumps(asdict(record), indent=1, sort_keys=True).encode()
    blob_id = git.write_blob(content)
    with tempfile.TemporaryDirectory(prefix="finops-") as folder:
        entry = {f"{record.number:06}.json": ("100644", blob_id)}
        tree_id = git.write_tree(shelf.commit or "", entry, Path(folder) / "index")
    parents = [shelf.commit] if shelf.commit else []
    message = f"Pull request {record.number} is {record.state.value}\n"
    commit = git.write_commit(tree_id, parents, message)
    git.move_refs({PULLS_REF: (shelf.commit or ABSENT, commit), **with_refs})


def _record(git: BareRepository, content: bytes) -> PullRecord:
    try:
        values = json.loads(content)
        values["labels"] = tuple(values["labels"])
        values["reviewers"] = tuple(values.get("reviewers", ()))
        values["comments"] = tuple((key, words) for key, words in values.get("comments", ()))
        values["state"] = PullRequestState(values["state"])
        return PullRecord(**values)
    except (ValueError, TypeError, KeyError) as error:
        raise WillNeverWork(
            f"A pull request record on {PULLS_REF} of {git.path} cannot be read ({error}); "
            f"move the reference back to its parent commit."
        ) from error
