"""The usage store on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from finops.ledger.usage import LedgerUsageStore
from finops.ports import Mark, SeriesKey
from finops.savings_ledger import SavingsLedger

NOW = datetime(2026, 11, 28, tzinfo=UTC)
CPU = SeriesKey("shop", "Deployment", "web", "server", "cpu")
BEFORE = [Mark("shop", "cpu", 300, 0)]
AFTER = [Mark("shop", "cpu", 600, 0)]


def test_series_and_marks_are_kept_by_cluster_and_source(ledger: SavingsLedger) -> None:
    store = LedgerUsageStore(ledger.engine)
    is_kept = store.save("prod", "p", series={CPU: b"\x00a"}, before=[], after=BEFORE, now=NOW)

    assert is_kept
    assert store.marks("prod", "p") == BEFORE
    assert store.load("prod", "p", namespaces=["shop", "else"]) == {CPU: b"\x00a"}
    assert store.load("prod", "p", namespaces=["else"]) == {}
    assert store.load("prod", "p", namespaces=[]) == {}
    assert store.marks("test", "p") == store.marks("prod", "q") == []


def test_whoever_reads_the_same_stretch_second_keeps_nothing(ledger: SavingsLedger) -> None:
    store = LedgerUsageStore(ledger.engine)
    store.save("prod", "p", series={CPU: b"1"}, before=[], after=BEFORE, now=NOW)
    first = store.save("prod", "p", series={CPU: b"2"}, before=BEFORE, after=AFTER, now=NOW)
    second = store.save("prod", "p", series={CPU: b"3"}, before=BEFORE, after=AFTER, now=NOW)
    unaware = store.save("prod", "p", series={CPU: b"4"}, before=[], after=AFTER, now=NOW)

    assert (first, second, unaware) == (True, False, False)
    assert store.load("prod", "p", namespaces=["shop"]) == {CPU: b"2"}


def test_one_lost_mark_keeps_none_of_the_series(ledger: SavingsLedger) -> None:
    store = LedgerUsageStore(ledger.engine)
    other = Mark("tools", "cpu", 300, 0)
    store.save("prod", "p", series={}, before=[], after=[other], now=NOW)
    is_kept = store.save(
        "prod", "p", series={CPU: b"1"}, before=[], after=[*BEFORE, other], now=NOW
    )

    assert not is_kept
    assert store.load("prod", "p", namespaces=["shop"]) == {}
    assert store.marks("prod", "p") == [other]


def test_an_empty_series_is_dropped(ledger: SavingsLedger) -> None:
    store = LedgerUsageStore(ledger.engine)
    memory = replace(CPU, resource="memory")
    both = {CPU: b"1", memory: b"2"}
    store.save("prod", "p", series=both, before=[], after=BEFORE, now=NOW)
    store.save("test", "p", series=both, before=[], after=BEFORE, now=NOW)
    store.save("prod", "p", series={CPU: b"", memory: b"3"}, before=BEFORE, after=AFTER, now=NOW)

    assert store.load("prod", "p", namespaces=["shop"]) == {memory: b"3"}
    assert store.load("test", "p", namespaces=["shop"]) == both


def test_what_was_not_read_for_weeks_is_forgotten_whatever_its_name(ledger: SavingsLedger) -> None:
    store = LedgerUsageStore(ledger.engine)
    last = [Mark("shop", "cpu", int(NOW.timestamp()), 0)]
    store.save("renamed", "p", series={CPU: b"1"}, before=[], after=last, now=NOW)
    ledger.forget(now=NOW + timedelta(days=44))
    still = store.load("renamed", "p", namespaces=["shop"]), store.marks("renamed", "p")
    ledger.forget(now=NOW + timedelta(days=46))

    assert still == ({CPU: b"1"}, last)
    assert store.load("renamed", "p", namespaces=["shop"]) == {}
    assert store.marks("renamed", "p") == []
