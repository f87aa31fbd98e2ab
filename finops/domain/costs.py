"""Where each line of an invoice landed: daily rows that add up to the invoice exactly.

A currency is a key like any other, so that amounts of two currencies are never added together.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class CostCategory(StrEnum):
    """The four places where money can land; together they are the invoice."""

    ALLOCATED = "allocated"
    """Somebody's: a workload's share of its nodes, a claimed volume, a resource with an id."""
    IDLE = "idle"
    """Paid and not asked for: the rest of a node, the unused hours of a commitment."""
    SHARED = "shared"
    """Serves everybody in a cluster: kube-system, control plane, NAT, load balancers of it."""
    UNALLOCATED = "unallocated"
    """Names no resource: tax, support, fees, credits, refunds without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostKey:
    """What a row of `cost_allocation` is about; everything but the day may be empty.

    `service` is FOCUS `ServiceName` as the bill writes it. `item` is what was paid for within it:
    `cpu` and `memory` for a part of a node, else the bill's usage type (`BoxUsage:m5.large`), which
    with `usage_unit` is what a price means. `workload_kind` and `workload` are the top controller.
    `idle` rows carry the workload to which AWS would charge the node's unused part, and `shared`
    rows the namespace to which the documented key charges them: without them they are nobody's.
    `resource_key` is that of `domain.opportunity.Resource` for workloads, node groups and volumes
    of a cluster, the bill's own id for other resources, and empty where small ones were added up.
    """

    day: date
    currency: str
    category: CostCategory
    account: str = ""
    service: str = ""
    item: str = ""
    region: str = ""
    cluster: str = ""
    namespace: str = ""
    workload_kind: str = ""
    workload: str = ""
    team: str = ""
    resource_key: str = ""
    usage_unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocatedCost:
    """One row: amounts in `key.currency` with six decimals, `usage_quantity` in `key.usage_unit`.

    `billed_cost` is what the invoice asks, `effective_cost` has commitments spread over the hours
    that they cover, `list_cost` is the public price (what the bill does not say counts as billed).
    The sum of each over all rows of a day is the bill's own sum of it, to the sixth decimal.
    """

    key: CostKey
    billed_cost: Decimal
    effective_cost: Decimal
    list_cost: Decimal
    usage_quantity: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BillDay:
    """What the bill itself says of one day in one currency; `is_final` when its month is closed."""

    day: date
    currency: str
    billed_cost: Decimal
    effective_cost: Decimal
    list_cost: Decimal
    lines: int
    is_final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BillChange:
    """A correction: a day that was read before now has another cost."""

    bill: str
    day: date
    currency: str
    billed_before: Decimal
    billed_after: Decimal
    effective_before: Decimal
    effective_after: Decimal
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerDay:
    """Who ran where in one cluster on one day, as two Parquet files.

    `containers` and `estate` have the columns that `finops/billing/usage_hours.py` documents;
    `hours` is how many different hours are in it.
    """

    cluster: str
    day: date
    hours: int
    containers: bytes
    estate: bytes
