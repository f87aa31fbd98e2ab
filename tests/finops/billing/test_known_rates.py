from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from finops.billing.known_rates import KnownRates
from finops.domain.billed_rates import BilledRate, BillRates
from finops.domain.checks import Outcome
from finops.domain.errors import TryAgainLater

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
RATES = BillRates(
    instances={("i-1", "m5.large"): BilledRate(Decimal("0.09"), None, "bill", is_own=True)},
    newest_day=date(2026, 11, 20),
)


class Store:
    """A ledger that counts its readings, and may be busy."""

    def __init__(self, rates: BillRates | None = RATES) -> None:
        self.rates = rates or BillRates()
        self.at = NOW if rates is not None else None
        self.loads = 0
        self.is_busy = False

    def learnt_at(self) -> datetime | None:
        if self.is_busy:
            raise TryAgainLater("busy")
        return self.at

    def load(self) -> BillRates:
        self.loads += 1
        return self.rates


def test_rates_are_loaded_again_only_when_they_were_learnt_again() -> None:
    store = Store()
    known = KnownRates(store, clock=lambda: NOW)
    known.rates()
    known._look_at = 0
    known.rates()
    same = store.loads
    store.at, store.rates = NOW + timedelta(days=1), BillRates(newest_day=date(2026, 11, 27))
    still = known.rates()
    known._look_at = 0

    assert same == 1
    assert still is RATES
    assert known.rates().newest_day == date(2026, 11, 27)


def test_a_busy_ledger_leaves_the_known_rates() -> None:
    store = Store()
    known = KnownRates(store, clock=lambda: NOW)
    known.rates()
    known._look_at, store.is_busy = 0, True

    assert known.rates() is RATES


def test_old_rates_are_not_used_and_that_is_said() -> None:
    old = KnownRates(Store(), clock=lambda: NOW + timedelta(days=45))
    [check] = old.check()

    assert old.rates() == BillRates()
    assert (check.outcome, check.detail) == (
        Outcome.WARNING,
        "1 machines have a rate of their own, 0 types a mean; the newest day is 2026-11-20.",
    )
    assert "older than 45 days" in check.fix


def test_what_gives_no_price_says_why() -> None:
    [unread] = KnownRates(Store(None), clock=lambda: NOW).check()
    [euros] = KnownRates(Store(BillRates(why_none="it is in EUR")), clock=lambda: NOW).check()
    [fine] = KnownRates(Store(), clock=lambda: NOW).check()

    assert (unread.outcome, unread.fix[:25]) == (Outcome.WARNING, "Run `finops cost --read`,")
    assert (euros.outcome, euros.detail) == (Outcome.WARNING, "It gives no price: it is in EUR.")
    assert fine.outcome is Outcome.OK
