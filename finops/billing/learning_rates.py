"""What machines and resources cost, learnt from the charges that an allocation has read.

There is one reader of bills: the lines of every format, in files or in Athena, have become
`charges` by day and resource, in one SQL. Only the newest days of them are looked at here, and
only US dollars, because that is what proposals are priced in.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import duckdb

from finops.billing.bill_lines import RateLine
from finops.billing.bill_rates import WINDOW_DAYS, rates_of, resource_price
from finops.billing.machine_words import is_licensed, named_machine
from finops.domain.billed_rates import BillRates, Pricing, short_id
from finops.domain.prices import ResourcePrice

# A resource is priced by its median day, which one day with a month's fee on it cannot move.
LEAST_DAYS = 3
# What costs less a day is priced from a list; a bill has millions of such resources.
LEAST_USD_A_DAY = Decimal("0.01")

_NEWEST = """SELECT max(day) FROM charges
WHERE currency = 'USD' AND charge = 'usage' AND day <= $today"""
# Discounts on lines of their own (EDP, private and bundled) are spread over the hours they amend.
_MACHINES = r"""WITH hours AS (
    SELECT day, resource_id, region, item, terms, pricing,
        sum(effective) AS cost, sum(list) AS list, sum(quantity) AS hours
    FROM charges
    WHERE currency = 'USD' AND charge = 'usage' AND day BETWEEN $oldest AND $newest
        AND (item LIKE '%BoxUsage:%' OR item LIKE '%SpotUsage:%' OR terms <> '')
        AND regexp_matches(resource_id, '(^|/)i-[0-9a-z]{8,17}$')
    GROUP BY ALL
)
SELECT day, resource_id, region, item, terms, pricing, cost, list, hours,
    coalesce(sum(cost) FILTER (pricing = '') OVER machine, 0) AS amended,
    coalesce(sum(cost) FILTER (pricing <> '') OVER machine, 0) AS paid
FROM hours
WINDOW machine AS (PARTITION BY day, resource_id, item)
QUALIFY pricing <> ''"""
_RESOURCES = """WITH days AS (
    SELECT day, resource_id, sum(effective) AS cost
    FROM charges
    WHERE currency = 'USD' AND charge = 'usage' AND resource_id <> ''
        AND day >= $oldest AND day < $newest
    GROUP BY ALL
)
SELECT resource_id, CAST(median(cost) AS DECIMAL(38, 10)) AS a_day, count(*) AS days, max(day)
FROM days
GROUP BY resource_id
HAVING count(*) >= $least_days AND median(cost) >= $least_usd"""


def learn_rates(connection: duckdb.DuckDBPyConnection, *, today: date) -> BillRates:
    """The rates that the newest days of `charges` give; a reason where they give none."""
    row = connection.execute(_NEWEST, {"today": today}).fetchone()
    newest = row[0] if row else None
    if newest is None:
        return BillRates(why_none=_why_none(connection))
    window = {"oldest": newest - timedelta(days=WINDOW_DAYS), "newest": newest}
    return rates_of(
        _machine_lines(connection, window),
        resources=dict(_resources(connection, window)),
        newest=newest,
    )


def _why_none(connection: duckdb.DuckDBPyConnection) -> str:
    found = connection.execute("SELECT DISTINCT currency FROM charges ORDER BY 1").fetchall()
    currencies = [str(row[0]) for row in found]
    if currencies and "USD" not in currencies:
        return f"it is in {', '.join(currencies)}, and proposals are priced in US dollars"
    return "it has no line of usage"


def _machine_lines(
    connection: duckdb.DuckDBPyConnection, window: dict[str, date]
) -> Iterator[RateLine]:
    cursor = connection.cursor()
    cursor.execute(_MACHINES, window)
    while some := cursor.fetchmany(10_000):
        for day, resource, region, item, terms, pricing, cost, listed, hours, amended, paid in some:
            is_hour = "Usage:" in item
            _, instance_type = named_machine(item if is_hour else "", terms)
            if not instance_type or (not is_hour and not terms):
                continue
            yield RateLine(
                day=day,
                resource_id=resource.rpartition("/")[2],
                effective_cost=cost + amended * cost / paid if paid else cost,
                list_cost=listed or None,
                region=region,
                instance_type=instance_type,
                hours=Decimal(str(hours)),
                pricing=Pricing(pricing),
                is_plain_linux=not is_licensed(terms),
            )


def _resources(
    connection: duckdb.DuckDBPyConnection, window: dict[str, date]
) -> Iterator[tuple[str, ResourcePrice]]:
    cursor = connection.cursor()
    least = {"least_days": LEAST_DAYS, "least_usd": LEAST_USD_A_DAY}
    cursor.execute(_RESOURCES, {**window, **least})
    while some := cursor.fetchmany(10_000):
        for resource_id, a_day, days, last in some:
            name = short_id(resource_id)
            yield name, resource_price(name, a_day, days=days, last=last)
