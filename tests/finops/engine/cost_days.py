"""Rows of `cost_allocation` for the tests of everything that asks about cost."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from finops.domain.costs import AllocatedCost, BillDay, CostCategory, CostKey


def row(day: date, usd: str, **key: str) -> AllocatedCost:
    quantity = float(key.pop("quantity", "0"))
    made = CostKey(
        day=day,
        currency=key.pop("currency", "USD"),
        category=CostCategory(key.pop("category", "allocated")),
        **key,
    )
    amount = Decimal(usd)
    return AllocatedCost(
        key=made,
        billed_cost=amount,
        effective_cost=amount,
        list_cost=amount,
        usage_quantity=quantity,
    )


def a_day(day: date, price: str = "0.03") -> list[AllocatedCost]:
    """$10.00: $6.00 of cores, half of it idle, $3.00 shared and $1.00 of tax."""
    cores = {"service": "AmazonEC2", "item": "cpu", "usage_unit": "core-hours", "cluster": "prod"}
    web = {**cores, "namespace": "web", "workload": "frontend", "team": "shop"}
    hours = str(Decimal(3) / Decimal(price))
    return [
        row(day, "2.00", quantity=str(Decimal(2) / Decimal(price)), **web),
        row(day, "1.00", **cores, namespace="tools", workload="wiki", quantity="1"),
        row(day, "3.00", category="idle", quantity=hours, **web),
        row(day, "3.00", category="shared", service="AmazonEKS", cluster="prod", item="hours"),
        row(day, "1.00", category="unallocated", service="Tax", item="tax"),
    ]


def totals_of(rows: Sequence[AllocatedCost], *, final: bool = False) -> list[BillDay]:
    """The bill's own totals, as they must be."""
    totals: dict[tuple[date, str], Decimal] = {}
    for one in rows:
        key = one.key.day, one.key.currency
        totals[key] = totals.get(key, Decimal(0)) + one.effective_cost
    return [
        BillDay(
            day=day,
            currency=currency,
            billed_cost=total,
            effective_cost=total,
            list_cost=total,
            lines=1,
            is_final=final,
        )
        for (day, currency), total in totals.items()
    ]
