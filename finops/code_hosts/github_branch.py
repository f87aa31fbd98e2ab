"""The branch of a pull request on GitHub: one commit on the base, signed by GitHub where it can be.

A new branch is made at the base and gets its commit there. An open one must not pass through the
base (GitHub closes a pull request that has no commit), so its next commit is made on a scratch
branch beside it, and the branch is moved to it only from where it was seen. Files with other modes
than 100644 go through the git data API, which keeps modes; an App's commits are signed there too.
"""

import base64
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from github import GithubException, InputGitTreeElement, UnknownObjectException
from github.GitTreeElement import GitTreeElement
from github.Repository import Repository

from finops.code_hosts.github_files import list_files
from finops.code_hosts.github_graphql import NoGraphQL, move_branch, signed_commit
from finops.code_hosts.proposals import (
    check_unmoved,
    is_own_commit,
    person_has_worked,
    sealed_message,
)
from finops.domain.errors import TryAgainLater
from finops.domain.pull_request import ProposedPullRequest

# GitHub's answers behind which the reference may have been made all the same.
_MAYBE_DONE = (422, 500, 502, 503, 504)
_PLAIN_MODE = "100644"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest commit of a branch; an empty one has no commit of its own yet."""

    commit: str
    tree: str
    parents: tuple[str, ...]
    is_own: bool
    is_empty: bool = False


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to stand on the branch: the tree is known before the commit is made."""

    proposed: ProposedPullRequest
    base: str
    tree: str
    message: str
    is_plain: bool


def make_branch(
    repository: Repository,
    proposed: ProposedPullRequest,
    *,
    base_commit: str,
    is_behind: bool = False,
) -> None:
    """Point the branch to one commit with the change; an own one with the same tree stays.

    One that `is_behind` is made anew on the base, whatever its tree. Raises TryAgainLater when a
    file or the branch has moved on, Refused when a person has worked on the branch, and what
    PyGithub raises.
    """
    listed = list_files(repository, base_commit)
    for change in proposed.files:
        entry = listed.get(change.path)
        check_unmoved(change, entry.sha if entry else None, repository=repository.full_name)
    head = head_of(repository, proposed.branch, base_commit=base_commit)
    if head and not (head.is_own or head.is_empty):
        raise person_has_worked(proposed.branch, repository.full_name)
    plan = _plan(repository, proposed, base_commit, listed)
    is_same = head is not None and head.is_own and head.tree == plan.tree
    if is_same and (not is_behind or (head and head.parents == (base_commit,))):
        return
    if not (plan.is_plain and _signed(repository, plan, head)):
        _by_git_data(repository, plan, head)


def head_of(repository: Repository, branch: str, *, base_commit: str = "") -> Head | None:
    """The newest commit of a branch, or None when there is no such branch."""
    try:
        ref = repository.get_git_ref(f"heads/{branch}")
    except UnknownObjectException:
        return None
    return head_at(repository, ref.object.sha, base_commit=base_commit)


def head_at(repository: Repository, commit: str, *, base_commit: str = "") -> Head:
    """What is to be known of a commit; `base_commit` is one that belongs to the main branch."""
    found = repository.get_git_commit(commit)
    is_own = is_own_commit(found.message, found.tree.sha)
    is_empty = not is_own and _is_on_main(repository, commit, base_commit)
    parents = tuple(parent.sha for parent in found.parents)
    return Head(commit, found.tree.sha, parents, is_own, is_empty)


def _is_on_main(repository: Repository, commit: str, base_commit: str) -> bool:
    """Whether a crash left the branch before its commit was made."""
    if not base_commit or commit == base_commit:
        return commit == base_commit
    try:
        return repository.compare(base_commit, commit).ahead_by == 0
    except GithubException:
        return False


def _plan(
    repository: Repository,
    proposed: ProposedPullRequest,
    base: str,
    listed: Mapping[str, GitTreeElement],
) -> _Plan:
    """New blobs at their old modes, as a tree on the base's."""
    elements: list[InputGitTreeElement] = []
    for change in proposed.files:
        blob = repository.create_git_blob(base64.b64encode(change.after).decode(), "base64")
        mode = listed[change.path].mode
        elements.append(InputGitTreeElement(change.path, mode, "blob", sha=blob.sha))
    tree = repository.create_git_tree(elements, repository.get_git_tree(base)).sha
    is_plain = all(listed[change.path].mode == _PLAIN_MODE for change in proposed.files)
    message = sealed_message(proposed.commit_message, tree)
    return _Plan(proposed, base, tree, message, is_plain)


def _signed(repository: Repository, plan: _Plan, head: Head | None) -> bool:
    """Through GraphQL; False on a server without it."""
    branch = plan.proposed.branch
    is_new = head is None or head.is_empty
    place = branch if is_new else f"{branch}-scratch"
    _point(repository, place, plan.base)
    try:
        commit = signed_commit(
            repository, plan.proposed, branch=place, parent=plan.base, message=plan.message
        )
        if not is_new:
            assert head is not None  # noqa: S101 - `is_new` says so
            move_branch(repository, branch, before=head.commit, after=commit)
    except NoGraphQL:
        return False
    finally:
        if not is_new:
            _remove(repository, place)
    return True


def _point(repository: Repository, branch: str, commit: str) -> None:
    """Have a branch stand at a commit; one without commits of its own may be moved at will."""
    existing = head_of(repository, branch)
    if existing is None:
        _create(repository, branch, commit)
    elif existing.commit != commit:
        _patch(repository, branch, commit)


def _by_git_data(repository: Repository, plan: _Plan, head: Head | None) -> None:
    # Without an author GitHub signs the commit of an App itself.
    made = repository.create_git_commit(
        plan.message,
        repository.get_git_tree(plan.tree),
        [repository.get_git_commit(plan.base)],
    )
    branch = plan.proposed.branch
    current = head_of(repository, branch)
    if current is None:
        _create(repository, branch, made.sha, tree=plan.tree)
        return
    # Not a lease, for this API has none: but a commit that came since we looked is not overwritten.
    if head is not None and current.commit not in (head.commit, plan.base):
        raise TryAgainLater(
            f"The branch {branch} of {repository.full_name} moved meanwhile; looking again.",
            after_seconds=1,
        )
    _patch(repository, branch, made.sha)


def _create(repository: Repository, branch: str, commit: str, *, tree: str = "") -> None:
    """Create the reference; one with the same tree or at the same commit is as good."""
    try:
        repository.create_git_ref(f"refs/heads/{branch}", commit)
    except GithubException as error:
        existing = head_of(repository, branch) if error.status in _MAYBE_DONE else None
        if existing is None:
            raise
        if commit != existing.commit and tree != existing.tree:
            raise person_has_worked(branch, repository.full_name) from error


def _patch(repository: Repository, branch: str, commit: str) -> None:
    url = f"{repository.url}/git/refs/heads/{branch}"
    values = {"sha": commit, "force": True}
    repository.requester.requestJsonAndCheck("PATCH", url, input=values)


def _remove(repository: Repository, branch: str) -> None:
    """A scratch branch that stays is used again by the next try, so a failure is no matter."""
    url = f"{repository.url}/git/refs/heads/{branch}"
    try:
        repository.requester.requestJsonAndCheck("DELETE", url)
    except GithubException as error:
        _log.info("the scratch branch %s stays: %s", branch, error)


def moved_on(repository: Repository, head: Head, paths: Collection[str], tip: str) -> bool:
    """Whether one of these files differs between the branch's start and the main branch's tip."""
    if not head.parents:
        return False
    # By blob id: PyGithub's tree elements are equal to nothing but themselves.
    before, now = (
        {path: entry.sha for path, entry in list_files(repository, commit).items()}
        for commit in (head.parents[0], tip)
    )
    return any(before.get(path) != now.get(path) for path in paths)
