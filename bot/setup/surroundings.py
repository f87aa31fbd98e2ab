"""What `finops init` can see from where it runs. Only looks: nothing is changed or written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.settings import Settings
from bot.setup.aws_accounts import AwsAccount, visible_accounts
from bot.setup.bills import NO_BILLS, SeenBills, shown_bills, visible_bills
from bot.setup.git_remote import GitHubRemote, github_remote
from bot.setup.kubeconfig import KubeContext, kube_contexts
from finops.domain.sending import is_time_zone

LOCAL_TIME = Path("/etc/localtime")
# The token that Kubernetes gives a pod.
SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Everything that was seen. `set_variables` and `missing_variables` are names, never values."""

    contexts: tuple[KubeContext, ...] = ()
    is_in_cluster: bool = False
    accounts: tuple[AwsAccount, ...] = ()
    github: GitHubRemote | None = None
    bills: SeenBills = NO_BILLS
    time_zone: str = "UTC"
    set_variables: tuple[str, ...] = ()
    missing_variables: tuple[str, ...] = ()


def look_around(
    settings: Settings, *, kubeconfigs: Sequence[Path], folder: Path, bills: Sequence[str] = ()
) -> Surroundings:
    """Kubeconfig, AWS credentials, git remote, bills, and which secrets are set.

    `bills` are those that a person names; without any they are looked for in the folder and among
    what the accounts export. Raises InvalidInput for a named one that cannot be read.
    """
    shown = shown_bills(bills) if bills else None
    accounts = visible_accounts()
    secrets = {
        "SLACK_BOT_TOKEN": settings.slack_bot_token,
        "SLACK_APP_TOKEN": settings.slack_app_token or settings.slack_signing_secret,
        "GITHUB_TOKEN": settings.github_token or settings.github_app_id,
    }
    return Surroundings(
        contexts=kube_contexts(kubeconfigs),
        is_in_cluster=SERVICE_ACCOUNT.exists(),
        accounts=accounts,
        github=github_remote(folder),
        bills=shown or visible_bills(folder, accounts),
        time_zone=time_zone_of(LOCAL_TIME),
        set_variables=tuple(name for name, value in secrets.items() if value),
        missing_variables=tuple(name for name, value in secrets.items() if not value),
    )


def time_zone_of(link: Path) -> str:
    """The IANA name that a link such as /etc/localtime points to, else UTC."""
    found = re.search(r"zoneinfo/(?:posix/)?(.+)$", str(link.resolve()))
    name = found.group(1) if found else "UTC"
    if not is_time_zone(name):
        return "UTC"
    return "UTC" if name in ("Etc/UTC", "UCT", "Zulu") else name
