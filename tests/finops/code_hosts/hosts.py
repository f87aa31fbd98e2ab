"""What the contract tests do to a code host besides the port: a person's and a thief's work."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from finops.code_hosts.github import GitHubHost
from finops.code_hosts.github_connection import token_auth
from finops.domain.pull_request import FileChange, ProposedPullRequest
from finops.ports import CodeHost

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PATH = "apps/shop/frontend.yaml"
BEFORE = b"\xef\xbb\xbfcpu: 500m\r\n# gr\xc3\xb6\xc3\x9fer\r\n"
AFTER = BEFORE.replace(b"500m", b"120m")
FILES: Mapping[str, bytes] = {
    PATH: BEFORE,
    ".github/CODEOWNERS": b"* @acme/platform\n",
    "README.md": b"# Shop\n",
    "infra/main.tf": b"a = 1\n",
}
BRANCH = "finops/op-1"


class Platform(Protocol):
    """One repository, seen by finops-bot and by people."""

    def host(self) -> CodeHost:
        """A new process's host on the repository."""
        ...

    def push(self, branch: str, path: str, content: bytes) -> None:
        """A person commits a file to a branch that exists."""
        ...

    def read(self, branch: str, path: str) -> bytes:
        """The bytes of a file on a branch."""
        ...

    def branch_without_pull_request(self, proposed: ProposedPullRequest) -> None:
        """A process makes the branch and dies before the pull request."""
        ...

    def merge(self, number: int) -> None:
        """A person merges."""
        ...

    def close(self, number: int) -> None:
        """A person closes without a merge."""
        ...

    def count(self) -> int:
        """How many pull requests there are, in any state."""
        ...


NewPlatform = Callable[..., Platform]


def proposal(
    host: CodeHost, *, after: bytes = AFTER, revision: int = 1, branch: str = BRANCH
) -> ProposedPullRequest:
    return ProposedPullRequest(
        branch=branch,
        title="Lower CPU request of shop/frontend",
        body=f'What and why.\n\n<!-- finops-bot {{"revision": {revision}}} -->\n',
        commit_message=f"Lower CPU request\n\nFinops-Revision: {revision}\n",
        base_commit=host.read_files().commit,
        files=(FileChange(PATH, BEFORE, after),),
    )


def github_host(base_url: str, name: str) -> GitHubHost:
    return GitHubHost(
        name,
        token_auth("test-token"),
        base_url=base_url,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )
