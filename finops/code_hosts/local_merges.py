"""Merges in a bare repository: made with git's own merge, and read back as whole files."""

from datetime import datetime

from finops.code_hosts.git_plumbing import BareRepository, TreeEntry
from finops.code_hosts.local_pulls import PullRecord
from finops.domain.errors import Refused
from finops.domain.pull_request import FileChange


def merge_onto(
    git: BareRepository,
    record: PullRecord,
    branches: tuple[str, str, str],
    repository: str,
    *,
    at: datetime,
) -> str:
    """The merge commit of `(main branch, its commit, the head)`. Raises Refused for a conflict."""
    main, base, head = branches
    done = git.run("merge-tree", "--write-tree", base, head, allowed=(0, 1))
    if done.status:
        raise Refused(
            f"Pull request {record.number} of {repository} conflicts with {main}; close it, and "
            "the next cycle plans the edit again."
        )
    tree_id = done.output.decode().split()[0]
    message = f"Merge pull request #{record.number} from {record.branch}\n\n{record.title}\n"
    return git.write_commit(tree_id, [base, head], message, at=at)


def merged_files(
    git: BareRepository, record: PullRecord, *, repository: str
) -> tuple[FileChange, ...]:
    """The files that a merge changed on the main branch, before and after.

    Raises Refused when it is not merged, or when a person's commit added or removed files.
    """
    if not record.merge_commit:
        raise Refused(f"Pull request {record.number} of {repository} is not merged.")
    before = _files(git, git.commit(record.merge_commit).parents[0])
    after = _files(git, record.merge_commit)
    changed = sorted(path for path in before | after if before.get(path) != after.get(path))
    if any(path not in before or path not in after for path in changed):
        raise Refused(
            f"Pull request {record.number} of {repository} added or removed files, so it is taken "
            "back by hand: revert its merge commit."
        )
    blobs = git.blobs([side[path] for path in changed for side in (before, after)])
    return tuple(FileChange(p, blobs[before[p]], blobs[after[p]]) for p in changed)


def _files(git: BareRepository, commit: str) -> dict[str, str]:
    entries: list[TreeEntry] = git.entries(commit)
    return {each.path: each.blob_id for each in entries}
