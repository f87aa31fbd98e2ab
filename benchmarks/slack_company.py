"""A company for `benchmarks.slack`: its workspace, repository, configuration and waste."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.configuration import Configuration
from bot.manifest import manifest_scopes
from finops.domain.intents import IntentKind
from finops.engine import announce
from finops.finops_engine import FinOpsEngine
from finops.guardrails import Guardrails
from finops.ledger import outbox
from finops.savings_ledger import SavingsLedger
from sandbox.estate.repository import create_repository
from sandbox.slack import Channel, User, Workspace

APPROVERS = tuple(
    User(f"U0APPROVER{n}", f"approver{n}", f"Approver {n}", "approver") for n in range(5)
)
OUTSIDERS = tuple(
    User(f"U0OUTSIDE{n:02}", f"outsider{n}", f"Outsider {n}", "outsider") for n in range(5)
)
CLUSTER = "crowd"
# Two cards each: CPU and memory.
WORKLOADS_A_TEAM = 10


@dataclass(frozen=True, slots=True)
class Company:
    """So many teams, each with a channel, a namespace and ten wasteful workloads."""

    teams: int

    @property
    def channels(self) -> tuple[Channel, ...]:
        """A channel for each team."""
        return tuple(Channel(f"C0TEAM{n:05}", f"team-{n}-costs") for n in range(self.teams))

    def workspace(self) -> Workspace:
        """Its Slack; the app has the scopes of its manifest."""
        people = (*APPROVERS, *OUTSIDERS)
        return Workspace(
            "T0CROWD0001", "Crowd", people, self.channels, scopes=manifest_scopes().usual
        )

    def configuration(self, repository: Path) -> str:
        """Its `finops.yaml`."""
        approvers = [user.id for user in APPROVERS]
        teams = {
            f"team-{n}": {"channel": channel.id, "approvers": {"users": approvers}}
            for n, channel in enumerate(self.channels)
        }
        return json.dumps(
            {
                "instance": CLUSTER,
                "teams": teams,
                "repositories": [
                    {
                        "local": str(repository),
                        "name": "crowd/platform",
                        "pull_requests": {"max_open": 0, "max_per_hour": 0},
                    }
                ],
                # Pushed figures without history are worth little; this is about clicks.
                "guardrails": {"max_changes_per_day": 100, "min_confidence": 0},
                "pace": {"cards_per_channel_per_day": 100, "card_from_usd_per_month": 0},
                "schedule": {"quiet_hours": ""},
            }
        )

    def repository(self, folder: Path) -> Path:
        """A bare repository with a manifest for each workload."""
        files = {
            f"team-{team}/{name}.yaml": _MANIFEST.format(name=name, namespace=f"team-{team}")
            for team, name in self._workloads()
        }
        encoded = {path: text.encode() for path, text in files.items()}
        return create_repository(folder / "platform.git", encoded, at=datetime.now(UTC))

    def record_waste(self, database_url: str, configuration: Configuration) -> int:
        """Let a cycle find the waste; returns how many cards wait in the outbox."""
        namespaces: dict[str, list[dict[str, object]]] = {}
        for team, name in self._workloads():
            workload = {"name": name, "team": f"team-{team}", **_FIGURES}
            namespaces.setdefault(f"team-{team}", []).append(workload)
        engine = FinOpsEngine(
            SavingsLedger(database_url),
            directory=configuration.directory(),
            guardrails=Guardrails(configuration.guardrails),
            pace=configuration.to_pace(),
        )
        engine.run_detection_cycle({"cluster": CLUSTER, "workloads": namespaces})
        while announce.offer_cards(engine.parts, now=engine.now()):
            pass
        asked = engine.ledger.read(
            lambda connection: outbox.unfinished_subjects(connection, kind=IntentKind.POST_CARD)
        )
        engine.ledger.close()
        return len(asked)

    def _workloads(self) -> Iterator[tuple[int, str]]:
        for team in range(self.teams):
            for n in range(WORKLOADS_A_TEAM):
                yield team, f"service-{team}-{n}"


_FIGURES = {
    "cpu_request": 4,
    "cpu_usage": 1.5,
    "memory_request_gb": 8,
    "memory_usage_gb": 3,
}
_MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: {namespace}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - name: {name}
          image: registry.example/{name}:1
          resources:
            requests:
              cpu: "4"
              memory: 8Gi
"""
