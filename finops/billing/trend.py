"""Why a period cost more or less than the one before: how much is price, usage and mix.

Things are compared with their like. A *group* is what one may swap against another of the same
`unit`: the instance hours of EC2, the core-hours of a team. In a group, with c = cost, q =
quantity, p = c ÷ q, C and Q their sums, 0 the period before and 1 this one:

    price = Σ (p1 − p0) · q1                  over items that are in both periods
    usage = (Q1 − Q0) · C0 ÷ Q0               more or less of it, at the average price of before
    mix   = Σ p0 · q1 − Q1 · C0 ÷ Q0          dearer or cheaper items at the prices of before

and price + usage + mix = C1 − C0. An item that is new has no price of before; its own of now stands
for it, so it is mix and usage, never price. A gone item has q1 = 0. Where the whole group is new or
gone, all of it is usage. Effective cost carries commitments, so a Savings Plan that starts to cover
the same hours shows as a lower price. Cost without a quantity (tax, support, fees, credits, a
refund) cannot be taken apart: its change stands for itself, under *unmetered*. So does what is paid
for and asked for by nobody, under *idle*: a bigger request makes less of it at the same price.

Worked line: 10 h of m5.large at $0.10 and 10 h of m5.xlarge at $0.20 cost $3.00 in October; in
November 10 h at $0.09 and 20 h at $0.20 cost $4.90, which is $1.90 more. Price: (0.09 − 0.10) · 10
= −$0.10. Usage: (30 − 20) · 3.00 ÷ 20 = +$1.50. Mix: 0.10 · 10 + 0.20 · 20 − 30 · 0.15 = +$0.50.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from finops.domain.money import cents_that_add_up

ZERO = Decimal(0)
# Kept to a millionth of a cent while summing; whole cents only when it is said.
_STEP = Decimal("0.00000001")
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What one item cost in one period, after all discounts, and how much of it was used.

    `group` names what it is compared within, `unit` what `quantity` counts. A quantity of zero or
    less means that the cost has none.
    """

    group: tuple[str, ...]
    item: str
    unit: str
    quantity: Decimal
    cost: Decimal
    currency: str = "USD"
    is_idle: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A difference in cost, split; the five parts sum to `total` exactly."""

    price: Decimal = ZERO
    usage: Decimal = ZERO
    mix: Decimal = ZERO
    unmetered: Decimal = ZERO
    idle: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Now minus before."""
        return self.price + self.usage + self.mix + self.unmetered + self.idle

    def __add__(self, other: "Change") -> "Change":
        return Change(
            self.price + other.price,
            self.usage + other.usage,
            self.mix + other.mix,
            self.unmetered + other.unmetered,
            self.idle + other.idle,
        )

    def in_cents(self, total: Decimal | None = None, digits: int = 2) -> "Change":
        """Whole cents that sum to the total's whole cents, or to a `total` in whole cents.

        That is for two costs that are shown rounded: their difference may be a cent off, and the
        largest part takes it.
        """
        parts = cents_that_add_up(
            (self.price, self.usage, self.mix, self.unmetered, self.idle), digits
        )
        if total is not None:
            largest = max(range(len(parts)), key=lambda index: abs(parts[index]))
            parts[largest] += total - sum(parts)
        return Change(*parts)


@dataclass(frozen=True, slots=True)
class Trend:
    """One currency's two periods, why they differ, and which group brought how much of it."""

    currency: str
    before: Decimal
    now: Decimal
    change: Change
    by_group: Mapping[tuple[str, ...], Change]

    @property
    def share(self) -> Decimal | None:
        """The difference as a share of before; None where before was nothing."""
        return self.change.total / self.before if self.before > 0 else None


@dataclass(slots=True)
class _Sum:
    quantity: Decimal = ZERO
    cost: Decimal = ZERO


# (group, unit, whether it is idle): within one, things are compared.
_Place = tuple[tuple[str, ...], str, bool]
_Places = dict[_Place, dict[str, _Sum]]


def trends(before: Iterable[Charge], now: Iterable[Charge]) -> list[Trend]:
    """One trend for each currency that occurs, by its name; currencies are never added.

    Charges of the same group, item and unit are summed first, so their order does not matter.
    """
    old, new = _summed(before), _summed(now)
    return [_trend(name, old.get(name, {}), new.get(name, {})) for name in sorted({*old, *new})]


def _summed(charges: Iterable[Charge]) -> dict[str, _Places]:
    sums: dict[str, _Places] = {}
    for charge in charges:
        place = charge.group, charge.unit, charge.is_idle
        items = sums.setdefault(charge.currency, {}).setdefault(place, {})
        kept = items.setdefault(charge.item, _Sum())
        kept.cost = _EXACT.add(kept.cost, charge.cost)
        kept.quantity = _EXACT.add(kept.quantity, charge.quantity)
    return sums


def _trend(currency: str, old: _Places, new: _Places) -> Trend:
    by_group: dict[tuple[str, ...], Change] = defaultdict(Change)
    for place in sorted({*old, *new}):
        group, _, is_idle = place
        before, now = old.get(place, {}), new.get(place, {})
        by_group[group] += (
            Change(idle=_cost(now) - _cost(before)) if is_idle else _change(before, now)
        )
    before_all, now_all = (
        sum((_cost(items) for items in places.values()), ZERO) for places in (old, new)
    )
    return Trend(currency, before_all, now_all, sum(by_group.values(), Change()), dict(by_group))


def _change(old: Mapping[str, _Sum], new: Mapping[str, _Sum]) -> Change:
    """The change of one group and unit."""
    q0, q1 = _metered(old), _metered(new)
    unmetered = _cost(new) - _cost(old) - (_cost(q1) - _cost(q0))
    total = _cost(q1) - _cost(q0)
    if not q0 or not q1:
        return Change(usage=total, unmetered=unmetered)
    price = sum(
        (
            _part(q1[i].cost - _times(q0[i].cost, q1[i].quantity, q0[i].quantity))
            for i in q0.keys() & q1.keys()
        ),
        ZERO,
    )
    quantity = sum((s.quantity for s in q0.values()), ZERO)
    more = sum((s.quantity for s in q1.values()), ZERO) - quantity
    usage = _part(_times(_cost(q0), more, quantity))
    return Change(price, usage, total - price - usage, unmetered)


def _metered(items: Mapping[str, _Sum]) -> dict[str, _Sum]:
    return {name: kept for name, kept in items.items() if kept.quantity > 0}


def _cost(items: Mapping[str, _Sum]) -> Decimal:
    return sum((kept.cost for kept in items.values()), ZERO)


def _times(cost: Decimal, quantity: Decimal, per: Decimal) -> Decimal:
    return _EXACT.divide(_EXACT.multiply(cost, quantity), per)


def _part(amount: Decimal) -> Decimal:
    """Rounded, so that the last part can be the exact rest."""
    return amount.quantize(_STEP, ROUND_HALF_EVEN, _EXACT)
