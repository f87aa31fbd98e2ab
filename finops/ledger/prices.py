"""Price facts in the ledger's database, shared by all replicas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Engine, RowMapping, select

from finops.domain.prices import PriceFact
from finops.ledger.database import connecting, writing
from finops.ledger.history import upsert
from finops.ledger.tables import price_facts


@dataclass(frozen=True, slots=True)
class LedgerPriceCache:
    """The table `price_facts` (a PriceCache); its methods raise TryAgainLater when it is busy."""

    engine: Engine

    def find(self, key: str) -> PriceFact | None:
        """The fact of that key, however old."""
        query = select(price_facts).where(price_facts.c.key == key)
        with connecting(self.engine) as connection:
            row = connection.execute(query).mappings().first()
        return _fact_from(row) if row is not None else None

    def save(self, fact: PriceFact) -> None:
        """Remember it in place of an older one."""
        row = {
            "key": fact.key,
            "usd": None if fact.usd is None else format(fact.usd, "f"),
            "attributes": dict(fact.attributes),
            "fetched_at": fact.fetched_at,
        }
        with writing(self.engine, None) as connection:
            upsert(connection, price_facts, [row])

    def fetch_times(self) -> Sequence[datetime]:
        """When each remembered fact was fetched, oldest first."""
        query = select(price_facts.c.fetched_at).order_by(price_facts.c.fetched_at)
        with connecting(self.engine) as connection:
            return list(connection.execute(query).scalars())


def _fact_from(row: RowMapping) -> PriceFact:
    attributes: Mapping[str, str] = row["attributes"]
    return PriceFact(
        key=row["key"],
        usd=None if row["usd"] is None else Decimal(row["usd"]),
        fetched_at=row["fetched_at"],
        attributes=attributes,
    )
