"""The doctor's questions to code hosts: a real API and real repositories, and only reads."""

from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from github import Auth

from finops.code_hosts.github_checks import (
    GitHubChecks,
    permissions_check,
    rate_check,
    role_check,
    token_check,
)
from finops.code_hosts.github_connection import app_auth, token_auth
from finops.code_hosts.local_checks import LocalGitChecks
from finops.domain.checks import Area, Check, Outcome
from tests.finops.code_hosts.hosts import FILES
from tests.real_parts.bare_repository import BareRepositoryFactory
from tests.real_parts.github_emulator import GitHubPart, emulator_command
from tests.real_parts.servers import free_port, running

AREA = Area("GitHub acme/shop")


def by_subject(checks: GitHubChecks | LocalGitChecks) -> dict[str, Check]:
    return {check.subject: check for check in checks.check()}


def asking(github: GitHubPart, name: str) -> GitHubChecks:
    return GitHubChecks(name=name, auth=token_auth(github.token), base_url=github.base_url)


def test_a_repository_that_may_be_written_is_green_but_for_its_open_main_branch(
    github: GitHubPart,
) -> None:
    repository = github.new_repository(FILES)

    checks = by_subject(asking(github, repository.full_name))

    assert checks["access"].detail == "public, main branch main"
    assert checks["role"].outcome is Outcome.OK
    assert checks["token"].outcome is Outcome.SKIPPED  # the emulator names no scopes
    assert checks["main branch"].outcome is Outcome.WARNING
    assert checks["rate limit"].outcome is Outcome.OK
    assert checks["clock"].outcome is Outcome.OK


def test_a_repository_that_is_not_there_is_red(github: GitHubPart) -> None:
    checks = by_subject(asking(github, "acme/nothing"))

    assert checks["access"].outcome is Outcome.FAILED
    assert "acme/nothing" in checks["access"].detail


def test_a_repository_without_a_commit_is_red(github: GitHubPart) -> None:
    repository = github.client().get_user().create_repo("without-a-commit")

    checks = by_subject(asking(github, repository.full_name))

    assert checks["main branch"].outcome is Outcome.FAILED


def test_a_server_that_is_not_there_is_red() -> None:
    nowhere = GitHubChecks(name="acme/shop", auth=token_auth("x"), base_url="http://127.0.0.1:9")

    assert by_subject(nowhere)["access"].outcome is Outcome.FAILED


@pytest.mark.real
@pytest.mark.parametrize(("contents", "outcome"), [("write", Outcome.OK), ("read", Outcome.FAILED)])
def test_an_app_is_asked_for_the_permissions_of_its_installation(
    contents: str, outcome: Outcome, tmp_path: Path
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()  # fmt: skip
    permissions = {
        "contents": contents,
        "pull_requests": "write",
        "issues": "write",
        "metadata": "read",
    }
    seed, port = tmp_path / "seed.yaml", free_port()
    seed.write_text(yaml.safe_dump(seed_with_app(key, permissions)))
    base_url = f"http://localhost:{port}"
    command = emulator_command(port, seed)
    with running(command, port=port, ready_path="/repos/acme/shop", log=tmp_path / "emulate.log"):
        checks = by_subject(
            GitHubChecks(
                name="acme/shop",
                auth=app_auth(7, key, 100),
                base_url=base_url,
                app=Auth.AppAuth(7, key),
                installation_id=100,
            )
        )

    assert checks["permissions"].outcome is outcome
    assert "role" not in checks


def seed_with_app(key: str, permissions: dict[str, str]) -> dict[str, object]:
    app = {
        "app_id": 7,
        "slug": "finops-bot",
        "name": "finops-bot",
        "private_key": key,
        "permissions": permissions,
        "events": [],
        "installations": [
            {"installation_id": 100, "account": "acme", "repository_selection": "all"}
        ],
    }
    return {
        "github": {
            "users": [{"login": "acme", "name": "Acme", "email": "acme@example.com"}],
            "repos": [{"owner": "acme", "name": "shop", "auto_init": True}],
            "apps": [app],
        }
    }


@pytest.mark.parametrize(
    ("permissions", "outcome"),
    [({"push": True}, "ok"), ({"push": False, "pull": True}, "failed"), (None, "skipped")],
)
def test_the_role_decides_whether_a_branch_can_be_made(
    permissions: dict[str, bool] | None, outcome: str
) -> None:
    assert role_check(AREA, permissions).outcome is Outcome(outcome)


@pytest.mark.parametrize(
    ("scopes", "is_private", "outcome"),
    [
        ("repo, user", True, "ok"),
        ("public_repo", False, "ok"),
        ("public_repo", True, "failed"),
        ("read:org", False, "failed"),
        ("", False, "failed"),
        (None, True, "skipped"),
    ],
)
def test_a_classic_token_says_what_it_may(
    scopes: str | None, is_private: bool, outcome: str
) -> None:
    assert token_check(AREA, scopes, is_private=is_private).outcome is Outcome(outcome)


@pytest.mark.parametrize(
    ("granted", "missing"),
    [
        ({"contents": "write", "pull_requests": "write"}, ""),
        ({"contents": "read", "pull_requests": "write"}, "contents: write"),
        ({}, "contents: write, pull_requests: write"),
    ],
)
def test_an_app_needs_two_permissions(granted: dict[str, str], missing: str) -> None:
    check = permissions_check(AREA, granted | {"issues": "write"})

    assert check.outcome is (Outcome.FAILED if missing else Outcome.OK)
    assert missing in check.detail


def test_an_app_without_issues_has_no_dashboard_and_is_warned() -> None:
    check = permissions_check(AREA, {"contents": "write", "pull_requests": "write"})

    assert check.outcome is Outcome.WARNING
    assert "dashboard" in check.detail


@pytest.mark.parametrize(
    ("remaining", "limit", "outcome"), [(5000, 5000, "ok"), (199, 5000, "warning"), (0, 0, "ok")]
)
def test_a_rate_limit_that_is_nearly_used_up_is_a_warning(
    remaining: int, limit: int, outcome: str
) -> None:
    assert rate_check(AREA, remaining, limit).outcome is Outcome(outcome)


def test_a_local_repository_shows_its_branch(bare_repository: BareRepositoryFactory) -> None:
    path = bare_repository(FILES)

    checks = by_subject(LocalGitChecks(path, "acme/shop"))

    assert checks["main branch"].detail.startswith("main at ")
    assert checks["remote"].detail == "remotes: origin; nothing is pushed to them"


def test_a_folder_that_is_no_repository_is_red(tmp_path: Path) -> None:
    assert by_subject(LocalGitChecks(tmp_path, "acme/shop"))["path"].outcome is Outcome.FAILED
