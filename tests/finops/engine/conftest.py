"""An engine over a real git repository, with a clock that tests move."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from finops.code_hosts.local_git import LocalGitHost
from finops.domain.estate import Container, Snapshot, UsageSummary, Volume, Workload
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.people import Actor, Approvers, Directory, Team
from finops.domain.verdict import DailyCost
from finops.finops_engine import FinOpsEngine
from finops.pr_generator import PullRequestGenerator
from finops.savings_ledger import SavingsLedger
from tests.finops.examples import NOW, UNIT_PRICES

MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: web
spec:
  template:
    spec:
      containers:
        - name: server
          resources:
            requests:
              cpu: 500m
              memory: 512Mi
"""
NAMES = ("frontend", "cart", "search")
APPROVER = Actor("U0APPROVER")
OWNER = Actor("U0OWNER")
OUTSIDER = Actor("U0OUTSIDER")
TEAM = Team(
    name="web",
    channel="C0WEB",
    owners=(OWNER.id,),
    approvers=Approvers(users=(APPROVER.id,), user_groups=("S0APPROVERS",)),
)
DIRECTORY = Directory(teams=(TEAM,), triage_channel="C0TRIAGE", leadership_channel="C0LEADERS")


@dataclass
class Estate:
    """What the next snapshot shows; tests change it."""

    now: datetime = NOW
    cpu_request: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 500))
    cpu_used: float = 160.0
    volumes: tuple[Volume, ...] = ()
    costs: list[DailyCost] = field(default_factory=list)

    def snapshot(self, *, now: datetime) -> Snapshot:
        workloads = tuple(self._workload(name) for name in self.cpu_request)
        return Snapshot(
            cluster="shop",
            taken_at=now,
            workloads=workloads,
            volumes=self.volumes,
            unit_prices=UNIT_PRICES,
        )

    def daily_costs(self, *, start: object, end: object) -> list[DailyCost]:
        return [c for c in self.costs if start <= c.day < end]  # type: ignore[operator]

    def _workload(self, name: str) -> Workload:
        usage = UsageSummary(
            window_days=14,
            samples=4032,
            mean=self.cpu_used * 0.6,
            maximum=self.cpu_used * 1.1,
            percentiles={0.5: self.cpu_used * 0.6, 0.95: self.cpu_used, 0.97: self.cpu_used},
            daily_peaks=(self.cpu_used,) * 14,
            source="test",
        )
        container = Container(
            name="server", cpu_request_millicores=self.cpu_request[name], cpu_usage=usage
        )
        return Workload(
            cluster="shop",
            namespace="web",
            kind="Deployment",
            name=name,
            replicas=3,
            containers=(container,),
            team="web",
        )


@dataclass
class World:
    """Engine, estate and repository together, with what tests often do."""

    engine: FinOpsEngine
    estate: Estate
    host: LocalGitHost

    def scan(self) -> list[OpportunityRecord]:
        return list(self.engine.scan("shop").records)

    def card(self, name: str = "frontend") -> OpportunityRecord:
        """A notified opportunity: found, and its card posted."""
        self.scan()
        record = self.record(name)
        self.engine.card_posted(record.id, channel="C0WEB", message_id="1.0", render_hash="h")
        return self.engine.ledger.get(record.id)

    def record(self, name: str = "frontend") -> OpportunityRecord:
        [found] = [r for r in self.engine.ledger.find() if r.opportunity.resource.name == name]
        return found

    def approved(self, name: str = "frontend") -> OpportunityRecord:
        card = self.card(name)
        return self.engine.approve(card.id, revision=card.opportunity.revision, actor=APPROVER)

    def opened(self, name: str = "frontend") -> OpportunityRecord:
        record = self.approved(name)
        self.engine.open_pull_request(record.id, revision=record.opportunity.revision)
        return self.engine.ledger.get(record.id)

    def implemented(self, name: str = "frontend") -> OpportunityRecord:
        record = self.opened(name)
        self.host.merge(record.pull_request_number or 0, by="U0MERGER", at=self.estate.now)
        self.engine.watch_pull_requests()
        self.estate.cpu_request[name] = record.opportunity.changes[0].number
        self.pass_days(0.01)
        self.scan()
        return self.engine.ledger.get(record.id)

    def pass_days(self, days: float) -> None:
        self.estate.now += timedelta(days=days)

    def intents(self) -> list[str]:
        """The kinds of all waiting intents, in order, without delivering them."""
        from sqlalchemy import select

        from finops.ledger.tables import outbox

        with self.engine.ledger.reading() as tx:
            query = select(outbox.c.kind).order_by(outbox.c.id)
            return list(tx.connection.execute(query).scalars())

    def statuses(self) -> set[Status]:
        return {record.status for record in self.engine.ledger.find()}

    def bill(
        self, record: OpportunityRecord, usd_a_day: str, *, days: int, until: datetime
    ) -> None:
        """Allocated CPU cost of one container for the days before `until`."""
        for back in range(1, days + 1):
            day = until.date() - timedelta(days=back)
            jitter = Decimal("1.01") if back % 2 else Decimal("0.99")
            self.estate.costs.append(
                DailyCost(
                    day=day,
                    resource_key=record.opportunity.resource.key,
                    category="allocated_cpu",
                    effective_cost=Decimal(usd_a_day) * jitter,
                )
            )


@pytest.fixture
def world(ledger: SavingsLedger, bare_repository: Callable[..., Path]) -> World:
    """The whole money side, with no Slack."""
    files = {f"apps/{name}.yaml": MANIFEST.format(name=name).encode() for name in NAMES}
    host = LocalGitHost(bare_repository(files), "acme/platform", lambda n: f"http://git/{n}")
    estate = Estate()
    engine = FinOpsEngine(
        ledger,
        directory=DIRECTORY,
        snapshots={"shop": estate},
        bill=estate,
        pull_requests=PullRequestGenerator((host,)),
        now=lambda: estate.now,
    )
    return World(engine, estate, host)
