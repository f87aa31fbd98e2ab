"""What Savings Plans and reservations mean for a machine that leaves. Pure.

A commitment is paid until it ends, used or not. When a machine under one leaves, the commitment
moves to another machine that it may cover and that ran on demand, and *that* machine's on-demand
cost leaves the bill. Where none runs on demand, nothing leaves the bill: room is freed.
"""

from dataclasses import dataclass
from decimal import Decimal

from finops.billing.machine_days import MachineDays, MachineKey
from finops.domain.billed_rates import CashLimit, Pricing


def family_of(instance_type: str) -> str:
    """`m5.large` → `m5`: within it, regional reservations and EC2 Savings Plans move freely."""
    return instance_type.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a commitment moves within: a family in a region, on one kind of licence."""

    family: str
    region: str
    is_plain_linux: bool

    @property
    def words(self) -> str:
        """`m5 in eu-central-1`."""
        licence = "" if self.is_plain_linux else " with a licence"
        return f"{self.family}{licence} in {self.region}" if self.region else self.family


def scope_of(key: MachineKey) -> Scope:
    """The scope of a machine."""
    return Scope(family_of(key.instance_type), key.region, key.is_plain_linux)


def cash_limits(days: MachineDays) -> dict[Scope, CashLimit]:
    """For each scope with commitments, what runs there on demand.

    24 h of one m5.large at $0.096 on demand beside ten under a Savings Plan: 2.304 ÷ 24 = $0.096
    an hour. A compute Savings Plan could move further than its family, and a zonal reservation less
    far than its region; the bill does not tell them apart.
    """
    on_demand: dict[Scope, Decimal] = {}
    committed: dict[Scope, set[Pricing]] = {}
    for _, _, key, sums in days.sums():
        scope = scope_of(key)
        if key.pricing.is_committed:
            committed.setdefault(scope, set()).add(key.pricing)
        elif key.pricing is Pricing.ON_DEMAND:
            on_demand[scope] = on_demand.get(scope, Decimal(0)) + sums.cost
    hours = Decimal(24 * max(len(days.days), 1))
    return {
        scope: _limit(scope, on_demand.get(scope, Decimal(0)) / hours, pricings)
        for scope, pricings in committed.items()
    }


def _limit(scope: Scope, usd_per_hour: Decimal, pricings: set[Pricing]) -> CashLimit:
    what = " and ".join(sorted(f"{pricing}s" for pricing in pricings))
    if not usd_per_hour:
        return CashLimit(
            usd_per_hour,
            f"All {scope.words} is paid through {what}: a machine that leaves frees its share, and "
            "the bill falls when they end.",
        )
    return CashLimit(
        usd_per_hour,
        f"{scope.words} is paid through {what}, but for ${usd_per_hour:.2f} an hour on demand: at "
        "most that much leaves the bill now.",
    )
