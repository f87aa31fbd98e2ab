"""GitHub as a code host, through PyGithub: github.com and Enterprise, token or App."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

from github import Auth, Consts, Github, GithubException
from github.PullRequest import PullRequest as GitHubPullRequest
from github.Repository import Repository

from finops.code_hosts.github_branch import make_branch
from finops.code_hosts.github_errors import outside_failures, short_retry
from finops.code_hosts.github_files import BlobCache, list_files, read_relevant
from finops.code_hosts.proposals import check_proposal, is_same_proposal
from finops.domain.pull_request import (
    ProposedPullRequest,
    PullRequest,
    PullRequestState,
    RepositoryFiles,
)

_TIMEOUT_SECONDS = 15
# GitHub's secondary limit is 900 points a minute, a read is one point: 60 / 900 = 0.067 s. A write
# is five points and may start notifications; PyGithub's own second between writes stays.
_SECONDS_BETWEEN_REQUESTS = 0.07
_log = logging.getLogger(__name__)


def token_auth(token: str) -> Auth.Auth:
    """Authentication with a token."""
    return Auth.Token(token)


def app_auth(app_id: int | str, private_key: str, installation_id: int) -> Auth.Auth:
    """Authentication as a GitHub App's installation; its tokens renew themselves."""
    return Auth.AppAuth(app_id, private_key).get_installation_auth(installation_id)


@dataclass(frozen=True, slots=True)
class _Settled:
    """An open pull request whose files were compared with that commit of the main branch."""

    commit: str
    paths: frozenset[str]
    pull_request: PullRequest


class GitHubHost:
    """The `CodeHost` port on one GitHub repository, named `owner/repository`.

    Every method raises TryAgainLater or WillNeverWork as `github_errors` says. Calls are made one
    at a time, because PyGithub's connection is not made for threads.
    """

    def __init__(
        self,
        name: str,
        auth: Auth.Auth,
        *,
        base_url: str = Consts.DEFAULT_BASE_URL,
        seconds_between_requests: float = _SECONDS_BETWEEN_REQUESTS,
        seconds_between_writes: float = Consts.DEFAULT_SECONDS_BETWEEN_WRITES,
    ) -> None:
        self._name = name
        self._lock = threading.RLock()
        self._cache = BlobCache()
        self._known: Repository | None = None
        self._files: RepositoryFiles | None = None
        self._settled: dict[int, _Settled] = {}
        self._github = Github(
            auth=auth,
            base_url=base_url,
            timeout=_TIMEOUT_SECONDS,
            retry=short_retry(),
            seconds_between_requests=seconds_between_requests,
            seconds_between_writes=seconds_between_writes,
        )

    @property
    def name(self) -> str:
        """`owner/repository`."""
        return self._name

    def newest_commit(self) -> str:
        """The id of the default branch's newest commit."""
        with self._calling("reading"):
            return self._tip()

    def read_files(self) -> RepositoryFiles:
        """Manifests and Terraform files at the newest commit of the default branch.

        One request when that commit is still the one of the last call.
        """
        with self._calling("reading"):
            tip = self._tip()
            if self._files is None or self._files.commit != tip:
                files = read_relevant(self._repository(), tip, self._cache)
                self._files = RepositoryFiles(tip, MappingProxyType(files))
            return self._files

    def find_pull_request(self, branch: str) -> PullRequest | None:
        """The newest pull request from that branch in any state, or None."""
        with self._calling("reading the pull requests of"):
            return self._find(branch)

    def open_pull_request(self, proposed: ProposedPullRequest) -> PullRequest:
        """Open it, or return the one that already answers this proposal.

        Raises TryAgainLater for a moved base file and Refused when a person has worked on the
        branch.
        """
        check_proposal(proposed)
        with self._calling("opening a pull request in"):
            return self._answer_to(proposed) or self._open(proposed)

    def refresh_pull_request(self, number: int, proposed: ProposedPullRequest) -> PullRequest:
        """Lay an open pull request's change on the newest main branch, if its files moved on.

        Raises Refused when a person has worked on the branch. No request is made when the same
        files were compared at the proposal's own base commit before.
        """
        check_proposal(proposed)
        paths = frozenset(change.path for change in proposed.files)
        settled = self._settled.get(number)
        if settled and (settled.commit, settled.paths) == (proposed.base_commit, paths):
            return settled.pull_request
        with self._calling(f"bringing pull request {number} up to date in"):
            pull, tip = self._repository().get_pull(number), self._tip()
            if pull.state == PullRequestState.OPEN:
                if self._moved_on(pull, proposed, tip):
                    make_branch(self._repository(), proposed, base_commit=tip)
                self._settled[number] = _Settled(tip, paths, _public(pull))
            return _public(pull)

    def pull_request(self, number: int) -> PullRequest:
        """The pull request as it is now."""
        with self._calling(f"reading pull request {number} of"):
            found = _public(self._repository().get_pull(number))
            if found.state is not PullRequestState.OPEN:
                self._settled.pop(number, None)
            return found

    def close(self) -> None:
        """Close the connections; a host that is used again opens new ones."""
        self._github.close()

    def _answer_to(self, proposed: ProposedPullRequest) -> PullRequest | None:
        """The open pull request of the branch, or a decided one with the same metadata."""
        found = self._find(proposed.branch)
        if found is None or found.state is PullRequestState.OPEN:
            return found
        return found if is_same_proposal(found.body, proposed.body) else None

    def _find(self, branch: str) -> PullRequest | None:
        owner = self._name.split("/")[0]
        pulls = self._repository().get_pulls(
            state="all", head=f"{owner}:{branch}", sort="created", direction="desc"
        )
        # Asked again here, because a fork may have a branch of the same name.
        own = [pull for pull in pulls if pull.head.ref == branch and _is_from(pull, owner)]
        newest = max(own, key=lambda pull: pull.number, default=None)
        return _public(newest) if newest else None

    def _open(self, proposed: ProposedPullRequest) -> PullRequest:
        repository = self._repository()
        make_branch(repository, proposed, base_commit=self._tip())
        try:
            pull = repository.create_pull(
                base=repository.default_branch,
                head=proposed.branch,
                title=proposed.title,
                body=proposed.body,
            )
        except GithubException:
            # 422 "already exists" after a lost answer, or another replica was faster.
            found = self._find(proposed.branch)
            if found is None or found.state is not PullRequestState.OPEN:
                raise
            return found
        _label(pull, proposed)
        return _public(pull)

    def _moved_on(self, pull: GitHubPullRequest, proposed: ProposedPullRequest, tip: str) -> bool:
        """Whether a file of the change differs between the branch's start and the main branch."""
        repository = self._repository()
        head = repository.get_git_commit(pull.head.sha)
        if not head.parents:
            return False
        # By blob id: PyGithub's tree elements are equal to nothing but themselves.
        before, now = (
            {path: entry.sha for path, entry in list_files(repository, commit).items()}
            for commit in (head.parents[0].sha, tip)
        )
        return any(before.get(c.path) != now.get(c.path) for c in proposed.files)

    def _tip(self) -> str:
        repository = self._repository()
        return repository.get_branch(repository.default_branch).commit.sha

    def _repository(self) -> Repository:
        if self._known is None:
            self._known = self._github.get_repo(self._name)
        return self._known

    @contextmanager
    def _calling(self, doing: str) -> Iterator[None]:
        with self._lock, outside_failures(self._name, doing):
            yield


def _is_from(pull: GitHubPullRequest, owner: str) -> bool:
    # `label` is `owner:branch`, also when the fork itself is deleted.
    return (pull.head.label or "").lower().startswith(f"{owner.lower()}:")


def _label(pull: GitHubPullRequest, proposed: ProposedPullRequest) -> None:
    """Labels are decoration: without the permission for them the pull request stands."""
    if not proposed.labels:
        return
    try:
        pull.add_to_labels(*proposed.labels)
    except GithubException as error:
        _log.warning("Pull request %s got no label: %s", pull.number, error)


def _public(pull: GitHubPullRequest) -> PullRequest:
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
    )


def _merger(pull: GitHubPullRequest) -> str:
    """Who merged; nobody when the account is gone."""
    values = pull.raw_data.get("merged_by") or {}
    return str(values.get("login", ""))
