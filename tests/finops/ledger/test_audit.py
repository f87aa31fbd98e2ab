import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from finops.savings_ledger import SavingsLedger
from tests.finops.examples import NOW


def fill(ledger: SavingsLedger, rows: int = 3) -> None:
    for number in range(rows):
        with ledger.transaction() as tx:
            tx.audit(at=NOW, actor="U1", action="approved", subject="op-1", detail={"n": number})


def test_an_untouched_chain_is_intact(ledger: SavingsLedger) -> None:
    fill(ledger)

    check = ledger.verify_audit()

    assert (check.is_intact, check.rows) == (True, 3)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_log SET actor = 'U9'", "DELETE FROM audit_log"]
)
def test_the_database_itself_refuses_to_change_history(
    ledger: SavingsLedger, statement: str
) -> None:
    fill(ledger)

    with pytest.raises(DBAPIError, match="append-only"), ledger.transaction() as tx:
        tx.connection.execute(text(statement))

    assert ledger.verify_audit().rows == 3


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_log SET actor = 'U9' WHERE id = 2",
        "UPDATE audit_log SET detail = '{\"n\": 7}' WHERE id = 2",
        "DELETE FROM audit_log WHERE id = 2",
    ],
)
def test_somebody_who_takes_the_trigger_away_is_found_out(
    ledger: SavingsLedger, tampering: str
) -> None:
    fill(ledger)
    postgres = ledger.engine.dialect.name == "postgresql"
    triggers = (
        ["DROP TRIGGER audit_log_append_only ON audit_log"]
        if postgres
        else [f"DROP TRIGGER audit_log_append_only_{verb}" for verb in ("update", "delete")]
    )
    with ledger.transaction() as tx:
        for statement in (*triggers, tampering):
            tx.connection.execute(text(statement.replace(":", "\\:")))

    check = ledger.verify_audit()

    assert check.broken_at in (2, 3)
