"""From the hours of machines on a bill to rates with their evidence. Pure.

The rates are effective: after every discount. So nothing is taken off them again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from statistics import median

from finops.billing.bill_lines import RateLine
from finops.billing.commitments import Scope, cash_limits, scope_of
from finops.billing.machine_days import MachineDays, MachineKey, Sums, total
from finops.domain.billed_rates import (
    NO_LIMIT,
    BilledRate,
    BillRates,
    CashLimit,
    OptionRate,
    Pricing,
)
from finops.domain.money import DAYS_PER_MONTH
from finops.domain.prices import ResourcePrice

# A week holds each weekday once; an older rate may be from before a new commitment.
WINDOW_DAYS = 7
# Commitments come and go by the hour, so less than a day of hours says too little of the next one.
LEAST_HOURS = 24

_Limits = Mapping[Scope, CashLimit]
_History = dict[date, list[tuple[MachineKey, Sums]]]
_Machine = tuple[date, str, MachineKey, Sums]
_TypeKey = tuple[str, str, bool]


def rates_of(
    lines: Iterable[RateLine], *, newest: date, resources: Mapping[str, ResourcePrice] | None = None
) -> BillRates:
    """Every rate that the lines of a bill's newest days give; `newest` is the last of them.

    A machine's rate is the median over its days of cost ÷ hours. That of a type is all cost ÷ all
    hours of its plain Linux machines in a region, spot apart. Two machines, 24 h at $0.096 and 24 h
    at $0.060 under a Savings Plan: 3.744 ÷ 48 = $0.078. What was seen for under 24 hours gives
    none, with the reason.
    """
    days = MachineDays(newest)
    for line in lines:
        days.add(line)
    limits = cash_limits(days)
    types = _by_type(days)
    return BillRates(
        instances=_instances(days, limits),
        types={
            key: _type(key, group, days, limits=limits)
            for key, group in types.items()
            if _hours(group) >= LEAST_HOURS
        },
        options=tuple(_options(types)),
        too_few={
            key: _too_few(key, group) for key, group in types.items() if _hours(group) < LEAST_HOURS
        },
        resources=resources or {},
        newest_day=newest,
        ignored_lines=days.ignored,
    )


def resource_price(name: str, usd_a_day: Decimal, *, days: int, last: date) -> ResourcePrice:
    """A month of a resource from its median day: $1.20 × 730 ÷ 24 = $36.50."""
    return ResourcePrice(
        usd_a_day * DAYS_PER_MONTH,
        f"bill: median effective cost of {name} over {_days(days)} to {last}",
    )


def _instances(days: MachineDays, limits: _Limits) -> dict[tuple[str, str], BilledRate]:
    histories: dict[tuple[str, str], _History] = {}
    for day, resource_id, key, sums in days.sums():
        history = histories.setdefault((resource_id, key.instance_type), {})
        history.setdefault(day, []).append((key, sums))
    newest: dict[str, date] = {}
    for (resource_id, _), history in histories.items():
        newest[resource_id] = max(newest.get(resource_id, date.min), *history)
    return {
        (resource_id, instance_type): _instance(resource_id, history, limits)
        for (resource_id, instance_type), history in histories.items()
        if newest[resource_id] in history and _history_hours(history) >= LEAST_HOURS
    }


def _history_hours(history: _History) -> Decimal:
    return sum((sums.hours for parts in history.values() for _, sums in parts), Decimal(0))


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


def _by_type(days: MachineDays) -> Mapping[_TypeKey, Sequence[_Machine]]:
    groups: dict[_TypeKey, list[_Machine]] = {}
    for machine in days.sums():
        key = machine[2]
        if key.is_plain_linux:
            scope = key.instance_type, key.region, key.pricing is Pricing.SPOT
            groups.setdefault(scope, []).append(machine)
    return groups


def _hours(group: Iterable[_Machine]) -> Decimal:
    return sum((sums.hours for _, _, _, sums in group), Decimal(0))


def _type(
    scope: _TypeKey, group: Sequence[_Machine], days: MachineDays, *, limits: _Limits
) -> BilledRate:
    instance_type, region, _ = scope
    parts = [(key, sums) for _, _, key, sums in group]
    together, pricings = total(sums for _, sums in parts), _by_hours(parts)
    usd, list_usd = together.usd_per_hour, together.list_usd_per_hour
    return BilledRate(
        usd,
        list_usd,
        f"bill: mean effective rate of {_machines(group)} {instance_type} in "
        f"{region or 'its region'} over {_days(len(days.days))} to {days.days[-1]} "
        f"({_words(pricings)}{_under(usd, list_usd)})",
        _limit_of(parts[0][0], pricings, limits),
    )


def _too_few(scope: _TypeKey, group: Sequence[_Machine]) -> str:
    """`the bill has 3 hours of m5.large in eu-central-1 until 2026-11-20, under 24`."""
    instance_type, region, is_spot = scope
    what, hours = f"{instance_type}{' on spot' if is_spot else ''}", float(_hours(group))
    return (
        f"the bill has {hours:.3g} hours of {what} in {region or 'its region'} until "
        f"{max(day for day, _, _, _ in group)}, under {LEAST_HOURS}"
    )


def _options(types: Mapping[_TypeKey, Sequence[_Machine]]) -> Iterable[OptionRate]:
    """Each way of paying for each type, the most used first."""
    parted: dict[tuple[str, str, Pricing], list[_Machine]] = {}
    for group in types.values():
        for machine in group:
            key = machine[2]
            parted.setdefault((key.instance_type, key.region, key.pricing), []).append(machine)
    return sorted(
        (_option(key, group) for key, group in parted.items()),
        key=lambda option: (-option.hours, option.instance_type, option.region, option.pricing),
    )


def _option(key: tuple[str, str, Pricing], group: Sequence[_Machine]) -> OptionRate:
    instance_type, region, pricing = key
    together = total(sums for _, _, _, sums in group)
    is_enough = together.hours >= LEAST_HOURS
    return OptionRate(
        instance_type=instance_type,
        region=region,
        pricing=pricing,
        usd_per_hour=together.usd_per_hour if is_enough else None,
        list_usd_per_hour=together.list_usd_per_hour,
        hours=together.hours,
        machines=_machines(group),
        first_day=min(day for day, _, _, _ in group),
        last_day=max(day for day, _, _, _ in group),
        why_not="" if is_enough else f"{float(together.hours):.3g} hours seen, under {LEAST_HOURS}",
    )


def _machines(group: Iterable[_Machine]) -> int:
    return len({resource_id for _, resource_id, _, _ in group})


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
