from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from finops.savings_ledger import SavingsLedger

# Intents are due at the wall clock's moment of writing; the tests look from well after it.
NOW = datetime.now(UTC) + timedelta(days=1)


def write(ledger: SavingsLedger, subject: str, key: str, kind: str = "post_card") -> bool:
    with ledger.transaction() as tx:
        return tx.enqueue(kind=kind, subject=subject, idempotency_key=key, payload={"n": 1})


def test_an_intent_is_written_once_however_often_it_is_asked_for(ledger: SavingsLedger) -> None:
    answers = [write(ledger, "op-1", "card:op-1") for _ in range(3)]

    assert answers == [True, False, False]
    assert ledger.outbox_counts() == {"pending": 1}


def test_an_intent_of_a_rolled_back_transaction_never_was(ledger: SavingsLedger) -> None:
    try:
        with ledger.transaction() as tx:
            tx.enqueue(kind="post_card", subject="op-1", idempotency_key="card:op-1")
            raise RuntimeError("power cut")
    except RuntimeError:
        pass

    assert ledger.outbox_counts() == {}


def test_intents_of_one_subject_are_delivered_in_order_and_one_at_a_time(
    ledger: SavingsLedger,
) -> None:
    for key in ("first", "second"):
        write(ledger, "op-1", key)
    write(ledger, "op-2", "other")

    leased = ledger.lease_intents(owner="a", now=NOW, limit=10)
    ledger.finish_intent(leased[0].id, now=NOW)
    after = ledger.lease_intents(owner="a", now=NOW, limit=10)

    assert [intent.subject for intent in leased] == ["op-1", "op-2"]
    assert [intent.subject for intent in after] == ["op-1"]


def test_a_worker_that_dies_loses_its_lease_and_another_takes_over(ledger: SavingsLedger) -> None:
    write(ledger, "op-1", "k")
    [mine] = ledger.lease_intents(owner="dead", now=NOW, seconds=60)

    during = ledger.lease_intents(owner="other", now=NOW + timedelta(seconds=59))
    [after] = ledger.lease_intents(owner="other", now=NOW + timedelta(seconds=61))

    assert during == []
    assert (after.id, after.attempts) == (mine.id, 2)


def test_a_postponed_intent_waits_and_holds_back_its_subject_only(ledger: SavingsLedger) -> None:
    for subject, key in (("op-1", "a"), ("op-1", "b"), ("op-2", "c")):
        write(ledger, subject, key)
    first = ledger.lease_intents(owner="w", now=NOW, limit=1)[0]
    ledger.postpone_intent(first, until=NOW + timedelta(minutes=5), error="Slack is away")

    now = [i.subject for i in ledger.lease_intents(owner="w", now=NOW, limit=10)]

    assert now == ["op-2"]


def test_a_buried_intent_lets_its_subject_go_on_and_is_in_the_audit_log(
    ledger: SavingsLedger,
) -> None:
    write(ledger, "op-1", "a")
    write(ledger, "op-1", "b")
    [intent] = ledger.lease_intents(owner="w", now=NOW, limit=1)
    ledger.bury_intent(intent, now=NOW, error="no such channel")

    [following] = ledger.lease_intents(owner="w", now=NOW, limit=1)

    assert following.id > intent.id
    assert ledger.history_of(f"outbox/{intent.id}")[0].detail["error"] == "no such channel"


def test_many_workers_at_once_never_lease_the_same_intent(ledger: SavingsLedger) -> None:
    for number in range(40):
        write(ledger, f"op-{number}", f"k{number}")

    def work(name: int) -> list[int]:
        taken: list[int] = []
        while got := ledger.lease_intents(owner=str(name), now=NOW, limit=3):
            taken += [intent.id for intent in got]
        return taken

    with ThreadPoolExecutor(6) as pool:
        taken = [intent for batch in pool.map(work, range(6)) for intent in batch]

    assert len(taken) == len(set(taken)) == 40


def test_who_lost_the_lease_can_neither_postpone_nor_bury_what_another_delivers(
    ledger: SavingsLedger,
) -> None:
    write(ledger, "op-1", "k")
    [slow] = ledger.lease_intents(owner="slow", now=NOW, seconds=60)
    later = NOW + timedelta(seconds=61)
    [_mine] = ledger.lease_intents(owner="other", now=later, seconds=60)
    ledger.postpone_intent(slow, until=later, error="slow")
    ledger.bury_intent(slow, now=later, error="slow")

    assert ledger.outbox_counts() == {"delivering": 1}
    assert not ledger.renew_intent(slow, until=later + timedelta(days=1))


def test_a_renewed_lease_is_not_taken_over(ledger: SavingsLedger) -> None:
    write(ledger, "op-1", "k")
    [mine] = ledger.lease_intents(owner="a", now=NOW, seconds=60)
    ledger.renew_intent(mine, until=NOW + timedelta(seconds=120))

    assert ledger.lease_intents(owner="b", now=NOW + timedelta(seconds=90)) == []


def test_a_dead_intent_can_be_given_another_life_and_a_live_one_cannot(
    ledger: SavingsLedger,
) -> None:
    write(ledger, "op-1", "k")
    with ledger.transaction() as tx:
        alive = tx.revive(idempotency_key="k")
    [intent] = ledger.lease_intents(owner="w", now=NOW)
    ledger.bury_intent(intent, now=NOW, error="no such channel")
    with ledger.transaction() as tx:
        dead = tx.revive(idempotency_key="k")

    assert (alive, dead) == (False, True)
    assert [i.attempts for i in ledger.lease_intents(owner="w", now=NOW)] == [1]
