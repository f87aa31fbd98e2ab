"""What both code hosts ask of a proposal before they touch a repository."""

import hashlib
import re
from pathlib import PurePosixPath

from finops.domain.errors import Refused, TryAgainLater, WillNeverWork
from finops.domain.pull_request import FileChange, ProposedPullRequest

MAX_FILE_BYTES = 5 * 1024**2
AUTHOR = "finops-bot"
AUTHOR_EMAIL = "finops-bot@users.noreply.github.com"

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_TREE = re.compile(r"^Finops-Tree: ([0-9a-f]{40,64})$", re.MULTILINE)


def check_proposal(proposed: ProposedPullRequest) -> None:
    """Raise WillNeverWork for a branch or path that has no business in a commit, or no files."""
    if not _BRANCH.fullmatch(proposed.branch) or ".." in proposed.branch:
        raise WillNeverWork(f"{proposed.branch!r} is no branch name finops-bot writes to.")
    if not proposed.files:
        raise WillNeverWork(f"The pull request {proposed.title!r} changes no file.")
    for change in proposed.files:
        check_path(change.path)


def check_path(path: str) -> None:
    """Raise WillNeverWork unless the path stays inside the work tree and outside `.git`."""
    parts = path.split("/")
    is_strange = any(part in ("", ".", "..") or part.lower() == ".git" for part in parts)
    if is_strange or PurePosixPath(path).is_absolute() or re.search(r"[\x00-\x1f\\]", path):
        raise WillNeverWork(f"{path!r} is no path finops-bot writes to.")


def check_unmoved(change: FileChange, blob_id: str | None, *, repository: str) -> None:
    """Raise TryAgainLater unless the blob on the main branch has the bytes of `change.before`."""
    if blob_id != blob_id_of(change.before):
        raise TryAgainLater(
            f"{change.path} of {repository} has changed on the main branch since the edit was "
            "planned; it is planned again.",
            after_seconds=0,
        )


def blob_id_of(content: bytes) -> str:
    """The id git gives these bytes: SHA-1 over `blob <size>\\0` and the content."""
    # Git's own content address, not a matter of trust.
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def sealed_message(message: str, tree_id: str) -> str:
    """The commit message with a trailer that names the tree it was made with.

    A person who adds to the commit changes the tree, so an own commit that nobody touched can be
    told from one that carries a person's work, on any host and after any crash.
    """
    return f"{message.rstrip()}\nFinops-Tree: {tree_id}\n"


def is_own_commit(message: str, tree_id: str) -> bool:
    """Whether finops-bot made a commit with this message and tree, and nobody changed it."""
    return _TREE.findall(message)[-1:] == [tree_id]


def person_has_worked(branch: str, repository: str) -> Refused:
    """The refusal for a branch that holds commits of a person."""
    return Refused(
        f"A person has worked on the branch {branch} of {repository}, so finops-bot leaves it "
        "alone. Open a pull request from it, or delete it and approve again."
    )


def is_same_proposal(existing_body: str, proposed_body: str) -> bool:
    """Whether two pull request bodies carry the same hidden metadata.

    A closed pull request with the same metadata is the answer to this very proposal: opening it
    again would not take no for an answer.
    """
    hidden = _COMMENT.findall(existing_body)
    return bool(hidden) and hidden == _COMMENT.findall(proposed_body)


def is_text(content: bytes) -> bool:
    """Whether the bytes look like text, by git's own rule: no NUL in the first 8,000."""
    return b"\0" not in content[:8000]
