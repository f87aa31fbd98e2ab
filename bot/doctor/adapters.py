"""Which adapters `finops doctor` asks, in the order in which they are shown.

One entry an adapter: its topic, the heading of its lines, and how it is built. Building runs on
the examination's own thread, so it may import, read credentials and connect.
"""

from collections.abc import Iterator
from pathlib import Path

from github import Auth

from bot.configuration import Configuration
from bot.doctor.configuration_checks import ConfigurationChecks
from bot.doctor.examination import Examination, Topic
from bot.estate_sections import RepositorySection
from bot.manifest import manifest_scopes
from bot.repositories import github_auth, repository_name
from bot.settings import Settings
from finops.billing.bill_checks import BillChecks
from finops.billing.daily_costs import BillFile
from finops.code_hosts.github_checks import GitHubChecks
from finops.code_hosts.local_checks import LocalGitChecks
from finops.ledger.database_checks import DatabaseChecks
from finops.ports import Checked


def checked_adapters(settings: Settings, configuration: Configuration) -> list[Examination]:
    """Every adapter that can be asked how it stands."""
    return [
        Examination(
            topic=Topic.CONFIGURATION,
            area="Configuration",
            build=lambda: ConfigurationChecks(configuration, settings.config_path),
        ),
        Examination(topic=Topic.SLACK, area="Slack", build=lambda: _slack(settings, configuration)),
        Examination(
            topic=Topic.DATABASE,
            area="Database",
            build=lambda: DatabaseChecks(settings.database_url),
        ),
        *(_repository(each, settings) for each in configuration.repositories),
        *_bill(configuration),
    ]


def _slack(settings: Settings, configuration: Configuration) -> Checked:
    # Slack's side brings engine and charts: 2 s of imports, for which nobody else need wait.
    from bot.app import build_client
    from handlers.slack_checks import SlackChecks

    scopes = manifest_scopes()
    return SlackChecks(
        client=build_client(token=settings.slack_bot_token, base_url=settings.slack_base_url),
        needed_scopes=scopes.needed,
        optional_scopes=scopes.optional,
        directory=configuration.directory(),
        app_token=settings.slack_app_token,
        has_signing_secret=bool(settings.slack_signing_secret),
        group_members=configuration.user_group_members,
    )


def _repository(repository: RepositorySection, settings: Settings) -> Examination:
    if repository.local:
        checks = LocalGitChecks(Path(repository.local), repository_name(repository))
        return Examination(topic=Topic.GIT, area=f"Git {checks.name}", build=lambda: checks)
    return Examination(
        topic=Topic.GITHUB,
        area=f"GitHub {repository.github}",
        build=lambda: _github(repository, settings),
    )


def _github(repository: RepositorySection, settings: Settings) -> Checked:
    auth = github_auth(repository, settings)  # first: it refuses a broken key with a sentence
    app = None
    if settings.github_app_id:
        app = Auth.AppAuth(settings.github_app_id, settings.github_app_private_key)
    return GitHubChecks(
        name=repository.github,
        auth=auth,
        base_url=repository.base_url,
        app=app,
        installation_id=settings.github_app_installation_id,
    )


def _bill(configuration: Configuration) -> Iterator[Examination]:
    bill = configuration.bill
    if bill is not None:
        path = Path(bill.focus_csv)
        yield Examination(topic=Topic.BILL, area="Bill", build=lambda: BillChecks(BillFile(path)))
