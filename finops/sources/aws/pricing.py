"""What a resource costs a month, as the price list says. Pure but for the list."""

from dataclasses import replace
from decimal import Decimal

from finops.domain.cloud import CloudKind, CloudResource
from finops.domain.money import HOURS_PER_MONTH
from finops.domain.prices import PriceList
from finops.sources.aws.nodes import Machine

# Their machines are priced one by one.
_MADE_OF_OTHERS = {CloudKind.SCALING_GROUP, CloudKind.NODE_GROUP}


def with_price(resource: CloudResource, prices: PriceList) -> CloudResource:
    """The resource with its price, or without one where nobody knows it."""
    if resource.kind in _MADE_OF_OTHERS:
        return resource
    if resource.kind is CloudKind.INSTANCE:
        return _priced_machine(resource, prices)
    price = prices.resource_price(resource)
    if price is None:
        return resource
    return replace(resource, price_usd_per_month=price.usd_per_month, price_source=price.source)


def _priced_machine(resource: CloudResource, prices: PriceList) -> CloudResource:
    """A running m5.large at $0.096 an hour: 0.096 × 730 = $70.08; a stopped one costs nothing."""
    if resource.state == "stopped":
        source = "a stopped machine costs nothing; its disks and addresses do"
        return replace(resource, price_usd_per_month=Decimal(0), price_source=source)
    machine = Machine(
        instance_type=str(resource.attributes["instance_type"]),
        region=resource.region,
        instance_id=resource.resource_id,
        is_spot=resource.attributes.get("capacity_type") == "spot",
        is_windows=resource.attributes.get("platform") == "windows",
    )
    usd, source = machine.usd_per_hour(machine.price(prices))
    usd_per_month = None if usd is None else usd * HOURS_PER_MONTH
    return replace(resource, price_usd_per_month=usd_per_month, price_source=source)
