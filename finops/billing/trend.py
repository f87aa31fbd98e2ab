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
refund) cannot be taken apart: its change stands for itself, under *unmetered*.

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


@dataclass(frozen=True, slots=True)
class Change:
    """A difference in cost, split; the four parts sum to `total` exactly."""

    price: Decimal = ZERO
    usage: Decimal = ZERO
    mix: Decimal = ZERO
    unmetered: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Now minus before."""
        return self.price + self.usage + self.mix + self.unmetered

    def __add__(self, other: "Change") -> "Change":
        return Change(
            self.price + other.price,
            self.usage + other.usage,
            self.mix + other.mix,
            self.unmetered + other.unmetered,
        )

    def in_cents(self) -> "Change":
        """Whole cents that still sum to the total's whole cents."""
        return Change(*cents_that_add_up((self.price, self.usage, self.mix, self.unmetered)))


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


_Item = tuple[tuple[str, ...], str, str]
_Items = dict[_Item, _Sum]


def trends(before: Iterable[Charge], now: Iterable[Charge]) -> list[Trend]:
    """One trend for each currency that occurs, by its name; currencies are never added.

    Charges of the same group, item and unit are summed first, so their order does not matter.
    """
    old, new = _summed(before), _summed(now)
    return [_trend(name, old.get(name, {}), new.get(name, {})) for name in sorted({*old, *new})]


def _summed(charges: Iterable[Charge]) -> dict[str, _Items]:
    sums: dict[str, _Items] = defaultdict(lambda: defaultdict(_Sum))
    for charge in charges:
        kept = sums[charge.currency][charge.group, charge.unit, charge.item]
        kept.cost = _EXACT.add(kept.cost, charge.cost)
        kept.quantity = _EXACT.add(kept.quantity, charge.quantity)
    return sums


def _trend(currency: str, old: _Items, new: _Items) -> Trend:
    by_group: dict[tuple[str, ...], Change] = defaultdict(Change)
    for group, unit in sorted({key[:2] for key in (*old, *new)}):
        change = _change(_of(old, group, unit), _of(new, group, unit))
        by_group[group] += change
    before, now = (sum((s.cost for s in items.values()), ZERO) for items in (old, new))
    return Trend(currency, before, now, sum(by_group.values(), Change()), dict(by_group))


def _of(items: _Items, group: tuple[str, ...], unit: str) -> dict[str, _Sum]:
    return {key[2]: kept for key, kept in items.items() if key[:2] == (group, unit)}


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
