"""The branch of a pull request in a bare repository: one commit on the base, modes kept."""

import tempfile
from pathlib import Path

from finops.code_hosts.git_plumbing import ABSENT, BareRepository
from finops.code_hosts.proposals import (
    check_unmoved,
    is_own_commit,
    person_has_worked,
    sealed_message,
)
from finops.domain.pull_request import ProposedPullRequest


def is_a_persons(git: BareRepository, head: str) -> bool:
    """Whether the newest commit of a branch is not finops-bot's own, as it made it."""
    found = git.commit(head)
    return not is_own_commit(found.message, found.tree_id)


def make_branch(
    git: BareRepository,
    proposed: ProposedPullRequest,
    *,
    base_commit: str,
    repository: str,
    is_behind: bool = False,
) -> str:
    """The branch's commit: an own one with the same tree, or a new one in its place.

    One that is behind is made anew on the base, whatever its tree.

    Raises TryAgainLater when a file has moved on, Refused when a person has worked on the branch,
    RefMoved when another process was first.
    """
    tree_id = _tree(git, proposed, base_commit, repository=repository)
    ref = f"refs/heads/{proposed.branch}"
    existing = git.ref(ref)
    if existing is not None:
        found = git.commit(existing)
        if is_a_persons(git, existing):
            raise person_has_worked(proposed.branch, repository)
        is_same_base = not is_behind or found.parents == (base_commit,)
        if found.tree_id == tree_id and is_same_base:
            return existing
    message = sealed_message(proposed.commit_message, tree_id)
    head = git.write_commit(tree_id, [base_commit], message)
    git.move_refs({ref: (existing or ABSENT, head)})
    return head


def _tree(git: BareRepository, proposed: ProposedPullRequest, base: str, *, repository: str) -> str:
    """A tree like the base's with the new bytes; file modes stay."""
    paths = [change.path for change in proposed.files]
    entries = {each.path: each for each in git.entries(base, *paths) if each.is_file}
    blobs: dict[str, tuple[str, str]] = {}
    for change in proposed.files:
        entry = entries.get(change.path)
        check_unmoved(change, entry.blob_id if entry else None, repository=repository)
        mode = entry.mode if entry else "100644"
        blobs[change.path] = (mode, git.write_blob(change.after))
    with tempfile.TemporaryDirectory(prefix="finops-") as folder:
        return git.write_tree(base, blobs, Path(folder) / "index")
