"""No secret leaves the doctor: known ones are struck out of every line, whatever wrote it."""

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from bot.configuration import Configuration
from bot.settings import Settings
from finops.domain.checks import Check

STRUCK = "•••"
LONGEST = 400
# Shorter ones would strike out pieces of ordinary words.
SHORTEST_SECRET = 6


def secrets_of(settings: Settings, configuration: Configuration) -> frozenset[str]:
    """Tokens, keys, passwords in addresses, and the values of configured headers."""
    addresses = [settings.database_url]
    values = [
        settings.slack_bot_token,
        settings.slack_app_token,
        settings.slack_signing_secret,
        settings.github_token,
        settings.github_app_private_key,
        settings.push_token,
    ]
    for cluster in configuration.clusters:
        if cluster.prometheus:
            addresses.append(cluster.prometheus.url)
            # `Bearer abc`: the second word is the secret, and may be told without the first.
            values += [
                part for v in cluster.prometheus.headers.values() for part in (v, *v.split())
            ]
    for address in addresses:
        values += _passwords(address)
    return frozenset(value for value in values if len(value) >= SHORTEST_SECRET)


def presentable(check: Check, secrets: Iterable[str]) -> Check:
    """The check without secrets, printable and short."""
    return replace(
        check,
        subject=_clean(check.subject, secrets),
        detail=_clean(check.detail, secrets),
        fix=_clean(check.fix, secrets),
    )


def _clean(text: str, secrets: Iterable[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, STRUCK)
    printable = "".join(c if c.isprintable() else " " for c in text[: LONGEST * 2])
    words = " ".join(printable.split())
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"


def _passwords(address: str) -> list[str]:
    try:
        password = urlsplit(address).password or ""
    except ValueError:
        return []
    return [password, unquote(password)]
