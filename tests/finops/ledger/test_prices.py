from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from finops.domain.errors import TryAgainLater
from finops.domain.prices import PriceCache, PriceFact
from finops.ledger.database import open_engine
from finops.ledger.prices import LedgerPriceCache
from finops.savings_ledger import SavingsLedger

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
MACHINE = PriceFact(
    key="eu-central-1/machine/m5.large",
    usd=Decimal("0.115"),
    fetched_at=NOW,
    attributes={"vcpu": "2", "memory": "8 GiB"},
)


def test_a_fact_comes_back_as_it_was_saved(ledger: SavingsLedger) -> None:
    cache: PriceCache = LedgerPriceCache(ledger.engine)
    cache.save(MACHINE)

    assert cache.find(MACHINE.key) == MACHINE
    assert cache.find("eu-central-1/machine/m5.xlarge") is None


@pytest.mark.parametrize("usd", ["0.0000166667", "1E-7", "123456789.123456789"])
def test_the_smallest_price_keeps_all_its_digits(ledger: SavingsLedger, usd: str) -> None:
    cache = LedgerPriceCache(ledger.engine)
    cache.save(PriceFact(key="k", usd=Decimal(usd), fetched_at=NOW))
    found = cache.find("k")

    assert found is not None
    assert found.usd == Decimal(usd)


def test_that_there_is_no_price_is_a_fact_too(ledger: SavingsLedger) -> None:
    cache = LedgerPriceCache(ledger.engine)
    nothing = PriceFact(key="k", usd=None, fetched_at=NOW)
    cache.save(nothing)

    assert cache.find("k") == nothing


def test_a_newer_fact_takes_the_place_of_the_older(ledger: SavingsLedger) -> None:
    cache = LedgerPriceCache(ledger.engine)
    cache.save(MACHINE)
    cache.save(PriceFact(key="other", usd=None, fetched_at=NOW + timedelta(days=3)))
    cache.save(PriceFact(key=MACHINE.key, usd=Decimal(1), fetched_at=NOW + timedelta(days=8)))

    assert cache.fetch_times() == [NOW + timedelta(days=3), NOW + timedelta(days=8)]


def test_a_database_that_is_down_is_for_later() -> None:
    cache = LedgerPriceCache(open_engine("postgresql+psycopg2://somebody@127.0.0.1:1/finops"))

    with pytest.raises(TryAgainLater):
        cache.find("k")
    with pytest.raises(TryAgainLater):
        cache.save(MACHINE)
