"""One line of a bill as rates need it, whatever the bill's format."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

# Money is rounded in exports; a tenth of a percent above the list is still the list.
_ROUNDING = Decimal("1.001")


class Pricing(StrEnum):
    """How the hour of a machine was paid."""

    ON_DEMAND = "on demand"
    SAVINGS_PLAN = "Savings Plan"
    RESERVED = "reservation"
    SPOT = "spot"

    @property
    def is_committed(self) -> bool:
        """Whether it is paid until the commitment ends, used or not."""
        return self in (Pricing.SAVINGS_PLAN, Pricing.RESERVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLine:
    """One line of a bill about one resource on one day, in US dollars.

    A machine's own hours have `instance_type`, `pricing` and `hours`; every other line, such as the
    traffic of a machine or the storage of a volume, has `hours` 0. `effective_cost` is after every
    discount, with commitments spread over the hours they cover (FOCUS `EffectiveCost`);
    `list_cost` is None where the bill does not say it. `is_plain_linux` is False for machines whose
    price includes a licence.
    """

    day: date
    resource_id: str
    effective_cost: Decimal
    list_cost: Decimal | None = None
    region: str = ""
    instance_type: str = ""
    hours: Decimal = Decimal(0)
    pricing: Pricing = Pricing.ON_DEMAND
    is_plain_linux: bool = True

    @property
    def is_plausible(self) -> bool:
        """Whether a price can be learnt from it: a machine costs something, at most its list price.

        Exports with rounded or anonymised amounts break both; only spot prices float by themselves.
        """
        if not self.hours:
            return True
        if self.hours < 0 or self.effective_cost <= 0:
            return False
        if self.pricing is Pricing.SPOT or not self.list_cost:
            return True
        return self.effective_cost <= self.list_cost * _ROUNDING
