"""The lines behind each number of a report: one opportunity, and what of it is counted as what."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from finops.domain.currency import Currency
from finops.domain.lifecycle import IN_FLIGHT, OFFERED, Status
from finops.domain.money import Saving
from finops.domain.verdict import Verdict

NOTHING = Saving()


class Stage(StrEnum):
    """How sure the money of a line is; `not counted` is in no sum."""

    VERIFIED = "verified"
    IN_FLIGHT = "in flight"
    OFFERED = "offered"
    NOT_COUNTED = "not counted"


class RiskClass(StrEnum):
    """How bad it would be if the proposal did not hold."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


def stage_of(status: Status) -> Stage:
    """The stage that a status belongs to."""
    if status is Status.VERIFIED:
        return Stage.VERIFIED
    if status in IN_FLIGHT:
        return Stage.IN_FLIGHT
    return Stage.OFFERED if status in OFFERED else Stage.NOT_COUNTED


def risk_class_of(risk: float) -> RiskClass:
    """The class of a risk from 0 to 1, with the borders that cards use."""
    if risk < 0.3:
        return RiskClass.LOW
    return RiskClass.MEDIUM if risk < 0.6 else RiskClass.HIGH


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """One opportunity as a report counts it.

    `estimate` is what was proposed, `realised` what the bill showed; `cost_usd_per_month` is what a
    raise for reliability costs. `asked_at` is when its owner was last asked before the decision.
    `verdict` is empty before the bill was judged; `judged_from` is the day it can be.
    """

    opportunity_id: str
    revision: int
    status: Status
    team: str
    kind: str
    cluster: str
    namespace: str
    resource: str
    action: str
    estimate: Saving
    realised: Saving = NOTHING
    cost_usd_per_month: Decimal = Decimal(0)
    is_for_reliability: bool = False
    confidence: float = 1.0
    risk: float = 0.0
    detected_at: datetime
    status_changed_at: datetime
    asked_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    decided_by_name: str = ""
    merged_at: datetime | None = None
    implemented_at: datetime | None = None
    judged_from: datetime | None = None
    verified_at: datetime | None = None
    verdict: str = ""
    low_usd_per_month: Decimal | None = None
    high_usd_per_month: Decimal | None = None
    reason: str = ""
    repository: str = ""
    pull_request_number: int | None = None
    pull_request_url: str = ""

    @property
    def stage(self) -> Stage:
        """What it is counted as."""
        return stage_of(self.status)

    @property
    def counted(self) -> Saving:
        """What it adds to its stage: the bill's figure once there is one, else the estimate."""
        if self.stage is Stage.VERIFIED:
            return self.realised
        return NOTHING if self.stage is Stage.NOT_COUNTED else self.estimate

    def reason_in(self, currency: Currency) -> str:
        """The verdict's sentence in a currency; what a person gave as a reason as they gave it."""
        interval = (self.low_usd_per_month, self.high_usd_per_month)
        known = (*self.estimate.amounts, *self.realised.amounts, self.cost_usd_per_month)
        exact = (*known, *(end for end in interval if end is not None))
        return currency.retold(self.reason, exact) if self.verdict else self.reason

    @property
    def risk_class(self) -> RiskClass:
        """Low, medium or high."""
        return risk_class_of(self.risk)

    @property
    def decider(self) -> str:
        """Who decided it, by name where one is known."""
        return self.decided_by_name or self.decided_by

    @property
    def was_reversed(self) -> bool:
        """Whether the bill's verdict on it is *reversed*."""
        return self.verdict == Verdict.REVERSED

    @property
    def was_decided(self) -> bool:
        """Whether somebody said yes or no to it."""
        return bool(self.decided_by) and self.decided_at is not None
