"""Prices as values: what a machine or a disk costs, always with the sentence that says whence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from finops.domain.cloud import CloudResource
from finops.domain.estate import Node, UnitPrices

# OpenCost's defaults for clusters without a price list (its `configs/default.json`, `CPU` and
# `RAM`): 0.031611 $/core-hour and 0.004237 $/GiB-hour. Only their ratio, 7.46 : 1, is used as soon
# as a node has a price of its own.
DEFAULT_UNIT_PRICES = UnitPrices(
    cpu_usd_per_core_hour=Decimal("0.031611"),
    memory_usd_per_gib_hour=Decimal("0.004237"),
    source="OpenCost default rates, because no node of this cluster has a known price",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MachinePrice:
    """One instance type: its size (vCPU, GiB), US dollars an hour, and where that is from.

    `usd_per_hour` is what it costs here, after discounts; `list_usd_per_hour` the public on-demand
    price, None when it is not known. `capacity_type` is `on-demand`, `spot` or `reserved`.

    A machine under a Savings Plan or a reservation that leaves does not take the commitment off the
    bill: the commitment moves to machines of its family that run on demand, and what finds none is
    paid until it ends. `cashable_limit_usd_per_hour` is what runs on demand in the family, so that
    of k such machines leaving at once at most that much is cash; None where no commitment is known.
    `cashable_reason` says so in a sentence. `is_own_rate` when the bill knows this very machine,
    so that it holds whatever its licence is.
    """

    instance_type: str
    vcpu: int
    memory_gib: Decimal
    usd_per_hour: Decimal
    source: str
    list_usd_per_hour: Decimal | None = None
    capacity_type: str = "on-demand"
    cashable_limit_usd_per_hour: Decimal | None = None
    cashable_reason: str = ""
    is_own_rate: bool = False

    @property
    def cashable_usd_per_hour(self) -> Decimal:
        """What one such machine really takes off the bill now; never more than it costs."""
        return cashable_part(self.usd_per_hour, self.cashable_limit_usd_per_hour)


def cashable_part(usd: Decimal, limit_usd: Decimal | None) -> Decimal:
    """Of what machines cost, the part that leaves the bill now; the rest frees a commitment.

    Three machines of $0.06 an hour leave while $0.10 an hour of their family runs on demand: of
    $0.18, $0.10 is cash and $0.08 freed.
    """
    return usd if limit_usd is None else min(usd, limit_usd)


@dataclass(frozen=True, slots=True)
class VolumePrice:
    """US dollars a month for one volume of a given type and size, and where that is from."""

    usd_per_month: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class ResourcePrice:
    """US dollars a month for one cloud resource of any kind, and where that is from."""

    usd_per_month: Decimal
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFact:
    """One answer of a price service: US dollars for one unit, or None when it has no such price.

    `attributes` are the words that came with it, such as `vcpu` and `memory` of a machine.
    """

    key: str
    usd: Decimal | None
    fetched_at: datetime
    attributes: Mapping[str, str] = field(default_factory=dict)


class PriceCache(Protocol):
    """Remembers price facts with their date, for all replicas."""

    def find(self, key: str) -> PriceFact | None:
        """The fact of that key, however old."""
        ...

    def save(self, fact: PriceFact) -> None:
        """Remember it in place of an older one."""
        ...

    def fetch_times(self) -> Sequence[datetime]:
        """When each remembered fact was fetched, oldest first."""
        ...


class PriceList(Protocol):
    """What things cost: effective rates from the bill where known, else a list, always dated.

    Every answer's `source` is a sentence part that names list, region, date and discounts.
    """

    def machine_price(
        self,
        instance_type: str,
        *,
        region: str = "",
        capacity_type: str = "on-demand",
        instance_id: str = "",
    ) -> MachinePrice | None:
        """The machine of that type, or None when nobody knows the type.

        `instance_id` finds its own effective rate on the bill; without a region, the list's own.
        """
        ...

    def volume_price(
        self,
        volume_type: str,
        size_gib: int,
        *,
        region: str = "",
        iops: int = 0,
        throughput_mib_per_second: int = 0,
        volume_id: str = "",
    ) -> VolumePrice | None:
        """A volume of that type and size, or None when the list does not know the type."""
        ...

    def resource_price(self, resource: CloudResource) -> ResourcePrice | None:
        """A whole month of any other cloud resource, or None when nobody knows."""
        ...

    def unit_prices(self, nodes: Sequence[Node]) -> UnitPrices:
        """A core-hour and a GiB-hour of a cluster made of these nodes."""
        ...
