"""GitHub as a code host, through PyGithub: github.com and Enterprise, token or App."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from github import Auth, Consts, Github, GithubException, UnknownObjectException
from github.PullRequest import PullRequest as GitHubPullRequest
from github.Repository import Repository

from finops.code_hosts.github_branch import Head, head_at, make_branch
from finops.code_hosts.github_dashboard import publish_dashboard, read_dashboard
from finops.code_hosts.github_errors import outside_failures, short_retry
from finops.code_hosts.github_files import BlobCache, list_files, read_relevant
from finops.code_hosts.github_graphql import NoGraphQL
from finops.code_hosts.github_merges import merge_when_green, merged_files
from finops.code_hosts.github_pulls import committers_of, create_pull, is_from, public
from finops.code_hosts.github_talk import decorate, has_people, make_draft, make_ready, say_once
from finops.code_hosts.proposals import check_proposal, is_same_proposal
from finops.domain.errors import Refused
from finops.domain.manners import RebaseWhen
from finops.domain.pull_request import (
    FileChange,
    ProposedPullRequest,
    PullRequest,
    PullRequestState,
    RepositoryFiles,
)
from finops.ports import Ticked

_TIMEOUT_SECONDS = 15
# GitHub's secondary limit is 900 points a minute, a read is one point: 60 / 900 = 0.067 s. A write
# is five points and may start notifications; PyGithub's own second between writes stays.
_SECONDS_BETWEEN_REQUESTS = 0.07


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
        self._own: dict[str, bool] = {}
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

    def refresh_pull_request(
        self, number: int, proposed: ProposedPullRequest, *, when: RebaseWhen
    ) -> PullRequest:
        """Lay an open pull request's change on the newest main branch, if that is due.

        Raises Refused when a person has worked on the branch. No request is made when the same
        files were compared at the proposal's own base commit before.
        """
        check_proposal(proposed)
        paths = frozenset(change.path for change in proposed.files)
        settled = self._settled.get(number)
        if settled and (settled.commit, settled.paths) == (proposed.base_commit, paths):
            return settled.pull_request
        with self._calling(f"bringing pull request {number} up to date in"):
            pull, tip = self._pull(number), self._tip()
            if pull.state == PullRequestState.OPEN:
                head = head_at(self._repository(), pull.head.sha)
                is_behind = when is RebaseWhen.BEHIND and head.parents != (tip,)
                if is_behind or self._moved_on(head, proposed, tip):
                    self._lay(proposed, tip, is_behind=is_behind)
                self._settled[number] = _Settled(tip, paths, public(pull))
            return public(pull)

    def update_pull_request(
        self, number: int, proposed: ProposedPullRequest, *, told: str
    ) -> PullRequest:
        """Put another revision in its place; `told` is said where a person took part.

        Raises Refused when a person has worked on the branch.
        """
        check_proposal(proposed)
        with self._calling(f"updating pull request {number} of"):
            pull = self._pull(number)
            if pull.state != PullRequestState.OPEN:
                return public(pull)
            self._lay(proposed, self._tip())
            self._settled.pop(number, None)
            if (pull.title, pull.body) != (proposed.title, proposed.body):
                pull.edit(title=proposed.title, body=proposed.body)
            if not proposed.is_draft:
                make_ready(pull)
            if has_people(pull):
                say_once(pull, told, key=told[:80])
            return public(pull)

    def comment(self, number: int, words: str, *, key: str) -> None:
        """Say something under it, once for each key."""
        with self._calling(f"commenting on pull request {number} of"):
            say_once(self._pull(number), words, key=key)

    def hold_pull_request(self, number: int, words: str, *, key: str) -> None:
        """Say why it should not be merged now, and make it a draft where there are drafts."""
        with self._calling(f"holding pull request {number} of"):
            pull = self._pull(number)
            make_draft(pull)
            say_once(pull, words, key=key)

    def close_pull_request(self, number: int, words: str, *, key: str, at: datetime) -> PullRequest:
        """Close it with a word; one that is decided stays as it is."""
        with self._calling(f"closing pull request {number} of"):
            pull = self._pull(number)
            if pull.state == PullRequestState.OPEN:
                say_once(pull, words, key=key)
                pull.edit(state="closed")
            return public(pull)

    def merged_files(self, number: int) -> tuple[FileChange, ...]:
        """What a merged pull request changed. Raises Refused when it is not, or added files."""
        with self._calling(f"reading the merged pull request {number} of"):
            return merged_files(self._repository(), self._pull(number))

    def merge_when_green(self, number: int) -> None:
        """Turn auto-merge on. Raises Refused where no check would have to pass."""
        with self._calling(f"turning on auto-merge of pull request {number} in"):
            try:
                merge_when_green(self._repository(), self._pull(number))
            except NoGraphQL as error:
                raise Refused(f"{self._name} offers no auto-merge; merge by hand.") from error

    def read_dashboard(self, number: int) -> tuple[Ticked, ...]:
        """What people who may write have ticked on the dashboard issue."""
        with self._calling("reading the dashboard of"):
            return read_dashboard(self._repository(), number)

    def publish_dashboard(self, number: int, body: str) -> int:
        """Write the dashboard issue in place, or make it; gives its number."""
        with self._calling("writing the dashboard of"):
            return publish_dashboard(self._repository(), number, body)

    def pull_request(self, number: int) -> PullRequest:
        """The pull request as it is now."""
        with self._calling(f"reading pull request {number} of"):
            pull = self._pull(number)
            found = public(pull)
            if found.state is not PullRequestState.OPEN:
                self._settled.pop(number, None)
                is_added_to = found.state is PullRequestState.MERGED and self._is_touched(
                    pull.head.sha
                )
                return replace(found, committers=committers_of(pull)) if is_added_to else found
            return replace(found, is_touched=self._is_touched(pull.head.sha))

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
        own = [pull for pull in pulls if pull.head.ref == branch and is_from(pull, owner)]
        newest = max(own, key=lambda pull: pull.number, default=None)
        return public(newest) if newest else None

    def _open(self, proposed: ProposedPullRequest) -> PullRequest:
        repository = self._repository()
        self._lay(proposed, self._tip())
        try:
            pull = create_pull(repository, proposed)
        except GithubException:
            # 422 "already exists" after a lost answer, or another replica was faster.
            found = self._find(proposed.branch)
            if found is None or found.state is not PullRequestState.OPEN:
                raise
            return found
        decorate(pull, proposed)
        return public(pull)

    def _moved_on(self, head: Head, proposed: ProposedPullRequest, tip: str) -> bool:
        """Whether a file of the change differs between the branch's start and the main branch."""
        if not head.parents:
            return False
        # By blob id: PyGithub's tree elements are equal to nothing but themselves.
        before, now = (
            {path: entry.sha for path, entry in list_files(self._repository(), commit).items()}
            for commit in (head.parents[0], tip)
        )
        return any(before.get(c.path) != now.get(c.path) for c in proposed.files)

    def _lay(self, proposed: ProposedPullRequest, tip: str, *, is_behind: bool = False) -> None:
        make_branch(self._repository(), proposed, base_commit=tip, is_behind=is_behind)

    def _is_touched(self, commit: str) -> bool:
        """Asked once a commit: what a commit is never changes."""
        if commit not in self._own:
            self._own[commit] = head_at(self._repository(), commit).is_own
        return not self._own[commit]

    def _pull(self, number: int) -> GitHubPullRequest:
        return self._repository().get_pull(number)

    def _tip(self) -> str:
        """The newest commit of the default branch, whatever it is called by now."""
        repository = self._repository()
        try:
            return repository.get_branch(repository.default_branch).commit.sha
        except UnknownObjectException:
            self._known = None  # renamed since we asked for its name
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
