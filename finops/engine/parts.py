"""What the engine is made of: its adapters, policies and clock, given once by the wiring."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from finops.aws_cost_integration import AwsCostIntegration
from finops.billing.cost_explorer import CostExplorer
from finops.domain.currency import DOLLARS, Currency
from finops.domain.manners import DEFAULT_MANNERS, Manners
from finops.domain.people import Directory
from finops.domain.sending import SendingHours
from finops.guardrails import Guardrails
from finops.owners.owner import OwnerRules
from finops.owners.repository import OwnerFiles
from finops.ports import (
    AllocatingBill,
    BillSource,
    DailyMetric,
    HourlyUsage,
    SnapshotSource,
    UsageSampler,
)
from finops.pr_generator import PullRequestGenerator
from finops.savings_ledger import SavingsLedger
from finops.waste_detectors import WasteDetectionEngine


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long the engine waits for things, in days, and how much it says a day."""

    # One bill day before and after a change is noise; a week holds every weekday once.
    verify_after_days: int = 7
    # AWS finalises a month's bill within the first days of the next: 35 days cover it.
    give_up_verifying_after_days: int = 35
    expire_after_days: int = 14
    # A waste that no cycle saw again for so long is gone, whatever the reason.
    forget_after_days: int = 7
    cards_per_channel_per_day: int = 10
    # Under this a proposal waits for the plan of the week; 0 gives everything a card of its own.
    card_from_usd_per_month: Decimal = Decimal(0)
    # As long as a proposal's odds look ahead: a next step is judged by what the last one did.
    cooldown_days: int = 14
    # Dependabot's: a team that has answered nothing for so long is not asked anew; 0 asks on.
    pause_team_after_days: int = 90
    hours: SendingHours = field(default_factory=SendingHours)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMetric:
    """What a team or namespace serves, so that its cost can be told for `per` of it.

    `query` counts a UTC day, see `finops.ports.DailyMetric`. Without team and namespace it is held
    against the whole bill.
    """

    name: str
    query: str
    source: DailyMetric
    per: int = 1000
    team: str = ""
    namespace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The engine's adapters and policies. `now` is the estate's clock."""

    ledger: SavingsLedger
    detection: WasteDetectionEngine
    guardrails: Guardrails
    costs: AwsCostIntegration
    directory: Directory
    now: Callable[[], datetime]
    pace: Pace = field(default_factory=Pace)
    snapshots: Mapping[str, SnapshotSource] = field(default_factory=dict)
    # By cluster: who collects usage that nobody else keeps.
    samplers: Mapping[str, UsageSampler] = field(default_factory=dict)
    bill: BillSource | None = None
    # By cluster: who knows the hours of a day that is over; a cycle adds its own hour in any case.
    hours: Mapping[str, HourlyUsage] = field(default_factory=dict)
    # Asked about cost where no bill is read, and for a forecast.
    cost_explorer: CostExplorer | None = None
    unit_metrics: Sequence[UnitMetric] = ()
    # Bills whose every line is placed, beside what verification reads from `bill`.
    bills: Sequence[AllocatingBill] = ()
    pull_requests: PullRequestGenerator | None = None
    owner_rules: OwnerRules = field(default_factory=OwnerRules)
    # By cluster: the repository whose CODEOWNERS and catalogue speak for it.
    owner_files: Mapping[str, OwnerFiles] = field(default_factory=dict)
    # By repository; one without has the default ones.
    manners: Mapping[str, Manners] = field(default_factory=dict)

    # What people read amounts in; records stay US dollars.
    currency: Currency = DOLLARS

    def manners_of(self, repository: str) -> Manners:
        """How to behave in a repository."""
        return self.manners.get(repository, DEFAULT_MANNERS)
