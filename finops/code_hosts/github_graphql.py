"""Commits that GitHub signs itself, and branches moved only from where they were seen.

Both exist in GraphQL alone. `createCommitOnBranch` writes on an existing branch whose newest commit
is the expected one, and the commit is GitHub's own, so it is verified for tokens and Apps alike. It
knows no file modes. `updateRefs` moves a branch only if it still stands at `beforeOid`.
"""

import base64
from collections.abc import Mapping
from typing import Any

from github import GithubException
from github.Repository import Repository

from finops.domain.errors import TryAgainLater
from finops.domain.pull_request import ProposedPullRequest

NOWHERE = "0" * 40


class NoGraphQL(Exception):
    """This server has no GraphQL, or not this part of it."""


def signed_commit(
    repository: Repository,
    proposed: ProposedPullRequest,
    *,
    branch: str,
    parent: str,
    message: str,
) -> str:
    """Commit the proposal's files on a branch that stands at `parent`; gives the commit's id.

    Raises TryAgainLater when the branch has moved, NoGraphQL, and what PyGithub raises.
    """
    headline, _, body = message.partition("\n")
    additions = [
        {"path": change.path, "contents": base64.b64encode(change.after).decode()}
        for change in proposed.files
    ]
    answer = mutate(
        repository,
        "createCommitOnBranch",
        {
            "branch": {
                "repositoryNameWithOwner": repository.full_name,
                "branchName": branch,
            },
            "message": {"headline": headline, "body": body.strip("\n")},
            "fileChanges": {"additions": additions},
            "expectedHeadOid": parent,
        },
        "commit { oid }",
    )
    return str(answer["commit"]["oid"])


def move_branch(repository: Repository, branch: str, *, before: str, after: str) -> None:
    """Point a branch elsewhere if it still stands at `before`, whatever the history.

    Raises TryAgainLater when it has moved, NoGraphQL, and what PyGithub raises.
    """
    update = {
        "name": f"refs/heads/{branch}",
        "beforeOid": before,
        "afterOid": after,
        "force": True,
    }
    values = {"repositoryId": repository.node_id, "refUpdates": [update]}
    try:
        mutate(repository, "updateRefs", values, "clientMutationId")
    except GithubException as error:
        # What GitHub says of a reference that moved is documented nowhere, so it is asked.
        if repository.get_git_ref(f"heads/{branch}").object.sha == before:
            raise
        raise _moved(repository) from error


def mutate(
    repository: Repository, name: str, values: Mapping[str, Any], wanted: str
) -> Mapping[str, Any]:
    """One mutation; a branch that is not where it was expected becomes TryAgainLater."""
    try:
        _, answer = repository.requester.graphql_named_mutation(name, dict(values), wanted)
    except GithubException as error:
        if _is_missing(error):
            raise NoGraphQL(name) from error
        if "STALE_DATA" in _types(error):
            raise _moved(repository) from error
        raise
    return answer


def ask(repository: Repository, query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """One query's data. Raises NoGraphQL and what PyGithub raises."""
    try:
        _, answer = repository.requester.graphql_query(query, dict(variables))
    except GithubException as error:
        if _is_missing(error):
            raise NoGraphQL("query") from error
        raise
    data: Mapping[str, Any] = answer.get("data") or {}
    return data


def _is_missing(error: GithubException) -> bool:
    """No such address, or a server too old for the field; a resource not found is an answer."""
    unknown = {"undefinedField", "argumentNotAccepted", "undefinedType"}
    return (error.status in (404, 405) and not _errors(error)) or bool(unknown & _types(error))


def _errors(error: GithubException) -> list[dict[str, Any]]:
    found = error.data.get("errors") if isinstance(error.data, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _types(error: GithubException) -> set[str]:
    kinds = [
        each.get("type") or (each.get("extensions") or {}).get("code") for each in _errors(error)
    ]
    return {str(kind) for kind in kinds if kind}


def _moved(repository: Repository) -> TryAgainLater:
    sentence = f"A branch of {repository.full_name} moved meanwhile; it is looked at again."
    return TryAgainLater(sentence, after_seconds=1)
