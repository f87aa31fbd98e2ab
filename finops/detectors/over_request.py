"""The two values under judgement: the rule of one resource, and one container held against it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from finops.domain.estate import Container, UnitPrices, UsageSummary, Workload
from finops.domain.money import to_cents
from finops.domain.opportunity import Resource, Setting, WasteKind
from finops.rightsizing.confidence import Odds
from finops.rightsizing.modes import Mode
from finops.rightsizing.requests import freed_usd_per_month


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRule:
    """One resource of a container: how it is read, sized, priced and written.

    `per_unit` is what one priced unit holds (1000 millicores, 2^30 bytes); `step` the rounding;
    `steady_use` the use that a request must cover: bursts of CPU may go over it, memory may not.
    """

    kind: WasteKind
    setting: Setting
    noun: str
    hpa_word: str
    severity: float
    per_unit: int
    step: int
    base_rate: Odds
    formula: Callable[[Mode], str]
    request_of: Callable[[Container], int | None]
    limit_of: Callable[[Container], int | None]
    usage_of: Callable[[Container], UsageSummary | None]
    steady_use: Callable[[UsageSummary], float]
    propose: Callable[[UsageSummary, Mode], int]
    least_fall_share: Callable[[int], float]
    price_of: Callable[[UnitPrices], Decimal]
    written: Callable[[int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverRequest:
    """One container under judgement, its proposal already held to one step."""

    rule: RequestRule
    workload: Workload
    container: Container
    resource: Resource
    usage: UsageSummary
    mode: Mode
    prices: UnitPrices
    current: int
    wanted: int
    proposed: int

    @property
    def fall_share(self) -> float:
        """By which share of itself the request falls, 0-1."""
        return (self.current - self.proposed) / self.current

    @property
    def freed_usd_per_month(self) -> Decimal:
        """Δrequest × replicas × price × 730, to the cent."""
        amount = Decimal(self.current - self.proposed) / self.rule.per_unit
        price = self.rule.price_of(self.prices)
        return to_cents(freed_usd_per_month(amount, price, replicas=self.workload.replicas))
