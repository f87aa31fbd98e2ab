"""GitHub's pull requests as this program's."""

from functools import partial

from github import GithubException
from github.PullRequest import PullRequest as GitHubPullRequest
from github.Repository import Repository

from finops.code_hosts.proposals import is_own_commit
from finops.domain.pull_request import ProposedPullRequest, PullRequest, PullRequestState


def newest_pull(repository: Repository, branch: str, *, owner: str) -> PullRequest | None:
    """The newest pull request from that branch of the owner's, in any state."""
    pulls = repository.get_pulls(
        state="all", head=f"{owner}:{branch}", sort="created", direction="desc"
    )
    # Asked again here, because a fork may have a branch of the same name.
    own = [pull for pull in pulls if pull.head.ref == branch and _is_from(pull, owner)]
    newest = max(own, key=lambda pull: pull.number, default=None)
    return public(newest) if newest else None


def _is_from(pull: GitHubPullRequest, owner: str) -> bool:
    """Whether its branch is the repository's own and not a fork's."""
    # `label` is `owner:branch`, also when the fork itself is deleted.
    return (pull.head.label or "").lower().startswith(f"{owner.lower()}:")


def create_pull(repository: Repository, proposed: ProposedPullRequest) -> GitHubPullRequest:
    """Open it on the main branch; not as a draft where the repository's plan has no drafts."""
    create = partial(
        repository.create_pull,
        base=repository.default_branch,
        head=proposed.branch,
        title=proposed.title,
        body=proposed.body,
    )
    try:
        return create(draft=proposed.is_draft)
    except GithubException as error:
        if not proposed.is_draft or "draft" not in str(error.data).lower():
            raise
        return create()


def public(pull: GitHubPullRequest) -> PullRequest:
    """The pull request as the domain knows it."""
    is_merged = pull.merged_at is not None
    state = PullRequestState.MERGED if is_merged else PullRequestState(pull.state)
    return PullRequest(
        number=pull.number,
        url=pull.html_url,
        branch=pull.head.ref,
        title=pull.title,
        body=pull.body or "",
        state=state,
        merged_at=pull.merged_at,
        merged_by=_merger(pull) if is_merged else "",
        is_draft=bool(pull.draft),
        active_at=pull.updated_at,
    )


def committers_of(pull: GitHubPullRequest) -> tuple[str, ...]:
    """The logins of people with commits of their own on the branch, each once.

    Merges of the main branch into it, such as GitHub's button makes, bring nothing of their own.
    One whom GitHub knows no account for has the name that the commit gives.
    """
    found: dict[str, None] = {}
    for each in pull.get_commits():
        is_ours = is_own_commit(each.commit.message, each.commit.tree.sha)
        # No account where GitHub does not know the commit's address.
        name = getattr(each.author, "login", None) or each.commit.author.name
        if not is_ours and len(each.parents) < 2 and name and not name.endswith("[bot]"):
            found[name] = None
    return tuple(found)


def _merger(pull: GitHubPullRequest) -> str:
    """Who merged; nobody when the account is gone."""
    values = pull.raw_data.get("merged_by") or {}
    return str(values.get("login", ""))
