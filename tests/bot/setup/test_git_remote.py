"""Which GitHub repository a folder belongs to."""

import subprocess
from pathlib import Path

import pytest

from bot.setup.git_remote import GitHubRemote, github_remote, parse_remote

ENTERPRISE = GitHubRemote("acme/shop", "https://github.acme.com/api/v3")


@pytest.mark.parametrize(
    ("address", "remote"),
    [
        ("git@github.com:acme/shop.git", GitHubRemote("acme/shop")),
        ("https://github.com/acme/shop", GitHubRemote("acme/shop")),
        ("https://x-token:ghp_secret@github.com/acme/shop.git", GitHubRemote("acme/shop")),
        ("ssh://git@ssh.github.com:443/acme/shop.git", GitHubRemote("acme/shop")),
        ("git@github.acme.com:acme/shop.git", ENTERPRISE),
        ("https://github.acme.com/acme/shop.git/", ENTERPRISE),
        ("git@gitlab.com:acme/shop.git", None),
        ("https://github.com/acme/shop/tree/main", None),
        ("/srv/git/shop.git", None),
        ("", None),
    ],
)
def test_every_way_of_writing_it(address: str, remote: GitHubRemote | None) -> None:
    assert parse_remote(address) == remote


def test_origin_of_the_folder_counts(tmp_path: Path) -> None:
    for command in (["init", "-q"], ["remote", "add", "origin", "git@github.com:acme/shop.git"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)

    assert github_remote(tmp_path) == GitHubRemote("acme/shop")


def test_a_folder_without_git_has_none(tmp_path: Path) -> None:
    assert github_remote(tmp_path) is None
