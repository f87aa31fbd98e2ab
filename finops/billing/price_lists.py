"""The price lists behind the bill: the AWS Price List API, then the bundled facts; net of EDP."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from finops.billing.bundled_rates import BUNDLED_REGION, bundled_rate
from finops.billing.monthly_cost import MonthlyCost, Part
from finops.billing.price_list_api import Answer, PriceListApi
from finops.billing.rate_names import Item, ListRate, RateName
from finops.domain.errors import InvalidInput
from finops.domain.prices import ResourcePrice


class PriceLists:
    """Rates and months by list price, less the discount. The first list that knows wins.

    A bundled answer says when it is another region's, and why the API did not answer.
    """

    def __init__(self, *, api: PriceListApi | None, discount_percent: float) -> None:
        if not 0 <= discount_percent < 100:
            raise InvalidInput(f"A discount of {discount_percent} % is not between 0 and 100.")
        self._api = api
        self._percent = Decimal(str(discount_percent))

    def today(self) -> date:
        """By the API's clock, or by the wall's."""
        return (self._api.clock() if self._api else datetime.now(UTC)).date()

    def public_rate(self, name: RateName, region: str) -> ListRate | None:
        """What everybody pays. A machine always comes with its size, or not at all."""
        bundled, where = bundled_rate(name), region or BUNDLED_REGION
        answer = self._api.rate(name, where) if self._api else Answer(None)
        if answer.rate is None:
            return _helping_out(bundled, where, answer.problem) if bundled else None
        if name.item is not Item.MACHINE or (answer.rate.vcpu and answer.rate.memory_gib):
            return answer.rate
        if bundled is None:
            return None
        return replace(answer.rate, vcpu=bundled.vcpu, memory_gib=bundled.memory_gib)

    def rate(self, name: RateName, region: str) -> ListRate | None:
        """What is paid here: the public rate less the discount, which the source shows."""
        public = self.public_rate(name, region)
        if public is None or not self._percent or name.item is Item.SPOT_MACHINE:
            return public
        return replace(
            public,
            usd=public.usd * (100 - self._percent) / 100,
            source=f"{public.source}, − {self._percent.normalize():f} % EDP",
        )

    def monthly(self, cost: MonthlyCost, region: str) -> ResourcePrice | None:
        """The sum of all parts, or None when one of them has no rate.

        500 GiB × 0.08 + 1,000 IOPS × 0.005 = $45; the source repeats the sum, so that anybody can
        check it.
        """
        rates = [(part, self.rate(part.name, region)) for part in cost.parts]
        known = [(part, rate) for part, rate in rates if rate is not None]
        if len(known) < len(rates):
            return None
        usd = sum((part.quantity * rate.usd for part, rate in known), Decimal(0))
        sources = "; ".join(dict.fromkeys(rate.source for _, rate in known))
        sums = " + ".join(_words(part, rate) for part, rate in known)
        note = f", {cost.note}" if cost.note else ""
        return ResourcePrice(usd, f"{sources}: {sums}{note}")


def _helping_out(bundled: ListRate, region: str, problem: str) -> ListRate:
    elsewhere = f"{region} is not in it" if region != BUNDLED_REGION else ""
    reasons = "; ".join(reason for reason in (elsewhere, problem) if reason)
    return replace(bundled, source=f"{bundled.source} ({reasons})") if reasons else bundled


def _words(part: Part, rate: ListRate) -> str:
    return f"{part.words} × ${rate.usd.normalize():f}"
