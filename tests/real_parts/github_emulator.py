"""The GitHub API, as the `emulate` package serves it to an unmodified PyGithub.

It is not GitHub: a second pull request for the same head is accepted (GitHub: 422), conflicts
merge, `files` of a pull request is empty, any token passes, and a reference can be created and
read but not edited or deleted through PyGithub (its `url` names a path that takes no PATCH).
"""

import base64
import itertools
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.real_parts.needs import missing, needs
from tests.real_parts.servers import free_port, running

if TYPE_CHECKING:  # a fast test does not wait for imports it has no use for
    from github import Github, InputGitTreeElement
    from github.GitTree import GitTree
    from github.Repository import Repository

FOLDER = Path(__file__).parent.parent / "github_emulator"
OWNER = "acme"
TOKEN = "test-token-of-the-bot"


@dataclass(frozen=True, slots=True)
class GitHubPart:
    """A GitHub with one owner, `acme`, who owns what the tests create."""

    base_url: str
    token: str = TOKEN
    owner: str = OWNER
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def client(self) -> "Github":
        from github import Auth, Github

        return Github(
            auth=Auth.Token(self.token),
            base_url=self.base_url,
            seconds_between_requests=0,
            seconds_between_writes=0,
        )

    def new_repository(self, files: Mapping[str, bytes], name: str | None = None) -> "Repository":
        """A repository nobody else uses, with one commit on `main` that holds the files."""
        owner = self.client().get_user()
        repository = owner.create_repo(name or f"repository-{next(self._numbers)}")
        commit = repository.create_git_commit("First commit", _tree(repository, files), [])
        repository.create_git_ref("refs/heads/main", commit.sha)
        return repository


@pytest.fixture(scope="session")
def github_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitHubPart]:
    port = free_port()
    with running(
        emulator_command(port, FOLDER / "seed.yaml"),
        port=port,
        ready_path=f"/repos/{OWNER}/infrastructure",
        log=tmp_path_factory.mktemp("github") / "emulate.log",
    ):
        # PyGithub signs requests for localhost only: 127.0.0.1 is refused as a strange host.
        yield GitHubPart(f"http://localhost:{port}")


@pytest.fixture
def github(github_server: GitHubPart) -> GitHubPart:
    """The server is shared; `github.new_repository({...})` is the test's own."""
    return github_server


def _tree(repository: "Repository", files: Mapping[str, bytes]) -> "GitTree":
    from github import InputGitTreeElement

    def element(path: str, content: bytes) -> "InputGitTreeElement":
        blob = repository.create_git_blob(base64.b64encode(content).decode(), "base64")
        return InputGitTreeElement(path, "100644", "blob", sha=blob.sha)

    return repository.create_git_tree([element(*item) for item in sorted(files.items())])


def emulator_command(port: int, seed: Path) -> list[str]:
    """What starts the server; a seed of its own is for tests that need other apps or people."""
    program = needs(
        FOLDER / "node_modules" / "emulate" / "dist" / "index.js",
        "pull requests are opened on a real GitHub API",
    )
    return [_node(), program, "start", "-s", "github", "-p", str(port), "--seed", str(seed)]


def _node() -> str:
    """The Node that npm brought (Linux), or the machine's own; emulate needs 22.15 or newer."""
    brought = sorted(FOLDER.glob("node_modules/node-*/bin/node"))
    found = str(brought[0]) if brought else shutil.which("node")
    return found or missing("node", "the GitHub emulator runs on it")
