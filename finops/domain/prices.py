"""Prices as values: what a machine or a disk costs, always with the sentence that says whence."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from finops.domain.estate import Node, UnitPrices

# OpenCost's defaults for clusters without a price list (its `configs/default.json`, `CPU` and
# `RAM`): 0.031611 $/core-hour and 0.004237 $/GiB-hour. Only their ratio, 7.46 : 1, is used as soon
# as a node has a price of its own.
DEFAULT_UNIT_PRICES = UnitPrices(
    cpu_usd_per_core_hour=Decimal("0.031611"),
    memory_usd_per_gib_hour=Decimal("0.004237"),
    source="OpenCost default rates, because no node of this cluster has a known price",
)


@dataclass(frozen=True, slots=True)
class MachinePrice:
    """One instance type: its size (vCPU, GiB), US dollars an hour, and where that is from."""

    instance_type: str
    vcpu: int
    memory_gib: Decimal
    usd_per_hour: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class VolumePrice:
    """US dollars a month for one volume of a given type and size, and where that is from."""

    usd_per_month: Decimal
    source: str


class PriceList(Protocol):
    """What things cost: the bundled list today, rates from the bill later."""

    def machine_price(self, instance_type: str) -> MachinePrice | None:
        """The machine of that type, or None when the list does not know it."""
        ...

    def volume_price(self, volume_type: str, size_gib: int) -> VolumePrice | None:
        """A volume of that type and size, or None when the list does not know the type."""
        ...

    def unit_prices(self, nodes: Sequence[Node]) -> UnitPrices:
        """A core-hour and a GiB-hour of a cluster made of these nodes."""
        ...
