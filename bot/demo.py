"""`finops demo`: the unmodified bot against the sandbox: local Slack, simulated estate, local git.

Only the Slack base URL, the code host and the sources differ from production.
"""

import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from bot.configuration import Configuration, load_configuration
from bot.manifest import manifest_scopes
from bot.settings import Settings, forget_proxies
from bot.wiring import Bot, build_bot
from finops.aws_cost_integration import AwsCostIntegration
from finops.code_hosts.local_git import LocalGitHost
from finops.domain.manners import Manners
from finops.finops_engine import FinOpsEngine, UnitMetric
from finops.guardrails import Guardrails
from finops.pr_generator import PullRequestGenerator
from finops.reports.headline import percent
from finops.savings_ledger import SavingsLedger
from finops.sources.estate import EstateReader
from finops.sources.git_manifests import GitManifests
from sandbox.company import COMMANDS, CONFIGURATION, GUIDE, acorn
from sandbox.estate.allocated_invoice import AllocatedInvoice
from sandbox.estate.clock import EstateClock
from sandbox.estate.desired import CLUSTER
from sandbox.estate.repository import create_repository, files_below
from sandbox.estate.sources import SimulatedBill, SimulatedInventory, SimulatedUsage
from sandbox.estate.world import REPOSITORY, SEED, SimulatedWorld
from sandbox.slack.server import SlackSandbox

TICK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Demo:
    """A running sandbox with the bot in it."""

    slack: SlackSandbox
    world: SimulatedWorld
    host: LocalGitHost
    bot: Bot

    @property
    def engine(self) -> FinOpsEngine:
        """The bot's engine."""
        return self.bot.engine

    def stop(self) -> None:
        """Stop the bot, then its Slack."""
        self.bot.stop()
        self.slack.stop()


def start_demo(
    folder: Path,
    *,
    port: int = 0,
    database_url: str | None = None,
    configuration: Configuration | None = None,
    scopes: frozenset[str] | None = None,
) -> Demo:
    """Make the estate, start its Slack, start the bot. The folder keeps repository and ledger.

    `configuration` is the sandbox's own unless given; `scopes` are what the app is granted.
    """
    forget_proxies()
    clock = EstateClock()
    # Links to pull requests are known only once the sandbox has its address.
    address: list[str] = []
    host = _repository(folder, clock, lambda number: f"{address[0]}pull/{number}")
    world = SimulatedWorld(host, clock)
    slack = _slack(world, clock, port=port, scopes=scopes or manifest_scopes().usual)
    address.append(slack.url)
    configuration = configuration or load_configuration(CONFIGURATION)
    engine = _engine(
        configuration, host=host, world=world, clock=clock,
        database_url=database_url or f"sqlite:///{folder}/finops.db",
    )  # fmt: skip
    settings = Settings(
        slack_base_url=slack.api_url,
        slack_bot_token=slack.bot_token,
        slack_app_token=slack.app_token,
    )
    # A week passes at a click here, and so do the seconds between two messages of a channel.
    bot = build_bot(settings, configuration, engine, tick_seconds=TICK_SECONDS, is_paced=False)
    world.show_headlines(lambda bill: _headlines(engine, bill))
    bot.start()
    return Demo(slack, world, host, bot)


def _repository(folder: Path, clock: EstateClock, url_of: Callable[[int], str]) -> LocalGitHost:
    made_at = clock.now() - timedelta(days=400)
    path = create_repository(folder / "acorn-platform.git", files_below(SEED), at=made_at)
    return LocalGitHost(path, name=REPOSITORY, public_url_of=url_of)


def _slack(
    world: SimulatedWorld, clock: EstateClock, *, port: int, scopes: frozenset[str]
) -> SlackSandbox:
    return SlackSandbox(
        acorn(scopes),
        world=world,
        now=clock.now,
        port=port,
        guide=GUIDE,
        commands=COMMANDS,
        has_limits=False,
    ).start()


def serve_demo(*, port: int, say: Callable[[str], None]) -> None:
    """Run until somebody presses Ctrl-C; nothing is kept."""
    with tempfile.TemporaryDirectory(prefix="finops-demo-") as temporary:
        demo = start_demo(Path(temporary), port=port)
        say(f"\n  finops-bot sandbox is running:  {demo.slack.url}\n")
        say("  Open it in a browser. Ctrl-C stops it; nothing is kept.\n")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            say("stopping ...")
        finally:
            demo.stop()


def _engine(
    configuration: Configuration,
    *,
    host: LocalGitHost,
    world: SimulatedWorld,
    clock: EstateClock,
    database_url: str,
) -> FinOpsEngine:
    reader = EstateReader(
        cluster=CLUSTER,
        desired=GitManifests(host, cluster=CLUSTER),
        prices=AwsCostIntegration(),
        usage=SimulatedUsage(),
        inventory=SimulatedInventory(world.declared_now),
    )
    ledger = SavingsLedger(database_url)
    invoice = AllocatedInvoice(world.invoice)
    invoice.keep_history(ledger, today=clock.now().date())
    requests = UnitMetric(
        name="requests",
        query="sum(increase(http_requests_total[1d]))",
        source=world.invoice,
        team="shop",
    )
    return FinOpsEngine(
        ledger,
        directory=configuration.directory(),
        guardrails=Guardrails(configuration.guardrails),
        snapshots={CLUSTER: reader},
        bill=SimulatedBill(world.declared_at),
        allocating_bills=(invoice,),
        unit_metrics=(requests,),
        pull_requests=PullRequestGenerator((host,)),
        owner_rules=configuration.owners.to_domain(),
        owner_files={CLUSTER: host},
        pace=configuration.to_pace(),
        currency=configuration.currency.to_domain(),
        # A visitor approves in a minute what a company approves in a week.
        manners={host.name: Manners(max_open=0, max_per_hour=0)},
        now=clock.now,
    )


def _headlines(engine: FinOpsEngine, bill_usd_per_month: Decimal) -> list[dict[str, str]]:
    """What is offered and what is verified, in cash; its share is of the bill before it."""
    summary = engine.savings()
    offered = sum((r.offered.cashable_usd_per_month for r in summary.by_team), Decimal(0))
    verified = summary.realised.cashable_usd_per_month
    share = f", {percent(verified / (verified + bill_usd_per_month))} of the bill"
    return [
        {"label": "AWS bill / month", "value": engine.currency.short(bill_usd_per_month)},
        {"label": "Offered cash / month", "value": engine.currency.short(offered)},
        {
            "label": "Verified cash / month",
            "value": f"{engine.currency.short(verified)}{share if verified else ''}",
        },
    ]
