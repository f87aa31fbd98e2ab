"""Wiring: the only place where a port meets its adapter.

`build_engine` reads settings and configuration; `build_bot` adds Slack, worker and schedule around
any engine. The sandbox calls the same `build_bot` with other adapters, so that the bot that runs in
the demo is the one that runs in production.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests
from github import Auth
from slack_bolt import App

from bot.app import build_app, build_client
from bot.configuration import Configuration
from bot.estate_sections import (
    AccountSection,
    AwsSection,
    ClusterSection,
    PrometheusSection,
    RepositorySection,
)
from bot.schedule import Ticker, Timetable
from bot.settings import Settings
from bot.socket_mode import SocketModeConnection
from bot.worker import Deliver, Worker
from finops.aws_cost_integration import AwsCostIntegration
from finops.billing.daily_costs import BillFile
from finops.code_hosts.github import GitHubHost, app_auth, token_auth
from finops.code_hosts.local_git import LocalGitHost
from finops.domain.errors import FinOpsError, InvalidInput
from finops.domain.intents import IntentKind
from finops.domain.people import Directory
from finops.domain.prices import PriceList
from finops.finops_engine import FinOpsEngine, Pace
from finops.guardrails import Guardrails
from finops.ledger.outbox import Intent
from finops.ports import CodeHost, SnapshotSource
from finops.pr_generator import PullRequestGenerator
from finops.savings_ledger import SavingsLedger
from finops.sources.aws.account import ALL_REGIONS, AccountReader
from finops.sources.aws.clients import Clients, Login, session_for
from finops.sources.aws.cluster import AwsInventory
from finops.sources.aws.disks import VolumeClaim
from finops.sources.estate import EstateReader
from finops.sources.git_manifests import GitManifests
from finops.sources.manifest_workloads import ManifestRules
from finops.sources.prometheus import PrometheusUsage
from handlers import HandlerContext
from handlers.access import Membership
from handlers.deliveries import SlackDeliveries


@dataclass(frozen=True, slots=True)
class Bot:
    """A whole bot, not yet started."""

    engine: FinOpsEngine
    app: App
    worker: Worker
    ticker: Ticker
    socket_mode: SocketModeConnection | None

    def start(self) -> None:
        """Connect to Slack, then start delivering and ticking."""
        if self.socket_mode is not None:
            self.socket_mode.start()
        self.worker.start()
        self.ticker.start()

    def stop(self) -> None:
        """Stop in the reverse order; what is under way is finished."""
        self.worker.ask_to_stop()  # a long tick is no reason to begin more deliveries
        self.ticker.stop()
        self.worker.stop()
        if self.socket_mode is not None:
            self.socket_mode.stop()
        self.engine.ledger.close()

    @property
    def is_healthy(self) -> bool:
        """Whether its Slack connection's thread lives."""
        return self.socket_mode is None or self.socket_mode.is_alive


def build_engine(settings: Settings, configuration: Configuration) -> FinOpsEngine:
    """The engine with the adapters that the configuration names."""
    hosts = {_name(r): _code_host(r, settings) for r in configuration.repositories}
    return FinOpsEngine(
        SavingsLedger(settings.database_url),
        directory=configuration.directory(),
        guardrails=Guardrails(configuration.guardrails),
        snapshots=_snapshot_sources(configuration, hosts),
        bill=_bill(configuration),
        pull_requests=PullRequestGenerator(tuple(hosts.values())) if hosts else None,
        pace=Pace(**configuration.pace.model_dump()),
    )


def build_bot(
    settings: Settings,
    configuration: Configuration,
    engine: FinOpsEngine,
    *,
    tick_seconds: float = 60.0,
) -> Bot:
    """Slack, worker and schedule around an engine."""
    client = build_client(token=settings.slack_bot_token, base_url=settings.slack_base_url)
    membership = Membership(client, fallback=configuration.user_group_members)
    groups = approver_groups(engine.directory)
    context = HandlerContext(engine=engine, instance=configuration.instance, membership=membership)
    app = build_app(client, signing_secret=settings.slack_signing_secret, context=context)
    slack = SlackDeliveries(client, engine, instance=configuration.instance)
    deliveries: dict[IntentKind, Deliver] = {**slack.handlers(), **engine_deliveries(engine)}
    return Bot(
        engine=engine,
        app=app,
        worker=Worker(engine.ledger, deliveries, name=settings.process_name),
        ticker=Ticker(
            engine,
            Timetable(**configuration.schedule.model_dump()),
            owner=settings.process_name,
            every_seconds=tick_seconds,
            also=lambda: membership.refresh(groups),
        ),
        socket_mode=_socket_mode(settings, app),
    )


def approver_groups(directory: Directory) -> frozenset[str]:
    """Every user group that may approve something: kept fresh, so that clicks are not slow."""
    everybody = (directory.default_approvers, *(team.approvers for team in directory.teams))
    return frozenset(group for approvers in everybody for group in approvers.user_groups)


def engine_deliveries(engine: FinOpsEngine) -> Mapping[IntentKind, Deliver]:
    """The intents that the engine carries out itself."""

    def open_pull_request(intent: Intent) -> None:
        engine.open_pull_request(
            str(intent.payload["opportunity"]), revision=int(str(intent.payload["revision"]))
        )

    def run_cycle(intent: Intent) -> None:
        summary = "; ".join(_scan(engine, cluster) for cluster in engine.clusters)
        engine.tell_person(
            str(intent.payload.get("requested_by", "")),
            summary or "No cluster is configured, so there was nothing to scan.",
            about=f"scan/{intent.id}",
        )

    return {IntentKind.OPEN_PULL_REQUEST: open_pull_request, IntentKind.RUN_CYCLE: run_cycle}


def _scan(engine: FinOpsEngine, cluster: str) -> str:
    try:
        result = engine.scan(cluster)
    except FinOpsError as error:
        return f"{cluster} could not be scanned: {error}"
    gaps = "".join(f" {gap.sentence}" for gap in result.gaps[:3])
    return (
        f"{cluster}: {len(result.records)} opportunities ({result.new} new, {result.revised} "
        f"changed), {len(result.skipped)} checked and left alone.{gaps}"
    )


def _socket_mode(settings: Settings, app: App) -> SocketModeConnection | None:
    if not settings.slack_app_token:
        return None
    return SocketModeConnection(
        app,
        app_token=settings.slack_app_token,
        bot_token=settings.slack_bot_token,
        base_url=settings.slack_base_url,
    )


def _name(repository: RepositorySection) -> str:
    return repository.name or repository.github or repository.local


def _code_host(repository: RepositorySection, settings: Settings) -> CodeHost:
    if repository.local:
        path = Path(repository.local)
        return LocalGitHost(path, _name(repository), lambda number: f"{path}#pull/{number}")
    return GitHubHost(
        repository.github, _github_auth(repository, settings), base_url=repository.base_url
    )


def _bill(configuration: Configuration) -> BillFile | None:
    if configuration.bill is None:
        return None
    names = [cluster.name for cluster in configuration.clusters]
    # Cloud ids of a bill can be tied to a cluster only where there is one.
    return BillFile(Path(configuration.bill.focus_csv), cluster=names[0] if len(names) == 1 else "")


def _github_auth(repository: RepositorySection, settings: Settings) -> Auth.Auth:
    if settings.github_app_id:
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


def _snapshot_sources(
    configuration: Configuration, hosts: Mapping[str, CodeHost]
) -> Mapping[str, SnapshotSource]:
    """Clusters and accounts by name; no disk is reported by both."""
    prices, has_accounts = AwsCostIntegration(), bool(configuration.accounts)
    inventories = {
        cluster.name: _inventory(cluster, cluster.aws, prices, has_accounts=has_accounts)
        for cluster in configuration.clusters
        if cluster.aws
    }
    clusters = {
        cluster.name: EstateReader(
            cluster=cluster.name,
            desired=_desired(cluster, configuration, hosts) if cluster.repository else None,
            prices=prices,
            usage=_usage(cluster.prometheus) if cluster.prometheus else None,
            inventory=inventories.get(cluster.name),
            window_days=cluster.window_days,
        )
        for cluster in configuration.clusters
    }
    claims = [inventory.claim for inventory in inventories.values()]
    accounts = {
        account.name: _account(account, prices, claims) for account in configuration.accounts
    }
    return {**clusters, **accounts}


def _desired(
    cluster: ClusterSection, configuration: Configuration, hosts: Mapping[str, CodeHost]
) -> GitManifests:
    return GitManifests(
        hosts[cluster.repository],
        cluster=cluster.name,
        rules=ManifestRules(
            default_namespace=cluster.default_namespace,
            folders=tuple(cluster.folders),
            team_by_namespace=configuration.team_by_namespace(),
        ),
    )


def _usage(prometheus: PrometheusSection) -> PrometheusUsage:
    session = requests.Session()
    session.headers.update(prometheus.headers)
    return PrometheusUsage(prometheus.url, session=session, matchers=prometheus.matchers)


def _inventory(
    cluster: ClusterSection, aws: AwsSection, prices: PriceList, *, has_accounts: bool
) -> AwsInventory:
    return AwsInventory(
        clients=Clients(endpoint_url=aws.endpoint_url),
        regions=aws.regions,
        cluster=cluster.name,
        prices=prices,
        only_own_volumes=has_accounts,
    )


def _account(
    account: AccountSection, prices: PriceList, claims: Sequence[Callable[[], VolumeClaim]]
) -> AccountReader:
    login = Login(
        profile=account.profile,
        role_arn=account.role_arn,
        external_id=account.external_id,
        region=next((region for region in account.regions if region != ALL_REGIONS), ""),
        endpoint_url=account.endpoint_url,
    )
    return AccountReader(
        name=account.name,
        clients=Clients(session_for(login), account.endpoint_url),
        prices=prices,
        regions=account.regions,
        metric_days=account.metric_days,
        claims=claims,
    )
