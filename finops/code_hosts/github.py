"""GitHub as a code host, through PyGithub: github.com and Enterprise, token or App."""

from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from github import Auth, Consts, GithubException

from finops.code_hosts.github_branch import head_at, make_branch, moved_on
from finops.code_hosts.github_connection import SECONDS_BETWEEN_REQUESTS, GitHubConnection
from finops.code_hosts.github_dashboard import publish_dashboard, read_dashboard
from finops.code_hosts.github_files import BlobCache, read_relevant
from finops.code_hosts.github_graphql import NoGraphQL
from finops.code_hosts.github_merges import merge_when_green, merged_files
from finops.code_hosts.github_pulls import committers_of, create_pull, newest_pull, public
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


@dataclass(frozen=True, slots=True)
class _Settled:
    """An open pull request whose files were compared with that commit of the main branch."""

    commit: str
    paths: frozenset[str]
    pull_request: PullRequest


class GitHubHost:
    """The `CodeHost` port on one GitHub repository, named `owner/repository`.

    Every method raises TryAgainLater or WillNeverWork as `github_errors` says.
    """

    def __init__(
        self,
        name: str,
        auth: Auth.Auth,
        *,
        base_url: str = Consts.DEFAULT_BASE_URL,
        seconds_between_requests: float = SECONDS_BETWEEN_REQUESTS,
        seconds_between_writes: float = Consts.DEFAULT_SECONDS_BETWEEN_WRITES,
    ) -> None:
        self._there = GitHubConnection(
            name,
            auth,
            base_url=base_url,
            seconds_between_requests=seconds_between_requests,
            seconds_between_writes=seconds_between_writes,
        )
        self._cache = BlobCache()
        self._files: RepositoryFiles | None = None
        self._settled: dict[int, _Settled] = {}
        self._own: dict[str, bool] = {}

    @property
    def name(self) -> str:
        """`owner/repository`."""
        return self._there.name

    def newest_commit(self) -> str:
        """The id of the default branch's newest commit."""
        with self._there.calling("reading"):
            return self._there.tip()

    def read_files(self) -> RepositoryFiles:
        """Manifests and Terraform files at the newest commit of the default branch.

        One request when that commit is still the one of the last call.
        """
        with self._there.calling("reading"):
            tip = self._there.tip()
            if self._files is None or self._files.commit != tip:
                files = read_relevant(self._there.repository(), tip, self._cache)
                self._files = RepositoryFiles(tip, MappingProxyType(files))
            return self._files

    def find_pull_request(self, branch: str) -> PullRequest | None:
        """The newest pull request from that branch in any state, or None."""
        with self._there.calling("reading the pull requests of"):
            return newest_pull(self._there.repository(), branch, owner=self._there.owner)

    def open_pull_request(self, proposed: ProposedPullRequest) -> PullRequest:
        """Open it, or return the one that already answers this proposal.

        Raises TryAgainLater for a moved base file and Refused when a person has worked on the
        branch.
        """
        check_proposal(proposed)
        with self._there.calling("opening a pull request in"):
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
        with self._there.calling(f"bringing pull request {number} up to date in"):
            pull, tip = self._there.pull(number), self._there.tip()
            if pull.state == PullRequestState.OPEN:
                head = head_at(self._there.repository(), pull.head.sha)
                is_behind = when is RebaseWhen.BEHIND and head.parents != (tip,)
                if is_behind or moved_on(self._there.repository(), head, paths, tip):
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
        with self._there.calling(f"updating pull request {number} of"):
            pull = self._there.pull(number)
            if pull.state != PullRequestState.OPEN:
                return public(pull)
            self._lay(proposed, self._there.tip())
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
        with self._there.calling(f"commenting on pull request {number} of"):
            say_once(self._there.pull(number), words, key=key)

    def hold_pull_request(self, number: int, words: str, *, key: str) -> None:
        """Say why it should not be merged now, and make it a draft where there are drafts."""
        with self._there.calling(f"holding pull request {number} of"):
            pull = self._there.pull(number)
            make_draft(pull)
            say_once(pull, words, key=key)

    def close_pull_request(self, number: int, words: str, *, key: str, at: datetime) -> PullRequest:
        """Close it with a word; one that is decided stays as it is."""
        with self._there.calling(f"closing pull request {number} of"):
            pull = self._there.pull(number)
            if pull.state == PullRequestState.OPEN:
                say_once(pull, words, key=key)
                pull.edit(state="closed")
            return public(pull)

    def merged_files(self, number: int) -> tuple[FileChange, ...]:
        """What a merged pull request changed. Raises Refused when it is not, or added files."""
        with self._there.calling(f"reading the merged pull request {number} of"):
            return merged_files(self._there.repository(), self._there.pull(number))

    def merge_when_green(self, number: int) -> None:
        """Turn auto-merge on. Raises Refused where no check would have to pass."""
        with self._there.calling(f"turning on auto-merge of pull request {number} in"):
            try:
                merge_when_green(self._there.repository(), self._there.pull(number))
            except NoGraphQL as error:
                raise Refused(f"{self._there.name} offers no auto-merge; merge by hand.") from error

    def read_dashboard(self, number: int) -> tuple[Ticked, ...]:
        """What people who may write have ticked on the dashboard issue."""
        with self._there.calling("reading the dashboard of"):
            return read_dashboard(self._there.repository(), number)

    def publish_dashboard(self, number: int, body: str) -> int:
        """Write the dashboard issue in place, or make it; gives its number."""
        with self._there.calling("writing the dashboard of"):
            return publish_dashboard(self._there.repository(), number, body)

    def pull_request(self, number: int) -> PullRequest:
        """The pull request as it is now."""
        with self._there.calling(f"reading pull request {number} of"):
            pull = self._there.pull(number)
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
        self._there.close()

    def _answer_to(self, proposed: ProposedPullRequest) -> PullRequest | None:
        """The open pull request of the branch, or a decided one with the same metadata."""
        found = self._newest(proposed)
        if found is None or found.state is PullRequestState.OPEN:
            return found
        return found if is_same_proposal(found.body, proposed.body) else None

    def _newest(self, proposed: ProposedPullRequest) -> PullRequest | None:
        there = self._there
        return newest_pull(there.repository(), proposed.branch, owner=there.owner)

    def _open(self, proposed: ProposedPullRequest) -> PullRequest:
        repository = self._there.repository()
        self._lay(proposed, self._there.tip())
        try:
            pull = create_pull(repository, proposed)
        except GithubException:
            # 422 "already exists" after a lost answer, or another replica was faster.
            found = self._newest(proposed)
            if found is None or found.state is not PullRequestState.OPEN:
                raise
            return found
        decorate(pull, proposed)
        return public(pull)

    def _lay(self, proposed: ProposedPullRequest, tip: str, *, is_behind: bool = False) -> None:
        make_branch(self._there.repository(), proposed, base_commit=tip, is_behind=is_behind)

    def _is_touched(self, commit: str) -> bool:
        """Asked once a commit: what a commit is never changes."""
        if commit not in self._own:
            self._own[commit] = head_at(self._there.repository(), commit).is_own
        return not self._own[commit]
