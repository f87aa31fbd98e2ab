"""What tests of `finops` share: a migrated ledger on each database."""

from collections.abc import Iterator

import pytest

from finops.savings_ledger import SavingsLedger


@pytest.fixture
def ledger(database_url: str) -> Iterator[SavingsLedger]:
    """A fresh, migrated ledger; the test runs on SQLite and on PostgreSQL."""
    ledger = SavingsLedger(database_url)
    yield ledger
    ledger.close()
