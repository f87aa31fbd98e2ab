import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from bot.worker import MAX_ATTEMPTS, Worker, pause_seconds
from finops.domain.errors import NotItsTurn, Refused, TryAgainLater, WillNeverWork
from finops.domain.intents import IntentKind
from finops.ledger.outbox import Intent
from finops.ledger.tables import outbox
from finops.savings_ledger import SavingsLedger


@pytest.fixture
def ledger(database_url: str) -> Iterator[SavingsLedger]:
    ledger = SavingsLedger(database_url)
    yield ledger
    ledger.close()


class Outside:
    """The outside world: does what it is told, and remembers."""

    def __init__(self, *troubles: Exception) -> None:
        self.troubles = list(troubles)
        self.done: list[str] = []

    def deliver(self, intent: Intent) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.done.append(intent.subject)


def write(ledger: SavingsLedger, *subjects: str) -> None:
    with ledger.transaction() as tx:
        for subject in subjects:
            tx.enqueue(kind=IntentKind.POST_CARD, subject=subject, idempotency_key=subject)


def worker(ledger: SavingsLedger, outside: Outside) -> Worker:
    return Worker(ledger, {IntentKind.POST_CARD: outside.deliver}, name="test", threads=1)


def row(ledger: SavingsLedger) -> object:
    with ledger.reading() as tx:
        return tx.connection.execute(select(outbox)).one()


def let_it_be_due(ledger: SavingsLedger) -> None:
    with ledger.bookkeeping() as connection:
        connection.execute(update(outbox).values(not_before=datetime.now(UTC)))


def test_what_is_due_is_delivered_and_finished(ledger: SavingsLedger) -> None:
    outside = Outside()
    write(ledger, "op-1", "op-2")

    busy = [worker(ledger, outside).run_once() for _ in range(3)]

    assert (busy, outside.done) == ([True, True, False], ["op-1", "op-2"])
    assert ledger.outbox_counts() == {"done": 2}


@pytest.mark.parametrize(
    "trouble", [TryAgainLater("Slack is slow", after_seconds=7), OSError("reset"), KeyError("bug")]
)
def test_a_failure_that_may_pass_is_tried_again(ledger: SavingsLedger, trouble: Exception) -> None:
    outside = Outside(trouble)
    write(ledger, "op-1")
    worker(ledger, outside).run_once()
    waits = ledger.outbox_counts()
    let_it_be_due(ledger)
    worker(ledger, outside).run_once()

    assert (waits, outside.done) == ({"pending": 1}, ["op-1"])
    assert ledger.outbox_counts() == {"done": 1}


@pytest.mark.parametrize("trouble", [WillNeverWork("missing_scope"), Refused("no such file")])
def test_what_cannot_work_is_buried_with_its_reason_and_does_not_block(
    ledger: SavingsLedger, trouble: Exception
) -> None:
    outside = Outside(trouble)
    write(ledger, "op-1")
    worker(ledger, outside).run_once()

    assert ledger.outbox_counts() == {"dead": 1}
    assert row(ledger).last_error == str(trouble)  # type: ignore[attr-defined]


def test_it_gives_up_after_many_tries(ledger: SavingsLedger) -> None:
    outside = Outside(*[OSError("down")] * MAX_ATTEMPTS)
    write(ledger, "op-1")
    for _ in range(MAX_ATTEMPTS):
        worker(ledger, outside).run_once()
        let_it_be_due(ledger)

    assert ledger.outbox_counts() == {"dead": 1}


def test_pauses_grow_and_stop_growing() -> None:
    pauses = [pause_seconds(attempt) for attempt in range(1, MAX_ATTEMPTS + 1)]

    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (5.0, 4 * 3600.0)


def test_running_threads_deliver_everything_once(ledger: SavingsLedger) -> None:
    outside = Outside()
    lock = threading.Lock()

    def deliver(intent: Intent) -> None:
        with lock:
            outside.deliver(intent)

    write(ledger, *(f"op-{n}" for n in range(30)))
    workers = [
        Worker(ledger, {IntentKind.POST_CARD: deliver}, name=f"replica-{n}") for n in range(2)
    ]
    for each in workers:
        each.start()
    pause = threading.Event()
    while ledger.outbox_counts().get("done", 0) < 30:
        pause.wait(0.05)
    for each in workers:
        each.stop()

    assert sorted(outside.done) == sorted(f"op-{n}" for n in range(30))


def test_an_outage_of_hours_loses_nothing(ledger: SavingsLedger) -> None:
    """At 30 s a try, 20 tries would be over after ten minutes."""
    outside = Outside(*[TryAgainLater("Slack is away", after_seconds=30)] * (MAX_ATTEMPTS + 5))
    write(ledger, "op-1")
    for _ in range(MAX_ATTEMPTS + 6):
        worker(ledger, outside).run_once()
        let_it_be_due(ledger)

    assert ledger.outbox_counts() == {"done": 1}


def test_the_pauses_of_an_outage_grow_to_a_quarter_of_an_hour(ledger: SavingsLedger) -> None:
    outside = Outside(*[TryAgainLater("Slack is away", after_seconds=30)] * 12)
    write(ledger, "op-1")
    waits = []
    for _ in range(12):
        worker(ledger, outside).run_once()
        waits.append(row(ledger).not_before - datetime.now(UTC))  # type: ignore[attr-defined]
        let_it_be_due(ledger)

    assert round(waits[0].total_seconds()) == 30
    assert round(waits[-1].total_seconds()) == 900


def test_work_that_takes_longer_than_its_lease_keeps_it(
    ledger: SavingsLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.worker.LEASE_SECONDS", 0.6)
    monkeypatch.setattr("bot.worker.RENEW_SECONDS", 0.1)
    begun = threading.Event()
    times: list[str] = []

    def slow(intent: Intent) -> None:
        times.append(intent.subject)
        begun.set()
        threading.Event().wait(1.5)

    write(ledger, "cycle")
    first = Worker(ledger, {IntentKind.POST_CARD: slow}, name="a", threads=1)
    first.start()
    begun.wait(10)
    second = Worker(ledger, {IntentKind.POST_CARD: slow}, name="b", threads=1)
    tries = [second.run_once() or threading.Event().wait(0.1) for _ in range(12)]
    first.stop()

    assert not any(tries)
    assert times == ["cycle"]
    assert ledger.outbox_counts() == {"done": 1}


def test_a_database_that_went_away_is_waited_for(
    ledger: SavingsLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.worker.DATABASE_PAUSE_SECONDS", 0.05)
    outside = Outside()
    troubles: list[Exception] = [TryAgainLater("no connection"), OSError("no connection")]
    real = ledger.lease_intents

    def lease(**arguments: object) -> list[Intent]:
        if troubles:
            raise troubles.pop(0)
        return real(**arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "lease_intents", lease)
    write(ledger, "op-1")
    running = worker(ledger, outside)
    running.start()
    pause = threading.Event()
    while not outside.done:
        pause.wait(0.02)
    running.stop()

    assert outside.done == ["op-1"]


def test_waiting_for_a_turn_is_no_failed_try(ledger: SavingsLedger) -> None:
    later = NotItsTurn("others are before it", after_seconds=4, lane="slack/C1")
    outside = Outside(later)
    write(ledger, "op-1")
    before = datetime.now(UTC)

    worker(ledger, outside).run_once()
    waiting = row(ledger)
    let_it_be_due(ledger)
    worker(ledger, outside).run_once()

    assert waiting.attempts == 0  # type: ignore[attr-defined]  # a row
    assert 3.9 < (waiting.not_before - before).total_seconds() < 6  # type: ignore[attr-defined]  # a row
    assert waiting.turn == "slack/C1"  # type: ignore[attr-defined]  # a row
    assert outside.done == ["op-1"]
