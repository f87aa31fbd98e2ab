"""Wiring: where ports meet their adapters (see also `bot/repositories.py`, `bot/estate_wiring.py`).

`build_engine` reads settings and configuration; `build_bot` adds Slack, worker and schedule around
any engine. The sandbox calls the same `build_bot` with other adapters, so that the bot that runs in
the demo is the one that runs in production.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from slack_bolt import App

from bot.app import build_app, build_client
from bot.configuration import Configuration
from bot.cost_wiring import build_cost_explorer, build_unit_metrics
from bot.estate_wiring import build_estate, build_prices
from bot.live_settings import LiveSettings
from bot.people_first import PeopleFirst
from bot.repositories import code_host, repository_name
from bot.schedule import Ticker
from bot.settings import Settings
from bot.socket_mode import SocketModeConnection
from bot.worker import Deliver, Worker
from finops.billing.bill_source import BillSource
from finops.domain.errors import FinOpsError
from finops.domain.intents import IntentKind
from finops.domain.people import Directory
from finops.finops_engine import FinOpsEngine
from finops.guardrails import Guardrails
from finops.ledger.outbox import Intent
from finops.ledger.usage import LedgerUsageStore
from finops.ports import UNHEARD, Progress
from finops.pr_generator import PullRequestGenerator
from finops.savings_ledger import SavingsLedger
from finops.waste_detectors import WasteDetectionEngine, default_detectors
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
    people: PeopleFirst
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


def build_engine(
    settings: Settings,
    configuration: Configuration,
    *,
    progress: Callable[[str], Progress] = lambda _: UNHEARD,
) -> FinOpsEngine:
    """The engine with the adapters that the configuration names.

    `progress` gives who is told how far the reading of a cluster or account is, by its name.
    """
    hosts = {repository_name(r): code_host(r, settings) for r in configuration.repositories}
    ledger = SavingsLedger(settings.database_url)
    estate = build_estate(
        configuration,
        hosts,
        store=LedgerUsageStore(ledger.engine),
        prices=build_prices(configuration, ledger.engine),
        progress=progress,
    )
    return FinOpsEngine(
        ledger,
        directory=configuration.directory(),
        guardrails=Guardrails(configuration.guardrails),
        detection=WasteDetectionEngine(default_detectors(configuration.rightsizing.to_domain())),
        snapshots=estate.snapshots,
        samplers=estate.samplers,
        cost_explorer=build_cost_explorer(configuration, ledger.engine),
        unit_metrics=build_unit_metrics(configuration),
        allocating_bills=_bills(configuration),
        hours=estate.hours,
        pull_requests=PullRequestGenerator(tuple(hosts.values())) if hosts else None,
        owner_rules=configuration.owners.to_domain(),
        owner_files={c.name: hosts[c.repository] for c in configuration.clusters if c.repository},
        pace=configuration.to_pace(),
        currency=configuration.currency.to_domain(),
        manners={
            hosts[repository_name(r)].name: r.pull_requests.to_domain()
            for r in configuration.repositories
        },
    )


def build_bot(
    settings: Settings,
    configuration: Configuration,
    engine: FinOpsEngine,
    *,
    tick_seconds: float = 60.0,
    is_paced: bool = True,
) -> Bot:
    """Slack, worker and schedule around an engine; `is_paced` keeps below Slack's rates."""
    client = build_client(token=settings.slack_bot_token, base_url=settings.slack_base_url)
    membership = Membership(client, fallback=configuration.user_group_members)
    live = LiveSettings(engine, configuration)
    live.refresh()
    context = HandlerContext(
        engine=engine, instance=configuration.instance, membership=membership, desk=live
    )
    app = build_app(client, signing_secret=settings.slack_signing_secret, context=context)
    lanes = engine.ledger if is_paced else None
    slack = SlackDeliveries(client, engine, configuration.instance, lanes=lanes)
    people = PeopleFirst()
    deliveries: dict[IntentKind, Deliver] = {**slack.handlers(), **engine_deliveries(engine)}
    return Bot(
        engine=engine,
        app=app,
        worker=Worker(
            engine.ledger, deliveries, name=settings.process_name, give_way=people.give_way
        ),
        ticker=Ticker(
            engine,
            live.timetable,
            owner=settings.process_name,
            every_seconds=tick_seconds,
            also=lambda: _stay_fresh(engine, live, membership),
        ),
        people=people,
        socket_mode=_socket_mode(settings, app, people),
    )


def _stay_fresh(engine: FinOpsEngine, live: LiveSettings, membership: Membership) -> None:
    """Settings made elsewhere hold here within a tick, and clicks find warm user groups."""
    live.refresh()
    membership.refresh(approver_groups(engine.directory))


def approver_groups(directory: Directory) -> frozenset[str]:
    """Every user group that may approve something: kept fresh, so that clicks are not slow."""
    levels = [*directory.approval_levels, *(x for t in directory.teams for x in t.approval_levels)]
    everybody = (
        directory.default_approvers,
        directory.platform,
        *(team.approvers for team in directory.teams),
        *(level.approvers for level in levels),
    )
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

    def watch_repository(intent: Intent) -> None:
        repository = str(intent.payload["repository"])
        engine.watch_pull_requests(repository)
        engine.update_dashboards(repository)

    return {
        IntentKind.OPEN_PULL_REQUEST: open_pull_request,
        IntentKind.OPEN_REVERT: lambda intent: engine.open_revert(
            str(intent.payload["opportunity"])
        ),
        IntentKind.WATCH_REPOSITORY: watch_repository,
        IntentKind.RUN_CYCLE: run_cycle,
    }


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


def _socket_mode(settings: Settings, app: App, people: PeopleFirst) -> SocketModeConnection | None:
    if not settings.slack_app_token:
        return None
    return SocketModeConnection(
        app,
        app_token=settings.slack_app_token,
        bot_token=settings.slack_bot_token,
        base_url=settings.slack_base_url,
        people=people,
    )


def _bills(configuration: Configuration) -> tuple[BillSource, ...]:
    section = configuration.bill
    if section is None:
        return ()
    return (section.source(configuration.owners.tag_keys, configuration.team_spellings()),)
