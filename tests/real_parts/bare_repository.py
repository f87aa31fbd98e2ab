"""A bare git repository on disk: as real a remote as any, and the demo's code host."""

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.real_parts.needs import needs

BareRepositoryFactory = Callable[..., Path]

# Nothing of the developer's: not the name, not autocrlf, not a signing key, not a hook.
GIT_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "Acme",
    "GIT_AUTHOR_EMAIL": "acme@example.com",
    "GIT_AUTHOR_DATE": "2026-01-05T09:00:00Z",
    "GIT_COMMITTER_NAME": "Acme",
    "GIT_COMMITTER_EMAIL": "acme@example.com",
    "GIT_COMMITTER_DATE": "2026-01-05T09:00:00Z",
}


@pytest.fixture
def bare_repository(tmp_path: Path) -> BareRepositoryFactory:
    """`bare_repository(files, name="infrastructure") -> Path`: one commit on `main`.

    `files` maps paths to bytes, which arrive in the repository as they are. The same files give
    the same commit id, every time.
    """

    def create(files: Mapping[str, bytes], name: str = "infrastructure") -> Path:
        work_tree, bare = tmp_path / f"{name}.work", tmp_path / f"{name}.git"
        for path, content in files.items():
            (work_tree / path).parent.mkdir(parents=True, exist_ok=True)
            (work_tree / path).write_bytes(content)
        work_tree.mkdir(exist_ok=True)
        git(work_tree, "init", "--quiet", "--initial-branch=main")
        git(work_tree, "add", "--all", "--force")
        git(work_tree, "commit", "--quiet", "--allow-empty", "--message=First commit")
        git(tmp_path, "clone", "--quiet", "--bare", str(work_tree), str(bare))
        return bare

    return create


def git(folder: Path, *arguments: str) -> bytes:
    """What git answers in that folder, untouched by the developer's own configuration."""
    program = needs("git", "a bare repository stands in for the code host")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    return subprocess.run(
        [program, *arguments],
        cwd=folder,
        env={**inherited, **GIT_ENVIRONMENT},
        check=True,
        capture_output=True,
    ).stdout
