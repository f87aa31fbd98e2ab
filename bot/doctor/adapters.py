"""Which adapters `finops doctor` asks, in the order in which they are shown.

One entry an adapter: its topic, the heading of its lines, and how it is built. Building runs on
the examination's own thread, so it may import, read credentials and connect.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from github import Auth

from bot.configuration import Configuration
from bot.cost_wiring import build_cost_explorer
from bot.doctor.configuration_checks import ConfigurationChecks
from bot.doctor.examination import Examination, Topic
from bot.estate_sections import ClusterSection, PrometheusSection, RepositorySection
from bot.estate_wiring import (
    account_reader,
    build_prices,
    cluster_inventory,
    pod_metrics,
    prometheus_usage,
    running_cluster,
)
from bot.manifest import manifest_scopes
from bot.repositories import github_auth, repository_name
from bot.settings import Settings
from finops.aws_cost_integration import AwsCostIntegration
from finops.billing.source_checks import BillSourceChecks
from finops.code_hosts.github_checks import GitHubChecks
from finops.code_hosts.local_checks import LocalGitChecks
from finops.domain.errors import InvalidInput
from finops.ledger.database import open_engine
from finops.ledger.database_checks import DatabaseChecks
from finops.ledger.usage import LedgerUsageStore
from finops.ports import Checked
from finops.sources.manifest_workloads import ManifestRules


def checked_adapters(settings: Settings, configuration: Configuration) -> list[Examination]:
    """Every adapter that can be asked how it stands."""
    return [
        Examination(
            topic=Topic.CONFIGURATION,
            area="Configuration",
            build=lambda: ConfigurationChecks(
                _in_force(settings, configuration), settings.config_path
            ),
        ),
        Examination(topic=Topic.SLACK, area="Slack", build=lambda: _slack(settings, configuration)),
        Examination(
            topic=Topic.DATABASE,
            area="Database",
            build=lambda: DatabaseChecks(settings.database_url),
        ),
        *(e for each in configuration.clusters for e in _cluster(each, settings)),
        *_aws(configuration),
        *(_repository(each, settings) for each in configuration.repositories),
        *_prices(configuration, settings),
        *_bill(configuration),
        *_cost_explorer(configuration, settings),
    ]


def _in_force(settings: Settings, configuration: Configuration) -> Configuration:
    """With what was set in Slack."""
    from bot.settings_in_force import settings_in_force  # brings the engine, as Slack's side does

    return settings_in_force(configuration, settings.database_url)


def _slack(settings: Settings, configuration: Configuration) -> Checked:
    # Slack's side brings engine and charts: 2 s of imports, for which nobody else need wait.
    from bot.app import build_client
    from handlers.slack_checks import SlackChecks

    scopes = manifest_scopes()
    return SlackChecks(
        client=build_client(token=settings.slack_bot_token, base_url=settings.slack_base_url),
        needed_scopes=scopes.needed,
        optional_scopes=scopes.optional,
        directory=_in_force(settings, configuration).directory(),
        app_token=settings.slack_app_token,
        has_signing_secret=bool(settings.slack_signing_secret),
        group_members=configuration.user_group_members,
    )


def _cluster(cluster: ClusterSection, settings: Settings) -> Iterator[Examination]:
    kubernetes, prometheus = cluster.kubernetes, cluster.prometheus
    if kubernetes is not None:
        yield Examination(
            topic=Topic.KUBERNETES,
            area=f"Kubernetes {cluster.name}",
            build=lambda: running_cluster(cluster.name, kubernetes, ManifestRules()),
            patience_seconds=60,
        )
        if kubernetes.metrics_api and prometheus is None:
            yield Examination(
                topic=Topic.KUBERNETES,
                area=f"Metrics API of {cluster.name}",
                build=lambda: pod_metrics(
                    running_cluster(cluster.name, kubernetes, ManifestRules())
                ),
                patience_seconds=60,
            )
    if prometheus is not None:
        yield Examination(
            topic=Topic.PROMETHEUS,
            area=f"Prometheus of {cluster.name}",
            build=lambda: _prometheus(cluster.name, prometheus, settings),
            patience_seconds=60,
        )


def _aws(configuration: Configuration) -> Iterator[Examination]:
    prices = AwsCostIntegration()  # what things cost is not asked here
    for account in configuration.accounts:
        yield Examination(
            topic=Topic.AWS,
            area=f"AWS {account.name}",
            build=partial(account_reader, account, prices),
            patience_seconds=90,
        )
    for cluster in configuration.clusters:
        if cluster.aws is not None:
            yield Examination(
                topic=Topic.AWS,
                area=f"AWS of {cluster.name}",
                build=partial(cluster_inventory, configuration, cluster, cluster.aws, prices),
                patience_seconds=90,
            )


def _prometheus(cluster: str, section: PrometheusSection, settings: Settings) -> Checked:
    # Asking how it stands keeps nothing, but the reader is made of the same parts as in a cycle.
    store = LedgerUsageStore(open_engine(settings.database_url))
    return prometheus_usage(cluster, section, store)


def _prices(configuration: Configuration, settings: Settings) -> Iterator[Examination]:
    yield Examination(
        topic=Topic.PRICES,
        area="Prices",
        build=lambda: build_prices(configuration, open_engine(settings.database_url)),
        patience_seconds=60,
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
    if bill is None:
        return
    names = configuration.team_spellings()
    yield Examination(
        topic=Topic.BILL,
        area="Bill",
        build=lambda: BillSourceChecks(bill.source(configuration.owners.tag_keys, names), names),
        patience_seconds=300,
    )


def _cost_explorer(configuration: Configuration, settings: Settings) -> Iterator[Examination]:
    if configuration.cost_explorer is not None:
        yield Examination(
            topic=Topic.BILL,
            area="Cost Explorer",
            build=lambda: _explorer(configuration, settings),
            patience_seconds=60,
        )


def _explorer(configuration: Configuration, settings: Settings) -> Checked:
    explorer = build_cost_explorer(configuration, open_engine(settings.database_url))
    if explorer is None:
        raise InvalidInput("cost_explorer is not configured.")
    return explorer
