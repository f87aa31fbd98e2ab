"""The two code hosts behind one contract."""

import base64
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from github import InputGitTreeElement
from github.Repository import Repository

from finops.code_hosts import GitHubHost, LocalGitHost, local_branch
from finops.code_hosts.git_plumbing import BareRepository
from finops.code_hosts.github_branch import make_branch
from finops.domain.pull_request import ProposedPullRequest
from tests.finops.code_hosts.github_in_front import bad_day, day, host, repository
from tests.finops.code_hosts.hosts import FILES, NOW, Platform, github_host
from tests.real_parts.bare_repository import BareRepositoryFactory
from tests.real_parts.github_emulator import GitHubPart

# Fixtures of the proxy, for every test of this folder.
__all__ = ["bad_day", "day", "github_host", "host", "repository"]

ON_BOTH = [
    pytest.param("local", id="local git"),
    pytest.param("github", id="GitHub", marks=pytest.mark.real),
]


@dataclass
class LocalPlatform:
    path: Path

    def host(self) -> LocalGitHost:
        return LocalGitHost(self.path, "acme/shop", lambda number: f"http://local/pull/{number}")

    def push(self, branch: str, path: str, content: bytes) -> None:
        git = BareRepository(self.path)
        head = git.ref(f"refs/heads/{branch}")
        assert head is not None
        with tempfile.TemporaryDirectory() as folder:
            blob = {path: ("100644", git.write_blob(content))}
            tree = git.write_tree(head, blob, Path(folder) / "index")
        commit = git.write_commit(tree, [head], "By a person\n")
        git.move_refs({f"refs/heads/{branch}": (head, commit)})

    def read(self, branch: str, path: str) -> bytes:
        return BareRepository(self.path).run("show", f"refs/heads/{branch}:{path}").output

    def branch_without_pull_request(self, proposed: ProposedPullRequest) -> None:
        git = BareRepository(self.path)
        local_branch.make_branch(
            git, proposed, base_commit=proposed.base_commit, repository="acme/shop"
        )

    def merge(self, number: int) -> None:
        self.host().merge(number, by="maria", at=NOW)

    def close(self, number: int) -> None:
        self.host().close(number, by="maria", at=NOW)

    def count(self) -> int:
        return len(self.host().list_pull_requests())


@dataclass
class GitHubPlatform:
    part: GitHubPart
    repository: Repository

    def host(self) -> GitHubHost:
        return github_host(self.part.base_url, self.repository.full_name)

    def push(self, branch: str, path: str, content: bytes) -> None:
        head = self.repository.get_git_ref(f"heads/{branch}").object.sha
        blob = self.repository.create_git_blob(base64.b64encode(content).decode(), "base64")
        element = InputGitTreeElement(path, "100644", "blob", sha=blob.sha)
        base = self.repository.get_git_tree(head)
        tree = self.repository.create_git_tree([element], base_tree=base)
        parents = [self.repository.get_git_commit(head)]
        commit = self.repository.create_git_commit("By a person", tree, parents)
        self._patch(f"git/refs/heads/{branch}", {"sha": commit.sha})

    def read(self, branch: str, path: str) -> bytes:
        file = self.repository.get_contents(path, ref=branch)
        assert not isinstance(file, list)
        return file.decoded_content

    def branch_without_pull_request(self, proposed: ProposedPullRequest) -> None:
        make_branch(self.repository, proposed, base_commit=proposed.base_commit)

    def merge(self, number: int) -> None:
        self.repository.get_pull(number).merge()

    def close(self, number: int) -> None:
        self._patch(f"pulls/{number}", {"state": "closed"})

    def count(self) -> int:
        return self.repository.get_pulls(state="all").totalCount

    def _patch(self, path: str, values: dict[str, Any]) -> None:
        url = f"{self.repository.url}/{path}"
        self.repository.requester.requestJsonAndCheck("PATCH", url, input=values)


@pytest.fixture(params=ON_BOTH)
def platform(request: pytest.FixtureRequest) -> Platform:
    if request.param == "local":
        create: BareRepositoryFactory = request.getfixturevalue("bare_repository")
        return LocalPlatform(create(FILES))
    part: GitHubPart = request.getfixturevalue("github")
    return GitHubPlatform(part, part.new_repository(FILES))


@pytest.fixture
def local(bare_repository: BareRepositoryFactory) -> LocalPlatform:
    return LocalPlatform(bare_repository(FILES))
