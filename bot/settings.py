"""Settings from the environment: secrets and addresses. The only reader of the environment."""

import os
import socket
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from finops.domain.errors import InvalidInput
from finops.savings_ledger import DEFAULT_DATABASE_URL

CONFIG_NAMES = ("finops.yaml", "finops.yml")
SLACK_API_URL = "https://slack.com/api/"
_PROXY_NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Secrets and addresses of one process; everything else is in the configuration file."""

    config_path: Path | None = None
    database_url: str = DEFAULT_DATABASE_URL
    slack_base_url: str = SLACK_API_URL
    slack_bot_token: str = field(default="", repr=False)
    slack_app_token: str = field(default="", repr=False)
    slack_signing_secret: str = field(default="", repr=False)
    github_token: str = field(default="", repr=False)
    github_app_id: str = ""
    github_app_private_key: str = field(default="", repr=False)
    github_app_installation_id: int = 0
    github_webhook_secret: str = field(default="", repr=False)
    push_token: str = field(default="", repr=False)
    http_host: str = "0.0.0.0"  # noqa: S104 - a container's port; the compose file narrows it
    http_port: int = 8080
    process_name: str = field(default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the environment; raises InvalidInput naming a variable that is wrong."""
    env = os.environ if environment is None else environment
    config = env.get("FINOPS_CONFIG", "")
    return Settings(
        config_path=Path(config) if config else _default_config(),
        database_url=env.get("FINOPS_DATABASE_URL", DEFAULT_DATABASE_URL),
        slack_base_url=env.get("SLACK_BASE_URL", SLACK_API_URL),
        slack_bot_token=env.get("SLACK_BOT_TOKEN", ""),
        slack_app_token=env.get("SLACK_APP_TOKEN", ""),
        slack_signing_secret=env.get("SLACK_SIGNING_SECRET", ""),
        github_token=env.get("GITHUB_TOKEN", ""),
        github_app_id=env.get("GITHUB_APP_ID", ""),
        github_app_private_key=env.get("GITHUB_APP_PRIVATE_KEY", ""),
        github_app_installation_id=_number(env, "GITHUB_APP_INSTALLATION_ID"),
        github_webhook_secret=env.get("GITHUB_WEBHOOK_SECRET", ""),
        push_token=env.get("FINOPS_PUSH_TOKEN", ""),
        http_port=_port(env.get("FINOPS_HTTP_PORT", "8080")),
    )


def forget_proxies(environment: MutableMapping[str, str] | None = None) -> None:
    """Remove proxy variables from this process, for the sandbox.

    The Slack SDK honours HTTP_PROXY but not NO_PROXY, so behind a company's proxy it would send
    loopback calls of the demo to that proxy.
    """
    env = os.environ if environment is None else environment
    for name in _PROXY_NAMES:
        env.pop(name, None)
        env.pop(name.lower(), None)


def kubeconfig_files(environment: Mapping[str, str] | None = None) -> list[Path]:
    """The kubeconfig files as kubectl finds them: KUBECONFIG, else the one in the home folder."""
    env = os.environ if environment is None else environment
    named = [Path(part) for part in env.get("KUBECONFIG", "").split(os.pathsep) if part]
    return named or [Path.home() / ".kube" / "config"]


def _default_config() -> Path | None:
    present = [path for path in map(Path, CONFIG_NAMES) if path.exists()]
    if len(present) > 1:
        raise InvalidInput(
            f"Both {present[0]} and {present[1]} are here; remove one, or set FINOPS_CONFIG to the "
            "one that counts."
        )
    return present[0] if present else None


def _number(env: Mapping[str, str], name: str) -> int:
    text = env.get(name, "") or "0"
    if not text.isdecimal():
        raise InvalidInput(f"{name} is {text!r}; it is a whole number.")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= 65_535:
        raise InvalidInput(f"FINOPS_HTTP_PORT is {text!r}; it is a port from 0 to 65535.")
    return int(text)
