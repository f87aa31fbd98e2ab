from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from finops.ledger import audit
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


def note(ledger: SavingsLedger, number: int, subject: str = "op-1") -> None:
    with ledger.bookkeeping() as connection:
        audit.note(
            connection, at=NOW, actor="U9", action="refused", subject=subject, detail={"n": number}
        )


def test_a_note_is_read_at_once_and_chained_in_its_turn(ledger: SavingsLedger) -> None:
    fill(ledger, rows=1)
    note(ledger, 7)

    before = ledger.history_of("op-1")
    check = ledger.verify_audit()
    after = ledger.history_of("op-1")

    assert [entry.detail for entry in before] == [{"n": 0}, {"n": 7}]
    assert before[-1].hash == ""
    assert (check.is_intact, check.rows) == (True, 2)
    assert [entry.detail for entry in after] == [{"n": 0}, {"n": 7}]
    assert after[-1].hash == check.newest_hash


def test_many_notes_are_taken_up_in_pieces_each_once(ledger: SavingsLedger) -> None:
    for number in range(audit.TAKEN_AT_ONCE + 5):
        note(ledger, number)
    with ledger.transaction() as tx:
        first = audit.take_up(tx.connection)

    ledger.take_up_notes()

    entries = ledger.history_of("op-1")
    assert first == audit.TAKEN_AT_ONCE
    assert [entry.detail["n"] for entry in entries] == list(range(audit.TAKEN_AT_ONCE + 5))
    assert ledger.verify_audit().is_intact


def test_a_crash_while_they_are_taken_up_keeps_them_waiting(ledger: SavingsLedger) -> None:
    note(ledger, 1)
    with suppress(RuntimeError), ledger.transaction() as tx:
        audit.take_up(tx.connection)
        raise RuntimeError("power cut")

    assert len(ledger.history_of("op-1")) == 1
    assert ledger.verify_audit().rows == 1


def test_a_refusal_does_not_wait_for_who_holds_the_ledger(ledger: SavingsLedger) -> None:
    if ledger.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer")
    with ledger.transaction() as tx:
        tx.audit(at=NOW, actor="U1", action="approved", subject="op-1", detail={})
        note(ledger, 1)

        assert len(ledger.history_of("op-1")) == 1  # the note; the other is not committed

    assert ledger.verify_audit().rows == 2
