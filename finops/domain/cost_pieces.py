"""What a question about cost is answered from: sums of bill lines, by what they are shown under."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from finops.domain.costs import CostCategory

ZERO = Decimal(0)


class CostBy(StrEnum):
    """Under what cost is shown, one line each."""

    TEAM = "team"
    NAMESPACE = "namespace"
    WORKLOAD = "workload"
    SERVICE = "service"
    ACCOUNT = "account"
    CLUSTER = "cluster"
    ITEM = "item"


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPiece:
    """Everything of a period with one name, category and meaning of its price, summed.

    `name` is the line it belongs to, empty where nobody knows. `quantity` counts `unit`s of `item`.
    """

    name: str
    category: CostCategory
    currency: str
    service: str = ""
    item: str = ""
    unit: str = ""
    quantity: Decimal = ZERO
    effective_cost: Decimal = ZERO
    billed_cost: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class DayCost:
    """One day's effective and billed cost in one currency."""

    day: date
    currency: str
    effective_cost: Decimal
    billed_cost: Decimal
