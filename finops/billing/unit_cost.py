"""What one thing cost: the cost of a team or namespace by what it served, such as 1,000 requests.

unit cost = Σ cost ÷ Σ metric × per, over the days of the period that have both. Worked line: $84.00
in a week in which 2,400,000 requests were served is 84 ÷ 2,400,000 × 1,000 = $0.035 for 1,000
requests. Days without the metric are left out of both sums; with fewer than four of five days the
answer would be about other days than the question, so there is none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from finops.billing.periods import DayRange

LEAST_SHARE_OF_DAYS = Decimal("0.8")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCost:
    """`cost` in `currency` for `per` of `name`, and the same of the period before.

    None where it is not known; `reason` says why in a sentence. `days` of the period had the
    metric.
    """

    name: str
    per: int
    scope: str
    currency: str = "USD"
    cost: Decimal | None = None
    before: Decimal | None = None
    days: int = 0
    reason: str = ""

    @property
    def share(self) -> Decimal | None:
        """How much dearer it became; None without both."""
        if self.cost is None or not self.before:
            return None
        return self.cost / self.before - 1


def cost_per_unit(
    costs: Mapping[date, Decimal], counts: Mapping[date, Decimal], period: DayRange, *, per: int
) -> tuple[Decimal | None, int, str]:
    """The cost for `per` units, on how many days that stands, and why there is none.

    A day with a cost and a count of nothing counts: what idles at night is paid by the day.
    """
    days = [date.fromordinal(period.start.toordinal() + n) for n in range(period.days)]
    both = [day for day in days if day in costs and day in counts]
    if not both or len(both) < LEAST_SHARE_OF_DAYS * period.days:
        return None, len(both), _why(len(both), period)
    units = sum((counts[day] for day in both), ZERO)
    if units <= 0:
        return None, len(both), f"The metric counted nothing in {period.words}."
    return sum((costs[day] for day in both), ZERO) * per / units, len(both), ""


def _why(days: int, period: DayRange) -> str:
    if not days:
        return f"The metric has no sample in {period.words}; check its query in unit_costs."
    return (
        f"The metric has samples on {days} of the {period.days} days of {period.words}; a unit "
        "cost needs four of five."
    )
