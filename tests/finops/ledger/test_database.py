"""What happens to writers when the ledger is busy, and to everybody when it goes away."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import timedelta, timezone

import psycopg2
import pytest
from sqlalchemy import text

from finops.domain.errors import Refused, TryAgainLater
from finops.ledger import database, history
from finops.ledger.history import upsert
from finops.ledger.tables import settings
from finops.ledger.turnstile import Waiting, serving
from finops.savings_ledger import SavingsLedger
from tests.finops.examples import NOW


def test_a_writer_whose_turn_does_not_come_gives_up_in_time(ledger: SavingsLedger) -> None:
    def write() -> float:
        start = time.monotonic()
        with pytest.raises(TryAgainLater), ledger.transaction(patience_seconds=0.2):
            pass
        return time.monotonic() - start

    with ledger.transaction(), ThreadPoolExecutor(1) as pool:
        waited = pool.submit(write).result()

    assert 0.1 < waited < 1.5


def test_another_process_that_writes_is_waited_for_no_longer_either(ledger: SavingsLedger) -> None:
    url = ledger.engine.url.render_as_string(hide_password=False)
    other = SavingsLedger(url, migrated=True)
    with ledger.transaction():
        start = time.monotonic()
        with pytest.raises(TryAgainLater), other.transaction(patience_seconds=0.2):
            pass
        waited = time.monotonic() - start
    with other.transaction(patience_seconds=0.2):
        pass
    other.close()

    assert waited < 1.5


def test_who_writes_for_another_team_need_not_wait_and_the_chain_holds(postgres_url: str) -> None:
    ledger = SavingsLedger(postgres_url)
    with ledger.transaction(of="team/Shop") as first:
        first.audit(at=NOW, actor="U1", action="approved", subject="op-1", detail={})
        with ledger.transaction(of="team/search", patience_seconds=0.2) as second:
            second.audit(at=NOW, actor="U2", action="approved", subject="op-2", detail={})
    check = ledger.verify_audit()
    ledger.close()

    assert (check.is_intact, check.rows) == (True, 2)


@pytest.mark.parametrize("other", ["team/shop", None])
def test_the_same_team_waits_and_whoever_writes_for_everybody(
    postgres_url: str, other: str | None
) -> None:
    ledger = SavingsLedger(postgres_url)
    with (
        ledger.transaction(of="team/Shop"),
        pytest.raises(TryAgainLater),
        ledger.transaction(of=other, patience_seconds=0.2),
    ):
        pass
    with ledger.transaction(of=other, patience_seconds=0.2):
        pass
    ledger.close()


def test_a_team_waits_for_whoever_writes_for_everybody(postgres_url: str) -> None:
    ledger = SavingsLedger(postgres_url)
    with (
        ledger.transaction(),
        pytest.raises(TryAgainLater),
        ledger.transaction(of="team/shop", patience_seconds=0.2),
    ):
        pass
    ledger.close()


def test_what_an_attempt_wrote_goes_with_its_failure_audit_rows_as_well(
    ledger: SavingsLedger,
) -> None:
    with ledger.transaction() as tx:
        tx.audit(at=NOW, actor="U1", action="approved", subject="op-1", detail={})
        with suppress(Refused), tx.attempt():
            tx.audit(at=NOW, actor="U1", action="approved", subject="op-2", detail={})
            raise Refused("not today")

    assert [len(ledger.history_of(subject)) for subject in ("op-1", "op-2")] == [1, 0]


def test_what_is_announced_keeps_its_order_and_goes_with_the_attempt_that_failed(
    ledger: SavingsLedger,
) -> None:
    with ledger.transaction() as tx:
        tx.announce(kind="first", subject="op-1", about="first")
        tx.enqueue(kind="second", subject="op-2", idempotency_key="second")
        tx.announce(kind="third", subject="op-3", about="third")
        with suppress(Refused), tx.attempt():
            tx.announce(kind="never", subject="op-4", about="never")
            raise Refused("not today")
        tx.announce(kind="fourth", subject="op-5", about="fourth")

    leased = ledger.lease_intents(owner="test", now=NOW + timedelta(days=9_999))

    assert [intent.kind for intent in leased] == ["first", "second", "third", "fourth"]


def test_writers_are_served_in_the_order_in_which_they_came(ledger: SavingsLedger) -> None:
    stop = threading.Event()

    def greedy() -> None:
        while not stop.is_set():
            with ledger.transaction() as tx:
                tx.audit(at=NOW, actor="engine", action="cycle", subject="s", detail={})
                time.sleep(0.02)

    thread = threading.Thread(target=greedy)
    thread.start()
    waits = []
    for _ in range(10):
        start = time.monotonic()
        with ledger.transaction():
            waits.append(time.monotonic() - start)
    stop.set()
    thread.join()

    assert max(waits) < 0.5


def test_a_note_waits_for_a_place_no_longer_than_it_says(postgres_url: str) -> None:
    ledger = SavingsLedger(postgres_url)
    began = time.monotonic()
    with ExitStack() as others:
        for _ in range(database.CLICKS_AT_ONCE):
            others.enter_context(database._LINES[ledger.engine]._everybody.turn(1))
        with serving(Waiting()), pytest.raises(TryAgainLater, match=r"busy for 0\.1 s"):
            ledger.note(
                at=NOW, actor="U1", action="refused", subject="op-1", detail={},
                patience_seconds=0.1,
            )  # fmt: skip
    seconds = time.monotonic() - began
    ledger.close()

    assert seconds < 3


def test_a_server_that_restarts_in_the_middle_is_a_passing_failure_and_the_next_try_works(
    postgres_url: str,
) -> None:
    ledger = SavingsLedger(postgres_url)

    def audit_and_lose_the_connection() -> None:
        with ledger.transaction() as tx:
            pid = tx.connection.execute(text("SELECT pg_backend_pid()")).scalar()
            _terminate(postgres_url, pid)
            tx.audit(at=NOW, actor="U1", action="approved", subject="op-1", detail={})

    with pytest.raises(TryAgainLater):
        audit_and_lose_the_connection()
    with ledger.transaction() as tx:
        tx.audit(at=NOW, actor="U1", action="approved", subject="op-1", detail={})
    rows = ledger.verify_audit().rows
    ledger.close()

    assert rows == 1


def test_a_connection_that_died_while_idle_is_replaced_unnoticed(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PING_AFTER_SECONDS", 0.0)
    ledger = SavingsLedger(postgres_url)
    asked = text("SELECT pg_backend_pid()")
    _terminate(postgres_url, ledger.read(lambda connection: connection.execute(asked).scalar()))

    counts = ledger.outbox_counts()
    ledger.close()

    assert counts == {}


def test_a_reader_sees_the_ledger_as_it_stood_at_its_first_look(ledger: SavingsLedger) -> None:
    def put(value: int) -> None:
        with ledger.transaction() as tx:
            history.put_setting(tx.connection, "k", value, by="test", now=NOW)

    put(1)
    with ledger.reading() as tx:
        seen = [history.setting(tx.connection, "k")]
        put(2)
        seen.append(history.setting(tx.connection, "k"))

    assert seen == [1, 1]
    assert ledger.read(lambda connection: history.setting(connection, "k")) == 2


def test_the_audit_chain_holds_whatever_zone_the_clock_is_in(ledger: SavingsLedger) -> None:
    berlin = NOW.astimezone(timezone(timedelta(hours=1)))
    with ledger.transaction() as tx:
        tx.audit(at=berlin, actor="U1", action="approved", subject="op-1", detail={})

    assert ledger.verify_audit().is_intact


def test_the_same_row_twice_in_one_write_is_the_last_one(ledger: SavingsLedger) -> None:
    row = {"key": "k", "updated_at": NOW, "updated_by": "test"}
    with ledger.transaction() as tx:
        upsert(tx.connection, settings, [row | {"value": 1}, row | {"value": 2}])

    assert ledger.read(lambda connection: history.setting(connection, "k")) == 2


def test_a_cluster_that_reports_seldom_does_not_drop_out_of_the_freshness(
    ledger: SavingsLedger,
) -> None:
    with ledger.transaction() as tx:
        for number in range(600):
            history.save_cycle(
                tx.connection,
                cluster="quiet" if number == 0 else "busy",
                taken_at=NOW + timedelta(minutes=number),
                found=0,
                skipped=[],
                gaps=[],
            )

    newest = ledger.read(history.newest_cycles)

    assert [row.cluster for row in newest] == ["busy", "quiet"]


def _terminate(url: str, pid: object) -> None:
    connection = psycopg2.connect(url.replace("+psycopg2", ""))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", (pid,))
    connection.close()
