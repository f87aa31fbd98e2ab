"""What a bill says that things really cost: rates with their evidence, learnt once a day. Pure.

The rates are effective: after every discount, with commitments spread over what they cover. So
nothing is taken off them again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from finops.domain.prices import ResourcePrice

_MADE_UP = re.compile(r"(?:ami|eipalloc|i|nat|snap|vol|vpce)-[0-9a-f]{8,17}")


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


@dataclass(frozen=True, slots=True)
class CashLimit:
    """At most this many US dollars an hour leave the bill now; None where nothing is committed."""

    usd_per_hour: Decimal | None
    reason: str


NO_LIMIT = CashLimit(None, "")


@dataclass(frozen=True, slots=True)
class BilledRate:
    """US dollars an hour of a machine as billed, and where that is from.

    `cash` limits what of it leaves the bill with the machine. `is_own` when it is one machine's and
    not the mean of its type.
    """

    usd_per_hour: Decimal
    list_usd_per_hour: Decimal | None
    source: str
    cash: CashLimit = NO_LIMIT
    is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionRate:
    """What an hour of a type costs when it is paid in one way, and on which days that was seen.

    Only plain Linux. `usd_per_hour` is None where too little was seen to tell; `why_not` says what.
    """

    instance_type: str
    region: str
    pricing: Pricing
    usd_per_hour: Decimal | None
    list_usd_per_hour: Decimal | None = None
    hours: Decimal = Decimal(0)
    machines: int = 0
    first_day: date
    last_day: date
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class BillRates:
    """What a bill says of prices; `newest_day` is None for a bill without usable lines.

    Keys are (instance id, type), (type, region, is spot) and the last part of a resource id.
    `too_few` says why a type that was seen has no rate. `why_none` is the reason where a whole bill
    gives no price.
    """

    instances: Mapping[tuple[str, str], BilledRate] = field(default_factory=dict)
    types: Mapping[tuple[str, str, bool], BilledRate] = field(default_factory=dict)
    options: tuple[OptionRate, ...] = ()
    too_few: Mapping[tuple[str, str, bool], str] = field(default_factory=dict)
    resources: Mapping[str, ResourcePrice] = field(default_factory=dict)
    newest_day: date | None = None
    ignored_lines: int = 0
    why_none: str = ""

    def machine(
        self, instance_type: str, *, region: str, is_spot: bool, instance_id: str = ""
    ) -> BilledRate | None:
        """The machine's own rate, else the mean of its type in that region, else None.

        A machine that was another type when it was last billed has no rate of its own yet.
        """
        mine = self.instances.get((instance_id, instance_type))
        return mine or self.types.get((instance_type, region, is_spot))

    def resource(self, resource_id: str) -> ResourcePrice | None:
        """A month of any billed resource, by its id or ARN."""
        return self.resources.get(short_id(resource_id))


class BillRateStore(Protocol):
    """Keeps the rates of one bill from one reading to the next, for all replicas."""

    def learnt_at(self) -> datetime | None:
        """When its rates were learnt; None before its first reading."""
        ...

    def load(self) -> BillRates:
        """What was learnt then."""
        ...


def short_id(resource_id: str) -> str:
    """`arn:aws:ec2:…:natgateway/nat-0a1b2c3d4` → `nat-0a1b2c3d4`; other ids stay as they are.

    Only an id that AWS made up is unique without its ARN: a database and a bucket may both be
    called `web`.
    """
    last = resource_id.rpartition("/")[2]
    return last if _MADE_UP.fullmatch(last) else resource_id
