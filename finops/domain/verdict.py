"""What the bill said afterwards: a verdict with an 80 % interval and its method."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from finops.domain.money import Saving


class Verdict(StrEnum):
    """What the bill says of a saving."""

    REALISED = "realised"
    PARTIAL = "partial"
    UNPROVEN = "unproven"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingVerdict:
    """A verdict with its measured saving per month, 80 % interval, method and sentence."""

    verdict: Verdict
    realised: Saving
    low_usd_per_month: Decimal
    high_usd_per_month: Decimal
    method: str
    sentence: str
    days_before: int
    days_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyCost:
    """What one resource cost on one day, after all discounts (FOCUS `EffectiveCost`).

    `resource_key` is the key of `domain.opportunity.Resource`. `category` is `billed` for an
    invoice line (node group, volume), `allocated_cpu` and `allocated_memory` for a container's
    share of the nodes it runs on.
    """

    day: date
    resource_key: str
    category: str
    effective_cost: Decimal
    cluster: str = ""
    namespace: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostBaseline:
    """What a resource cost a month before anything was changed, and how that is known."""

    opportunity_id: str
    revision: int
    resource_key: str
    effective_cost_usd_per_month: Decimal
    method: str
    period_start: date
    period_end: date
