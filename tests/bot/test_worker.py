import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from bot.worker import MAX_ATTEMPTS, Worker, pause_seconds
from finops.domain.errors import Refused, TryAgainLater, WillNeverWork
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
