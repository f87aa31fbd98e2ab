"""The branch of a pull request on GitHub: one commit through the git data API, modes kept."""

import base64

from github import GithubException, InputGitTreeElement, UnknownObjectException
from github.GitCommit import GitCommit
from github.Repository import Repository

from finops.code_hosts.github_files import list_files
from finops.code_hosts.proposals import (
    check_unmoved,
    is_own_commit,
    person_has_worked,
    sealed_message,
)
from finops.domain.pull_request import ProposedPullRequest

# GitHub's answers behind which the reference may have been made all the same.
_MAYBE_DONE = (422, 500, 502, 503, 504)


def make_branch(repository: Repository, proposed: ProposedPullRequest, *, base_commit: str) -> None:
    """Point the branch to one commit with the change; an own one with the same tree stays.

    Raises TryAgainLater when a file has moved on, Refused when a person has worked on the
    branch, and what PyGithub raises.
    """
    elements = _elements(repository, proposed, base_commit)
    existing = _head(repository, proposed.branch)
    if existing and not is_own_commit(existing.message, existing.tree.sha):
        raise person_has_worked(proposed.branch, repository.full_name)
    tree = repository.create_git_tree(elements, repository.get_git_tree(base_commit))
    if existing and existing.tree.sha == tree.sha:
        return
    # Without an author GitHub signs the commit of an App itself.
    commit = repository.create_git_commit(
        sealed_message(proposed.commit_message, tree.sha),
        tree,
        [repository.get_git_commit(base_commit)],
    )
    if existing is None:
        _create(repository, proposed.branch, commit)
    else:
        _replace(repository, proposed.branch, commit)


def _elements(
    repository: Repository, proposed: ProposedPullRequest, base: str
) -> list[InputGitTreeElement]:
    """New blobs at their old modes, once every file is known to be unmoved."""
    listed = list_files(repository, base)
    for change in proposed.files:
        entry = listed.get(change.path)
        check_unmoved(change, entry.sha if entry else None, repository=repository.full_name)
    elements: list[InputGitTreeElement] = []
    for change in proposed.files:
        blob = repository.create_git_blob(base64.b64encode(change.after).decode(), "base64")
        mode = listed[change.path].mode
        elements.append(InputGitTreeElement(change.path, mode, "blob", sha=blob.sha))
    return elements


def _head(repository: Repository, branch: str) -> GitCommit | None:
    try:
        ref = repository.get_git_ref(f"heads/{branch}")
    except UnknownObjectException:
        return None
    return repository.get_git_commit(ref.object.sha)


def _create(repository: Repository, branch: str, commit: GitCommit) -> None:
    """Create the reference; one with the same tree that is there already is as good."""
    try:
        repository.create_git_ref(f"refs/heads/{branch}", commit.sha)
    except GithubException as error:
        existing = _head(repository, branch) if error.status in _MAYBE_DONE else None
        if existing is None:
            raise
        if existing.tree.sha != commit.tree.sha:
            raise person_has_worked(branch, repository.full_name) from error


def _replace(repository: Repository, branch: str, commit: GitCommit) -> None:
    """Force the branch: an own commit of an older plan gives way, its pull request is decided."""
    url = f"{repository.url}/git/refs/heads/{branch}"
    values = {"sha": commit.sha, "force": True}
    repository.requester.requestJsonAndCheck("PATCH", url, input=values)
