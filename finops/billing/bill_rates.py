"""What machines and resources really cost, from the lines of a bill. Pure.

The rates are effective: after every discount. So nothing is taken off them again.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from statistics import median

from finops.billing.bill_days import BillDays, MachineKey, Sums, total
from finops.billing.bill_lines import Pricing, RateLine
from finops.billing.commitments import NO_LIMIT, CashLimit, Scope, cash_limits, scope_of
from finops.domain.money import DAYS_PER_MONTH
from finops.domain.prices import ResourcePrice

_MADE_UP = re.compile(r"(?:ami|eipalloc|i|nat|snap|vol|vpce)-[0-9a-f]{8,17}")
# A week holds each weekday once; an older rate may be from before a new commitment.
WINDOW_DAYS = 7


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


@dataclass(frozen=True, slots=True)
class BillRates:
    """What a bill says of prices; `newest_day` is None for a bill without usable lines.

    Keys are (instance id, type), (type, region, is spot) and the last part of a resource id.
    """

    instances: Mapping[tuple[str, str], BilledRate] = field(default_factory=dict)
    types: Mapping[tuple[str, str, bool], BilledRate] = field(default_factory=dict)
    resources: Mapping[str, ResourcePrice] = field(default_factory=dict)
    newest_day: date | None = None
    ignored_lines: int = 0

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


def short_id(resource_id: str) -> str:
    """`arn:aws:ec2:…:natgateway/nat-0a1b2c3d4` → `nat-0a1b2c3d4`; other ids stay as they are.

    Only an id that AWS made up is unique without its ARN: a database and a bucket may both be
    called `web`.
    """
    last = resource_id.rpartition("/")[2]
    return last if _MADE_UP.fullmatch(last) else resource_id


def rates_of(lines: Iterable[RateLine]) -> BillRates:
    """Every rate that the newest days of a bill give.

    A machine's rate is the median over its days of cost ÷ hours. That of a type is all cost ÷ all
    hours of its plain Linux machines in a region, spot apart. Two machines, 24 h at $0.096 and 24 h
    at $0.060 under a Savings Plan: 3.744 ÷ 48 = $0.078. A resource's month is the median of its
    days × 730 ÷ 24.
    """
    days = BillDays(window_days=WINDOW_DAYS)
    for line in lines:
        days.add(line)
    limits = cash_limits(days)
    return BillRates(
        instances=_instances(days, limits),
        types=_types(days, limits),
        resources=_resources(days),
        newest_day=days.newest,
        ignored_lines=days.ignored,
    )


_Limits = Mapping[Scope, CashLimit]
_History = dict[date, list[tuple[MachineKey, Sums]]]


def _instances(days: BillDays, limits: _Limits) -> dict[tuple[str, str], BilledRate]:
    histories: dict[tuple[str, str], _History] = {}
    for day, resource_id, key, sums in days.machine_sums():
        history = histories.setdefault((resource_id, key.instance_type), {})
        history.setdefault(day, []).append((key, sums))
    newest: dict[str, date] = {}
    for (resource_id, _), history in histories.items():
        newest[resource_id] = max(newest.get(resource_id, date.min), *history)
    return {
        (resource_id, instance_type): _instance(resource_id, history, limits)
        for (resource_id, instance_type), history in histories.items()
        if newest[resource_id] in history
    }


def _instance(resource_id: str, history: _History, limits: _Limits) -> BilledRate:
    per_day = [total(sums for _, sums in parts) for parts in history.values()]
    parts = [part for day in history.values() for part in day]
    pricings = _by_hours(parts)
    usd, list_usd = median(day.usd_per_hour for day in per_day), total(per_day).list_usd_per_hour
    return BilledRate(
        usd,
        list_usd,
        f"bill: median effective rate of {resource_id} over {_days(len(per_day))} to "
        f"{max(history)} ({_words(pricings)}{_under(usd, list_usd)})",
        _limit_of(parts[-1][0], pricings, limits),
        is_own=True,
    )


def _types(days: BillDays, limits: _Limits) -> dict[tuple[str, str, bool], BilledRate]:
    groups: dict[tuple[str, str, bool], list[tuple[str, MachineKey, Sums]]] = {}
    for _, resource_id, key, sums in days.machine_sums():
        if key.is_plain_linux:
            scope = key.instance_type, key.region, key.pricing is Pricing.SPOT
            groups.setdefault(scope, []).append((resource_id, key, sums))
    return {scope: _type(scope, group, days, limits=limits) for scope, group in groups.items()}


def _type(
    scope: tuple[str, str, bool],
    group: Sequence[tuple[str, MachineKey, Sums]],
    days: BillDays,
    *,
    limits: _Limits,
) -> BilledRate:
    instance_type, region, _ = scope
    parts = [(key, sums) for _, key, sums in group]
    together, pricings = total(sums for _, sums in parts), _by_hours(parts)
    machines = len({resource_id for resource_id, _, _ in group})
    used = days.machine_days
    usd, list_usd = together.usd_per_hour, together.list_usd_per_hour
    return BilledRate(
        usd,
        list_usd,
        f"bill: mean effective rate of {machines} {instance_type} in {region or 'its region'} over "
        f"{_days(len(used))} to {used[-1]} ({_words(pricings)}{_under(usd, list_usd)})",
        _limit_of(parts[0][0], pricings, limits),
    )


def _resources(days: BillDays) -> dict[str, ResourcePrice]:
    found: dict[str, ResourcePrice] = {}
    for resource_id, costs in days.resource_costs().items():
        a_day = median(costs.values())
        if a_day > 0:
            found[short_id(resource_id)] = ResourcePrice(
                a_day * DAYS_PER_MONTH,
                f"bill: median effective cost of {short_id(resource_id)} over {_days(len(costs))} "
                f"to {max(costs)}",
            )
    return found


def _limit_of(key: MachineKey, pricings: Mapping[Pricing, Decimal], limits: _Limits) -> CashLimit:
    if Pricing.SPOT in pricings:
        return NO_LIMIT
    return limits.get(scope_of(key), NO_LIMIT)


def _by_hours(parts: Iterable[tuple[MachineKey, Sums]]) -> dict[Pricing, Decimal]:
    hours: dict[Pricing, Decimal] = {}
    for key, sums in parts:
        hours[key.pricing] = hours.get(key.pricing, Decimal(0)) + sums.hours
    return dict(sorted(hours.items(), key=lambda item: -item[1]))


def _words(hours: Mapping[Pricing, Decimal]) -> str:
    """`Savings Plan`, or `75 % Savings Plan, 25 % on demand`."""
    if len(hours) == 1:
        return str(next(iter(hours)))
    whole = sum(hours.values())
    return ", ".join(f"{part / whole * 100:.0f} % {pricing}" for pricing, part in hours.items())


def _under(usd: Decimal, list_usd: Decimal | None) -> str:
    """`, 38 % under list` for $0.06 of $0.096; nothing when the list is paid or unknown."""
    share = 1 - usd / list_usd if list_usd else Decimal(0)
    return f", {share * 100:.0f} % under list" if share >= Decimal("0.005") else ""


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
