"""What nodes that leave are worth, cashable and freed, and a fair split of it. To the cent."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from finops.domain.estate import Node
from finops.domain.money import HOURS_PER_MONTH, Saving, to_cents
from finops.domain.prices import cashable_part

_CENT = Decimal("0.01")


def worth_of(nodes: Iterable[Node]) -> Saving:
    """A month of the nodes' effective prices: what leaves the bill, what only frees commitments.

    A commitment's limit (see `MachinePrice`) holds for all machines of a family in a region
    together; the tightest of its nodes counts. Worked: three m5 of $0.06 an hour leave, limit
    $0.10: 0.10 · 730 = $73.00 is cash and 0.08 · 730 = $58.40 freed. A node without a known price
    counts nothing.
    """
    usd: dict[tuple[str, str], Decimal] = {}
    limits: dict[tuple[str, str], Decimal] = {}
    for node in nodes:
        scope = (node.instance_type.partition(".")[0], node.region)
        usd[scope] = usd.get(scope, Decimal(0)) + (node.price_usd_per_hour or Decimal(0))
        limit = node.cashable_limit_usd_per_hour
        if limit is not None:
            limits[scope] = min(limits.get(scope, limit), limit)
    whole = to_cents(sum(usd.values(), Decimal(0)) * HOURS_PER_MONTH)
    parts = (cashable_part(amount, limits.get(scope)) for scope, amount in usd.items())
    cash = to_cents(sum(parts, Decimal(0)) * HOURS_PER_MONTH)
    return Saving(cash, whole - cash)


def split(amount: Decimal, weights: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The amount in shares proportional to the weights, in whole cents that add up to it exactly.

    Each gets its share rounded down to a cent; the cents left over go to the largest remainders,
    the earlier name first. Worked: $1.00 over weights 1, 1, 1: 0.34, 0.33, 0.33.
    """
    total = sum(weights.values(), Decimal(0))
    if total <= 0:
        return dict.fromkeys(weights, Decimal(0))
    exact = {name: amount * weight / total for name, weight in weights.items()}
    shares = {name: share // _CENT * _CENT for name, share in exact.items()}
    left = int((amount - sum(shares.values(), Decimal(0))) / _CENT)
    for name in _largest_remainders(exact, shares)[:left]:
        shares[name] += _CENT
    return shares


def _largest_remainders(
    exact: Mapping[str, Decimal], shares: Mapping[str, Decimal]
) -> Sequence[str]:
    return sorted(exact, key=lambda name: (shares[name] - exact[name], name))
