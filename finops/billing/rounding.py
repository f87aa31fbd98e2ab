"""SQL that holds the placed millionths against the bill: each day adds up to the bill's own sums.

Every row is rounded by itself; what that leaves of a day, at most a millionth a row, is a row of
its own (`rounding`). A larger rest is no rounding but a mistake, and then nothing is kept.
"""

import duckdb

from finops.billing.placing import AMOUNTS
from finops.domain.errors import InvalidInput

_TOTALS = f"""CREATE OR REPLACE TABLE total_micros AS
SELECT day, currency,
    {", ".join(f"CAST(round(sum({a}), 6) * 1000000 AS BIGINT) AS {a}" for a in AMOUNTS)},
    CAST(sum(lines) AS BIGINT) AS lines, CAST(sum(invoiced_lines) AS BIGINT) AS invoiced_lines
FROM totals GROUP BY ALL"""

_RESTS = f"""CREATE OR REPLACE TABLE rests AS
SELECT t.day, coalesce(t.currency, m.currency) AS currency, coalesce(m.places, 0) AS places,
    {", ".join(f"coalesce(t.{a}, 0) - coalesce(m.{a}, 0) AS {a}" for a in AMOUNTS)}
FROM total_micros AS t
FULL JOIN (
    SELECT day, currency, count(*) AS places,
        {", ".join(f"CAST(sum({a}) AS BIGINT) AS {a}" for a in AMOUNTS)}
    FROM micros GROUP BY ALL
) AS m ON m.day = t.day AND m.currency = t.currency"""

_TOO_MUCH = f"""SELECT day, currency, {", ".join(AMOUNTS)} FROM rests
WHERE day IS NULL OR {" OR ".join(f"abs({a}) > 2 + places" for a in AMOUNTS)}
ORDER BY day LIMIT 1"""

_ADD_RESTS = f"""INSERT INTO micros
SELECT day, currency, 'unallocated', '', '', 'rounding', '', '', '', '', '', '', '', '',
    {", ".join(AMOUNTS)}, 0
FROM rests WHERE {" OR ".join(f"{a} <> 0" for a in AMOUNTS)}"""

# A place with less than half a millionth has its part in the rest, and needs no row.
_DROP_EMPTY = f"DELETE FROM micros WHERE {' AND '.join(f'{a} = 0' for a in AMOUNTS)}"

_DIFFERENT = """WITH billed AS (
    SELECT service, resource_id AS resource, CAST(sum(billed + netted) AS DOUBLE) AS cost
    FROM charges WHERE day = $day GROUP BY ALL
), found AS (
    SELECT service, resource_key AS resource, sum(billed) AS cost FROM placed
    WHERE day = $day GROUP BY ALL
)
SELECT coalesce(b.service, f.service), coalesce(b.resource, f.resource),
    coalesce(b.cost, 0), coalesce(f.cost, 0)
FROM billed AS b FULL JOIN found AS f ON f.service = b.service AND f.resource = b.resource
WHERE abs(coalesce(b.cost, 0) - coalesce(f.cost, 0)) > 0.000001
ORDER BY abs(coalesce(b.cost, 0) - coalesce(f.cost, 0)) DESC LIMIT 5"""


def settle(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `micros` add up to the bill exactly, day by day; `total_micros` are the bill's own sums.

    Raises InvalidInput that names day, amounts and lines when more than rounding is missing.
    """
    connection.execute(_TOTALS)
    connection.execute(_RESTS)
    wrong = connection.execute(_TOO_MUCH).fetchone()
    if wrong:
        raise InvalidInput(_sentence(connection, wrong))
    connection.execute(_ADD_RESTS)
    connection.execute(_DROP_EMPTY)


def _sentence(connection: duckdb.DuckDBPyConnection, wrong: tuple[object, ...]) -> str:
    day, currency, *rests = wrong
    lines = connection.execute(_DIFFERENT, {"day": day}).fetchall()
    named = "; ".join(
        f"{s} {r or 'without resource'}: {a:.6f}, placed {b:.6f}" for s, r, a, b in lines
    )
    amounts = ", ".join(
        f"{name} {int(str(rest)) / 1_000_000:.6f}"
        for name, rest in zip(AMOUNTS, rests, strict=True)
    )
    return (
        f"{day or 'A day without a date'}: the allocation does not add up to the bill; it lacks "
        f"{amounts} {currency}, so nothing of it is kept. The lines that differ most: "
        f"{named or 'none; the columns of cost contradict each other'}."
    )
