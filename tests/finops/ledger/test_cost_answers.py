"""Answers of Cost Explorer and the count of its requests, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from finops.domain.cost_answers import KeptAnswer
from finops.ledger.cost_answers import LedgerAnswers
from finops.savings_ledger import SavingsLedger

NOW = datetime(2026, 11, 29, 9, 12, tzinfo=UTC)
DAY = date(2026, 11, 29)


def test_an_answer_comes_back_as_it_was_and_a_newer_one_replaces_it(ledger: SavingsLedger) -> None:
    store = LedgerAnswers(ledger.engine)
    first = KeptAnswer("a" * 64, [{"ResultsByTime": [], "é": "ü"}], NOW)
    newer = KeptAnswer("a" * 64, [{"ResultsByTime": [1]}], NOW + timedelta(hours=7), is_final=True)
    store.save(first)
    kept = store.find("a" * 64)
    store.save(newer)

    assert kept == first
    assert store.find("a" * 64) == newer
    assert store.find("b" * 64) is None


def test_what_nobody_asked_anew_is_forgotten_and_closed_months_are_not(
    ledger: SavingsLedger,
) -> None:
    store = LedgerAnswers(ledger.engine)
    today = datetime.now(UTC)
    old = today - timedelta(days=46)
    for key, asked, is_final in (("a", old, False), ("b", old, True), ("c", today, False)):
        store.save(KeptAnswer(key, [], asked, is_final))
    ledger.forget(now=today)

    assert [key for key in "abc" if store.find(key)] == ["b", "c"]


def test_replicas_that_ask_at_once_stay_within_the_budget(ledger: SavingsLedger) -> None:
    stores = [LedgerAnswers(ledger.engine) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(stores[n % 4].count_request, DAY, most=7) for n in range(20)]
        allowed = sum(one.result() for one in asked)

    assert allowed == 7
    assert stores[0].requests_on(DAY) == 7
    assert not stores[0].count_request(DAY, most=0)
    assert stores[0].count_request(DAY + timedelta(days=1), most=1)
