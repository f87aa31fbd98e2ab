"""The code hosts that the configuration names, with their credentials."""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from github import Auth

from bot.estate_sections import RepositorySection
from bot.settings import Settings
from finops.code_hosts.github import GitHubHost
from finops.code_hosts.github_connection import app_auth, token_auth
from finops.code_hosts.local_git import LocalGitHost
from finops.domain.errors import InvalidInput
from finops.ports import CodeHost


def repository_name(repository: RepositorySection) -> str:
    """How people call it, and clusters name it."""
    return repository.name or repository.github or repository.local


def code_host(repository: RepositorySection, settings: Settings) -> CodeHost:
    """The adapter of one repository; raises InvalidInput when it has no credentials."""
    if repository.local:
        path = Path(repository.local)
        return LocalGitHost(
            path, repository_name(repository), lambda number: f"{path}#pull/{number}"
        )
    return GitHubHost(
        repository.github, github_auth(repository, settings), base_url=repository.base_url
    )


def github_auth(repository: RepositorySection, settings: Settings) -> Auth.Auth:
    """The App when there is one, else the token.

    Raises InvalidInput when there is neither, and for an App without a usable key or installation.
    """
    if settings.github_app_id:
        _require_app(settings)
        return app_auth(
            settings.github_app_id,
            settings.github_app_private_key,
            settings.github_app_installation_id,
        )
    if settings.github_token:
        return token_auth(settings.github_token)
    raise InvalidInput(
        f"The repository {repository.github} needs GITHUB_TOKEN, or GITHUB_APP_ID with "
        "GITHUB_APP_PRIVATE_KEY and GITHUB_APP_INSTALLATION_ID."
    )


def _require_app(settings: Settings) -> None:
    if not settings.github_app_installation_id:
        raise InvalidInput(
            "GITHUB_APP_INSTALLATION_ID is not set; it is the number at the end of the address of "
            "the App's installation."
        )
    try:
        load_pem_private_key(settings.github_app_private_key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InvalidInput(
            "GITHUB_APP_PRIVATE_KEY is no private key in PEM; set it to the whole content of the "
            "App's .pem file, with its line breaks."
        ) from error
