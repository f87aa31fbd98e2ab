from datetime import timedelta
from typing import Any

from alembic import command

from finops.domain.lifecycle import Status
from finops.domain.pull_request import Member, Purpose, Stage, TrackedPullRequest
from finops.ledger import pull_requests as rows
from finops.ledger.schema import _config
from finops.savings_ledger import SavingsLedger
from tests.finops.examples import NOW, opportunity

ROW = TrackedPullRequest(
    repository="acme/platform",
    branch="finops/op-1",
    purpose=Purpose.CHANGE,
    stage=Stage.CLAIMED,
    team="web",
    members=(Member("op-1", 1), Member("op-2", 3)),
    claimed_at=NOW,
)


def test_a_row_comes_back_as_it_was_written(ledger: SavingsLedger) -> None:
    with ledger.transaction() as tx:
        rows.put(tx.connection, ROW)
        found = rows.of_branch(tx.connection, ROW.repository, ROW.branch)
        held = rows.holding(tx.connection, "op-2")

    assert found == held == ROW


def test_it_changes_only_from_the_stage_that_was_seen(ledger: SavingsLedger) -> None:
    with ledger.transaction() as tx:
        rows.put(tx.connection, ROW)
        first = rows.change(tx.connection, ROW, stage=Stage.OPEN)
        second = rows.change(tx.connection, ROW, stage=Stage.CLOSED)

    assert (first, second) == (True, False)


def test_a_thing_is_said_once(ledger: SavingsLedger) -> None:
    with ledger.transaction() as tx:
        rows.put(tx.connection, ROW)
        said = [rows.say(tx.connection, ROW, key) for key in ("touched", "touched", "held")]

    assert said == [True, False, True]


def test_what_is_open_is_not_given_back(ledger: SavingsLedger) -> None:
    with ledger.transaction() as tx:
        rows.put(tx.connection, ROW)
        rows.change(tx.connection, ROW, stage=Stage.OPEN)
        rows.release(tx.connection, ROW)

        assert rows.count_in_use(tx.connection, ROW.repository) == 1


def test_closed_ones_are_forgotten_after_half_a_year_and_merged_ones_kept(
    ledger: SavingsLedger,
) -> None:
    with ledger.transaction() as tx:
        for stage in (Stage.CLOSED, Stage.MERGED):
            rows.put(tx.connection, ROW)
            rows.change(tx.connection, ROW, stage=stage, decided_at=NOW)
            rows.forget(tx.connection, now=NOW + timedelta(days=184))
            kept = rows.of_branch(tx.connection, ROW.repository, ROW.branch)

            assert (kept is not None) == (stage is Stage.MERGED)


def test_what_was_open_before_the_migration_is_watched_and_counted_after_it(
    ledger: SavingsLedger,
) -> None:
    with ledger.transaction() as tx:
        tx.record(opportunity(), seen_at=NOW)
        record = tx.get(opportunity().id)
        tx.move(record, Status.NOTIFIED, now=NOW, actor="test")
        tx.move(tx.get(record.id), Status.APPROVED, now=NOW, actor="test", decided_by="U1")
        opened: dict[str, Any] = {
            "repository": "acme/platform",
            "pull_request_number": 7,
            "pull_request_url": "http://h/7",
        }
        tx.move(tx.get(record.id), Status.PULL_REQUEST_OPEN, now=NOW, actor="test", **opened)
    config = _config()
    with ledger.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0004")
        command.upgrade(config, "head")
    with ledger.reading() as tx:
        [found] = rows.find(tx.connection)

    assert (found.branch, found.number, found.stage) == (f"finops/{record.id}", 7, Stage.OPEN)
    assert found.members == (Member(record.id, 1),)
    assert (found.asked_by, found.said, found.is_touched) == ("U1", (), False)
