"""Credentials of code hosts: what is missing or broken is a sentence before anything is asked."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from github import Auth

from bot.estate_sections import RepositorySection
from bot.repositories import github_auth
from bot.settings import Settings
from finops.domain.errors import InvalidInput

SHOP = RepositorySection(github="acme/shop")
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
).decode()  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(), "acme/shop needs GITHUB_TOKEN"),
        (Settings(github_app_id="7"), "GITHUB_APP_INSTALLATION_ID is not set"),
        (
            Settings(github_app_id="7", github_app_installation_id=100),
            "GITHUB_APP_PRIVATE_KEY is no private key",
        ),
        (
            Settings(
                github_app_id="7",
                github_app_installation_id=100,
                github_app_private_key=KEY.replace("\n", "\\n"),
            ),
            "with its line breaks",
        ),
    ],
)
def test_what_is_missing_is_named(settings: Settings, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        github_auth(SHOP, settings)


def test_an_app_goes_before_a_token() -> None:
    settings = Settings(
        github_token="ghp_1",
        github_app_id="7",
        github_app_installation_id=100,
        github_app_private_key=KEY,
    )

    assert isinstance(github_auth(SHOP, settings), Auth.AppInstallationAuth)
    assert isinstance(github_auth(SHOP, Settings(github_token="ghp_1")), Auth.Token)
