"""An hour of a machine as rates need it, whatever the bill's format."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from finops.domain.billed_rates import Pricing

# Money is rounded in exports; a tenth of a percent above the list is still the list.
_ROUNDING = Decimal("1.001")


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLine:
    """What one machine used on one day under one pricing, in hours and US dollars.

    `effective_cost` is after every discount, with commitments spread over the hours they cover
    (FOCUS `EffectiveCost`); `list_cost` is None where the bill does not say it. `is_plain_linux` is
    False for machines whose price includes a licence.
    """

    day: date
    resource_id: str
    effective_cost: Decimal
    list_cost: Decimal | None = None
    region: str = ""
    instance_type: str
    hours: Decimal
    pricing: Pricing = Pricing.ON_DEMAND
    is_plain_linux: bool = True

    @property
    def is_plausible(self) -> bool:
        """Whether a price can be learnt from it: a machine costs something, at most its list price.

        Exports with rounded or anonymised amounts break both; only spot prices float by themselves.
        """
        if self.hours <= 0 or self.effective_cost <= 0:
            return False
        if self.pricing is Pricing.SPOT or not self.list_cost:
            return True
        return self.effective_cost <= self.list_cost * _ROUNDING
