from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from finops.ledger import claims, tables
from finops.savings_ledger import SavingsLedger

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def claim(ledger: SavingsLedger, owner: str, now: datetime = NOW) -> object:
    return ledger.claim(work="digest", unit="C1/2026-W48", owner=owner, now=now, lease_seconds=60)


def test_of_ten_replicas_exactly_one_gets_a_unit(ledger: SavingsLedger) -> None:
    with ThreadPoolExecutor(10) as pool:
        taken = list(pool.map(lambda n: claim(ledger, f"replica-{n}"), range(10)))

    assert sum(c is not None for c in taken) == 1


def test_a_finished_unit_is_never_done_again(ledger: SavingsLedger) -> None:
    mine = ledger.claim(work="cycle", unit="u", owner="a", now=NOW, lease_seconds=60)
    assert mine is not None
    ledger.finish_claim(mine, now=NOW)

    later = ledger.claim(work="cycle", unit="u", owner="b", now=NOW + timedelta(days=400))

    assert later is None


def test_a_unit_whose_doer_died_is_taken_over_after_its_lease(ledger: SavingsLedger) -> None:
    claim(ledger, "dead")

    assert claim(ledger, "b", NOW + timedelta(seconds=59)) is None
    assert claim(ledger, "b", NOW + timedelta(seconds=61)) is not None


def test_a_released_unit_can_be_taken_when_its_pause_is_over(ledger: SavingsLedger) -> None:
    mine = ledger.claim(work="cycle", unit="u", owner="a", now=NOW, lease_seconds=60)
    assert mine is not None
    ledger.release_claim(mine, retry_at=NOW + timedelta(minutes=10), error="Prometheus is down")

    early = ledger.claim(work="cycle", unit="u", owner="b", now=NOW + timedelta(minutes=9))
    late = ledger.claim(work="cycle", unit="u", owner="b", now=NOW + timedelta(minutes=11))

    assert (early, late is not None) == (None, True)


def test_what_was_done_weeks_ago_is_forgotten_and_what_is_not_done_stays(
    ledger: SavingsLedger,
) -> None:
    done = ledger.claim(work="cycle", unit="done", owner="a", now=NOW, lease_seconds=60)
    ledger.claim(work="cycle", unit="open", owner="a", now=NOW, lease_seconds=60)
    assert done is not None
    ledger.finish_claim(done, now=NOW)

    def units(now: datetime) -> list[str]:
        with ledger.bookkeeping() as connection:
            claims.forget(connection, now=now)
        rows = ledger.read(
            lambda connection: connection.execute(select(tables.claims.c.unit)).all()
        )
        return sorted(row.unit for row in rows)

    assert units(NOW + timedelta(days=44)) == ["done", "open"]
    assert units(NOW + timedelta(days=46)) == ["open"]
