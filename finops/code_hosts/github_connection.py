"""One GitHub repository through PyGithub: who we are there, at what pace, one call at a time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from github import Auth, Github, UnknownObjectException
from github.PullRequest import PullRequest as GitHubPullRequest
from github.Repository import Repository

from finops.code_hosts.github_errors import outside_failures, short_retry

_TIMEOUT_SECONDS = 15
# GitHub's secondary limit is 900 points a minute, a read is one point: 60 / 900 = 0.067 s. A write
# is five points and may start notifications; PyGithub's own second between writes stays.
SECONDS_BETWEEN_REQUESTS = 0.07


def token_auth(token: str) -> Auth.Auth:
    """Authentication with a token."""
    return Auth.Token(token)


def app_auth(app_id: int | str, private_key: str, installation_id: int) -> Auth.Auth:
    """Authentication as a GitHub App's installation; its tokens renew themselves."""
    return Auth.AppAuth(app_id, private_key).get_installation_auth(installation_id)


class GitHubConnection:
    """The repository `owner/repository`, asked for once.

    Calls are made one at a time, because PyGithub's connection is not made for threads.
    """

    def __init__(
        self,
        name: str,
        auth: Auth.Auth,
        *,
        base_url: str,
        seconds_between_requests: float,
        seconds_between_writes: float,
    ) -> None:
        self.name = name
        self._lock = threading.RLock()
        self._known: Repository | None = None
        self._github = Github(
            auth=auth,
            base_url=base_url,
            timeout=_TIMEOUT_SECONDS,
            retry=short_retry(),
            seconds_between_requests=seconds_between_requests,
            seconds_between_writes=seconds_between_writes,
        )

    @property
    def owner(self) -> str:
        """Whose it is."""
        return self.name.partition("/")[0]

    @contextmanager
    def calling(self, doing: str) -> Iterator[None]:
        """One call at a time; raises TryAgainLater or WillNeverWork as `github_errors` says."""
        with self._lock, outside_failures(self.name, doing):
            yield

    def repository(self) -> Repository:
        """The repository as it was when it was first asked for."""
        if self._known is None:
            self._known = self._github.get_repo(self.name)
        return self._known

    def pull(self, number: int) -> GitHubPullRequest:
        """That pull request, as it is now."""
        return self.repository().get_pull(number)

    def tip(self) -> str:
        """The newest commit of the default branch, whatever it is called by now."""
        repository = self.repository()
        try:
            return repository.get_branch(repository.default_branch).commit.sha
        except UnknownObjectException:
            self._known = None  # renamed since we asked for its name
            repository = self.repository()
            return repository.get_branch(repository.default_branch).commit.sha

    def close(self) -> None:
        """Close the connections; one that is used again opens new ones."""
        self._github.close()
