"""The two values under judgement: the rule of one resource, and one container held against it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from finops.domain.changes import Change, Setting
from finops.domain.estate import UnitPrices, UsageSummary
from finops.domain.money import to_cents
from finops.domain.opportunity import Resource, WasteKind
from finops.rightsizing.confidence import Odds
from finops.rightsizing.modes import Mode
from finops.rightsizing.requests import freed_usd_per_month
from finops.rightsizing.rules import scale_point
from finops.rightsizing.rules.measure import Measure
from finops.rightsizing.rules.proposal import Proposal, RequestCase
from finops.rightsizing.rules.running_time import pods_held


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRule:
    """One resource of a container: how it is sized, priced and changed, down or up.

    `steady_use` is the use that a request must cover: bursts of CPU may go over it, memory may not.
    """

    kind: WasteKind
    raise_kind: WasteKind
    measure: Measure
    setting: Setting
    limit_setting: Setting
    severity: float
    base_rate: Odds
    formula: Callable[[Mode], str]
    steady_use: Callable[[UsageSummary], float]
    propose: Callable[[UsageSummary, Mode], int]
    least_fall_share: Callable[[int], float]
    price_of: Callable[[UnitPrices], Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverRequest:
    """One container under judgement, after every rule has spoken.

    `moved_per_pod` is by how much the pod's effective request falls (above zero) or rises, in the
    measure's unit: an init container that asks for more makes it smaller than the change itself.
    `changed_before` are the requests proposed for containers of this pod that were judged first.
    """

    rule: RequestRule
    mode: Mode
    case: RequestCase
    proposal: Proposal
    resource: Resource
    prices: UnitPrices
    moved_per_pod: int
    changed_before: Mapping[str, int] = field(default_factory=dict)

    @property
    def rises(self) -> bool:
        """Whether the request goes up, for reliability."""
        return self.proposal.request > self.case.current

    @property
    def kind(self) -> WasteKind:
        """What it is when it is proposed."""
        return self.rule.raise_kind if self.rises else self.rule.kind

    @property
    def fall_share(self) -> float:
        """By which share of itself the request falls, 0-1; below zero where it rises."""
        return (self.case.current - self.proposal.request) / self.case.current

    @property
    def usd_per_month(self) -> Decimal:
        """|Δ effective request| × pods that hold it × price × 730, to the cent."""
        pods = Decimal(str(pods_held(self.case.workload, self.case.usage)))
        amount = Decimal(abs(self.moved_per_pod)) / self.rule.measure.per_unit * pods
        price = self.rule.price_of(self.prices)
        return to_cents(freed_usd_per_month(amount, price, replicas=1))

    @property
    def lowers_limit(self) -> bool:
        """Whether a limit falls with the request."""
        return (self.proposal.limit or 0) < (self.case.limit or 0)

    @property
    def shares_target(self) -> bool:
        """Whether it moves an autoscaler's target that measures other containers too."""
        metric = scale_point.measuring(self.case)
        is_shared = metric is not None and metric.kind == "Resource"
        return is_shared and self.proposal.target is not None

    @property
    def changes(self) -> tuple[Change, ...]:
        """The request, with the limit and the autoscaler's target where they move too."""
        changes = [Change(self.rule.setting, self.case.current, self.proposal.request)]
        limit = self.proposal.limit
        if limit is not None and limit != self.case.limit:
            changes.append(Change(self.rule.limit_setting, self.case.limit, limit))
        if self.proposal.target is not None:
            changes.append(self.proposal.target)
        if self.proposal.heap is not None:
            changes.append(self.proposal.heap)
        return tuple(changes)

    def written(self, value: float) -> str:
        """`250m`, `512Mi`."""
        return self.case.written(round(value))
