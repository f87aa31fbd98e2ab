"""What things cost on AWS: from the bill where it says, from a price list where not."""

from collections.abc import Iterable, Sequence

from finops.billing import baselines
from finops.billing.bundled_rates import EC2_SOURCE
from finops.billing.known_rates import KnownRates
from finops.billing.price_list_api import PriceListApi
from finops.billing.price_lists import PriceLists
from finops.billing.rate_names import Item, ListRate, RateName
from finops.billing.resource_costs import resource_cost
from finops.billing.unit_prices import unit_prices
from finops.billing.volume_costs import volume_cost
from finops.domain.billed_rates import BilledRate, BillRates
from finops.domain.checks import Check, Outcome
from finops.domain.cloud import CloudResource
from finops.domain.estate import Node, Snapshot, UnitPrices
from finops.domain.opportunity import Opportunity
from finops.domain.prices import MachinePrice, ResourcePrice, VolumePrice
from finops.domain.verdict import CostBaseline, DailyCost

__all__ = ["AwsCostIntegration", "CostBaseline"]

_NO_RATES = BillRates()


class AwsCostIntegration:
    """Prices (a `PriceList`) and the baseline of each opportunity.

    Three layers, the first that knows wins: rates from the bill, the AWS Price List API with its
    cache, the bundled facts. `discount_percent` (a private discount on everything, EDP) is taken
    off list prices only: what is billed has it off already, and the spot market knows no list.
    Without arguments only the bundled facts answer. Threads may share one instance.
    """

    def __init__(
        self,
        *,
        bill_rates: KnownRates | None = None,
        api: PriceListApi | None = None,
        discount_percent: float = 0,
    ) -> None:
        self._bill = bill_rates
        self._api = api
        self._lists = PriceLists(api=api, discount_percent=discount_percent)

    def machine_price(
        self,
        instance_type: str,
        *,
        region: str = "",
        capacity_type: str = "on-demand",
        instance_id: str = "",
    ) -> MachinePrice | None:
        """Size and US dollars an hour; None when no layer knows the type's size or price.

        The bill knows spot machines; the lists know them only through the Price List API.
        """
        is_spot = capacity_type == "spot"
        public = self._lists.public_rate(RateName(Item.MACHINE, instance_type), region)
        if public is None:
            return None
        rates = self._rates()
        billed = rates.machine(
            instance_type, region=region, is_spot=is_spot, instance_id=instance_id
        )
        if billed is not None:
            return _billed_price(instance_type, capacity_type, billed, public)
        name = RateName(Item.SPOT_MACHINE if is_spot else Item.MACHINE, instance_type)
        rate = self._lists.rate(name, region)
        if rate is None:
            return None
        why_not = rates.too_few.get((instance_type, region, is_spot))
        return MachinePrice(
            instance_type=instance_type,
            vcpu=public.vcpu,
            memory_gib=public.memory_gib,
            usd_per_hour=rate.usd,
            source=f"{rate.source} ({why_not})" if why_not else rate.source,
            list_usd_per_hour=public.usd,
            capacity_type=capacity_type,
        )

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
        """US dollars a month of an EBS volume; None for an unknown type."""
        billed = self._rates().resource(volume_id)
        if billed is not None:
            return VolumePrice(billed.usd_per_month, billed.source)
        cost = volume_cost(
            volume_type,
            size_gib,
            iops=iops,
            throughput_mib_per_second=throughput_mib_per_second,
        )
        listed = self._lists.monthly(cost, region)
        return VolumePrice(listed.usd_per_month, listed.source) if listed else None

    def resource_price(self, resource: CloudResource) -> ResourcePrice | None:
        """US dollars a month of any other resource; None when nobody knows."""
        billed = self._rates().resource(resource.resource_id)
        if billed is not None:
            return billed
        cost = resource_cost(resource, today=self._lists.today())
        return self._lists.monthly(cost, resource.region) if cost else None

    def unit_prices(self, nodes: Sequence[Node]) -> UnitPrices:
        """A core-hour and a GiB-hour on these nodes; the defaults when none has a price."""
        return unit_prices(nodes)

    def baseline_of(
        self, opportunity: Opportunity, snapshot: Snapshot, daily_costs: Iterable[DailyCost] = ()
    ) -> CostBaseline:
        """What the resource cost a month before the change (see `billing.baselines`)."""
        return baselines.baseline_of(opportunity, snapshot, daily_costs)

    def check(self) -> list[Check]:
        """How each layer stands, for `finops doctor`; the bundled one where it is alone."""
        found = self._bill.check() if self._bill else []
        found = found + (self._api.check() if self._api else [])
        return found or [_bundled_only()]

    def _rates(self) -> BillRates:
        return self._bill.rates() if self._bill else _NO_RATES


def _bundled_only() -> Check:
    return Check(
        area="Prices",
        subject="bundled list",
        outcome=Outcome.WARNING,
        detail=f"all there is: {EC2_SOURCE}; other regions cost a little more",
        fix="Set bill: {files: [path]} for what is really paid, or prices.price_list_api: true.",
    )


def _billed_price(
    instance_type: str, capacity_type: str, billed: BilledRate, public: ListRate
) -> MachinePrice:
    return MachinePrice(
        instance_type=instance_type,
        vcpu=public.vcpu,
        memory_gib=public.memory_gib,
        usd_per_hour=billed.usd_per_hour,
        source=billed.source,
        list_usd_per_hour=billed.list_usd_per_hour or public.usd,
        capacity_type=capacity_type,
        cashable_limit_usd_per_hour=billed.cash.usd_per_hour,
        cashable_reason=billed.cash.reason,
        is_own_rate=billed.is_own,
    )
