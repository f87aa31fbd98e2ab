import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.schedule import Ticker
from bot.timetable import Timetable, cycle_unit, newest_digest, newest_monthly_digest
from finops.domain.errors import TryAgainLater
from finops.domain.estate import Gap, Snapshot
from finops.domain.people import Directory
from finops.finops_engine import FinOpsEngine
from finops.savings_ledger import SavingsLedger
from tests.finops.engine.monthly_bill import Monthly
from tests.finops.examples import UNIT_PRICES

MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)


@dataclass
class Estate:
    """Counts its readings, and fails when told to."""

    now: datetime = MONDAY
    readings: int = 0
    troubles: list[Exception] = field(default_factory=list)

    def snapshot(self, *, now: datetime) -> Snapshot:
        self.readings += 1
        if self.troubles:
            raise self.troubles.pop(0)
        return Snapshot(cluster="shop", taken_at=now, unit_prices=UNIT_PRICES)


@pytest.fixture
def estate() -> Estate:
    return Estate()


@pytest.fixture
def replica(tmp_path: Path, estate: Estate) -> Iterator[Callable[[str], Ticker]]:
    """Replicas that share a database."""
    url = f"sqlite:///{tmp_path}/shared.db"
    ledgers: list[SavingsLedger] = []

    def start(name: str) -> Ticker:
        ledgers.append(SavingsLedger(url))
        engine = FinOpsEngine(
            ledgers[-1],
            directory=Directory(leadership_channel="C0LEADERS"),
            snapshots={"shop": estate},
            now=lambda: estate.now,
        )
        timetable = Timetable(digest_hour=9, time_zone="Europe/Berlin")
        return Ticker(engine, lambda: timetable, owner=name)

    yield start
    for ledger in ledgers:
        ledger.close()


def digests(ticker: Ticker) -> int:
    counts = ticker._engine.ledger.outbox_counts()
    return sum(counts.values())


def test_a_cycle_runs_once_a_day_however_many_replicas_tick(
    replica: Callable[[str], Ticker], estate: Estate
) -> None:
    first, second = replica("a"), replica("b")
    for _ in range(3):
        first.tick()
        second.tick()
    today = estate.readings
    estate.now += timedelta(days=1)
    second.tick()
    first.tick()

    assert (today, estate.readings) == (1, 2)


def test_a_failed_cycle_is_tried_again_after_a_pause_and_not_at_once(
    replica: Callable[[str], Ticker], estate: Estate
) -> None:
    estate.troubles.append(TryAgainLater("Prometheus is down"))
    ticker = replica("a")
    ticker.tick()
    ticker.tick()

    assert estate.readings == 1


def test_an_unexpected_failure_in_one_step_does_not_stop_the_others(
    replica: Callable[[str], Ticker], estate: Estate
) -> None:
    estate.troubles.append(ZeroDivisionError("a bug"))
    ticker = replica("a")
    ticker.tick()
    estate.now += timedelta(days=7, hours=2)
    estate.troubles.append(ZeroDivisionError("a bug"))
    ticker.tick()

    assert digests(ticker) == 1


def test_the_first_digest_waits_for_the_first_monday_after_the_installation(
    replica: Callable[[str], Ticker], estate: Estate
) -> None:
    ticker = replica("a")
    ticker.tick()
    before = digests(ticker)
    estate.now = MONDAY + timedelta(hours=1, minutes=1)  # 09:01 in Berlin
    ticker.tick()
    replica("b").tick()
    estate.now += timedelta(days=6)
    ticker.tick()

    assert (before, digests(ticker)) == (0, 1)


def test_a_digest_missed_while_the_bot_was_down_comes_late_but_comes(
    replica: Callable[[str], Ticker], estate: Estate
) -> None:
    ticker = replica("a")
    ticker.tick()
    estate.now = MONDAY + timedelta(days=3)
    ticker.tick()

    assert digests(ticker) == 1


@pytest.mark.parametrize(
    ("now", "week"),
    [
        ("2026-11-23T08:00:00+00:00", "2026-W48"),  # Monday 09:00 in Berlin
        ("2026-11-23T07:59:59+00:00", "2026-W47"),
        ("2026-10-26T08:00:00+00:00", "2026-W44"),  # the Monday after the clocks went back
        ("2026-10-26T07:00:00+00:00", "2026-W43"),
        ("2027-01-04T08:00:00+00:00", "2027-W01"),
        ("2027-01-01T12:00:00+00:00", "2026-W53"),
    ],
)
def test_a_digest_belongs_to_a_local_week(now: str, week: str) -> None:
    timetable = Timetable(time_zone="Europe/Berlin")

    assert newest_digest(datetime.fromisoformat(now), timetable).unit == week


def test_the_default_digest_is_on_monday_and_not_on_tuesday() -> None:
    due = newest_digest(datetime(2026, 11, 27, tzinfo=UTC), Timetable()).due

    assert (due.strftime("%A"), due.hour) == ("Monday", 9)


def test_cycles_of_one_day_share_a_unit_and_the_next_day_has_another() -> None:
    units = {cycle_unit("shop", MONDAY + timedelta(hours=h), 24) for h in (0, 5, 16)}

    assert units == {"shop/2026-11-23T00"}
    assert cycle_unit("shop", MONDAY + timedelta(hours=17), 24) == "shop/2026-11-24T00"


def test_a_tick_that_takes_longer_than_its_interval_warns_nobody(
    replica: Callable[[str], Ticker], estate: Estate, caplog: pytest.LogCaptureFixture
) -> None:
    quick = replica("a")

    def dawdle() -> None:
        threading.Event().wait(0.5)

    ticker = Ticker(
        quick._engine,
        Timetable,
        owner="a",
        every_seconds=0.1,
        also=dawdle,
    )
    ticker.start()
    threading.Event().wait(1.2)
    ticker.stop()

    assert [r for r in caplog.records if r.name.startswith("apscheduler")] == []


def test_a_cycle_that_takes_longer_than_its_lease_is_not_begun_by_another_replica(
    replica: Callable[[str], Ticker], estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.schedule.LEASE", timedelta(seconds=0.6))
    first, second = replica("a"), replica("b")
    real = estate.snapshot
    begun = threading.Event()

    def slow(*, now: datetime) -> Snapshot:
        begun.set()
        threading.Event().wait(1.5)
        return real(now=now)

    monkeypatch.setattr(estate, "snapshot", slow)
    thread = threading.Thread(target=first.tick)
    thread.start()
    begun.wait(10)
    for _ in range(6):
        threading.Event().wait(0.2)
        second.tick()
    thread.join()

    assert estate.readings == 1


def test_a_tick_without_a_database_fails_quietly_and_the_next_one_works(
    replica: Callable[[str], Ticker], estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticker = replica("a")

    def away() -> object:
        raise TryAgainLater("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(ticker._engine.ledger, "reading", away)
        broken.setattr(ticker._engine.ledger, "claim", lambda **_: away())
        ticker.tick()
    ticker.tick()

    assert estate.readings == 1


def test_two_replicas_that_tick_at_the_same_moment_do_everything_once(
    replica: Callable[[str], Ticker], estate: Estate
) -> None:
    tickers = [replica(name) for name in "abcd"]
    tickers[0].tick()
    estate.now += timedelta(days=7)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda ticker: ticker.tick(), tickers))

    assert estate.readings == 2
    assert digests(tickers[0]) == 1


def test_a_ticker_that_is_asked_to_stop_begins_no_further_step(
    replica: Callable[[str], Ticker], estate: Estate
) -> None:
    ticker = replica("a")
    ticker.ask_to_stop()
    ticker.tick()

    assert estate.readings == 0


def test_clusters_are_read_side_by_side_and_usage_is_sampled(tmp_path: Path) -> None:
    together = threading.Barrier(2, timeout=10)
    ledger = SavingsLedger(f"sqlite:///{tmp_path}/finops.db")
    sampled: list[str] = []

    class Meeting(Estate):
        """A cluster whose reading ends only when the other's has begun."""

        def snapshot(self, *, now: datetime) -> Snapshot:
            together.wait()
            return super().snapshot(now=now)

    class Sampler:
        def sample(self, *, now: datetime) -> tuple[Gap, ...]:
            sampled.append("prod")
            return ()

    class Deaf:
        def sample(self, *, now: datetime) -> tuple[Gap, ...]:
            raise TryAgainLater("The metrics API of test does not answer.")

    estates = {"prod": Meeting(), "test": Meeting()}
    engine = FinOpsEngine(
        ledger,
        snapshots=estates,
        samplers={"test": Deaf(), "prod": Sampler()},
        now=lambda: MONDAY,
    )
    Ticker(engine, Timetable, owner="a").tick()
    ledger.close()

    assert [each.readings for each in estates.values()] == [1, 1]
    assert sampled == ["prod"]


@pytest.mark.parametrize(
    ("now", "unit", "month"),
    [
        ("2026-12-01T08:00:00+00:00", "2026-12", "November 2026"),  # Tuesday 09:00 in Berlin
        ("2026-12-01T07:59:59+00:00", "2026-11", "October 2026"),
        ("2026-11-02T08:00:00+00:00", "2026-11", "October 2026"),  # the first was a Sunday
        ("2026-08-03T07:00:00+00:00", "2026-08", "July 2026"),  # the first was a Saturday
        ("2026-08-01T12:00:00+00:00", "2026-07", "June 2026"),
        ("2027-01-01T08:00:00+00:00", "2027-01", "December 2026"),
    ],
)
def test_a_monthly_digest_is_due_on_the_first_working_day(now: str, unit: str, month: str) -> None:
    timetable = Timetable(time_zone="Europe/Berlin")
    due = newest_monthly_digest(datetime.fromisoformat(now), timetable)

    assert due.unit == unit
    assert due.period is not None
    assert due.period.words == month


def test_a_channel_on_another_clock_gets_its_digest_at_its_own_hour() -> None:
    timetable = Timetable(time_zone="Europe/Berlin", time_zones={"C0NEWYORK": "America/New_York"})
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)  # 13:00 in Berlin, 07:00 in New York

    assert newest_digest(now, timetable).unit == "2026-W48"
    assert newest_digest(now, timetable, channel="C0NEWYORK").unit == "2026-W47"


def test_each_edition_has_its_channel_and_each_replica_finds_the_unit_claimed(
    tmp_path: Path, estate: Estate
) -> None:
    directory = Directory(
        leadership_channel="C0LEADERS", cfo_channel="C0FINANCE", cto_channel="C0ENGINEERS"
    )
    ledger = SavingsLedger(f"sqlite:///{tmp_path}/shared.db")
    engine = FinOpsEngine(ledger, directory=directory, now=lambda: estate.now)
    replicas = [Ticker(engine, Timetable, owner=name) for name in ("a", "b")]
    replicas[0].tick()
    estate.now = datetime(2026, 12, 1, 9, 1, tzinfo=UTC)
    for ticker in replicas:
        ticker.tick()
    intents = ledger.lease_intents(owner="w", now=datetime(2099, 1, 1, tzinfo=UTC), limit=99)
    asked = {(i.payload["channel"], i.payload["edition"], i.payload["kind"]) for i in intents}
    total = sum(ledger.outbox_counts().values())
    ledger.close()

    # One of a channel at a time is leased; there are two for each: the week's and the month's.
    assert total == 6
    assert {channel for channel, *_ in asked} == {"C0LEADERS", "C0FINANCE", "C0ENGINEERS"}
    assert ("C0FINANCE", "cfo", "weekly") in asked


def test_either_digest_can_be_turned_off(tmp_path: Path, estate: Estate) -> None:
    ledger = SavingsLedger(f"sqlite:///{tmp_path}/shared.db")
    engine = FinOpsEngine(
        ledger, directory=Directory(leadership_channel="C0LEADERS"), now=lambda: estate.now
    )
    ticker = Ticker(engine, lambda: Timetable(weekly_digest=False), owner="a")
    ticker.tick()
    estate.now = datetime(2026, 12, 1, 9, 1, tzinfo=UTC)
    ticker.tick()
    [intent] = ledger.lease_intents(owner="w", now=datetime(2099, 1, 1, tzinfo=UTC), limit=99)
    ledger.close()

    assert intent.payload["kind"] == "monthly"
    assert (intent.payload["first_day"], intent.payload["end_day"]) == ("2026-11-01", "2026-12-01")


def test_a_bill_is_read_before_the_first_cycle_and_its_past_a_piece_a_tick(
    tmp_path: Path, estate: Estate
) -> None:
    bill = Monthly(history_months=4)
    before_cycle: list[int] = []

    class Cluster:
        def snapshot(self, *, now: datetime) -> Snapshot:
            before_cycle.append(len(bill.asked))
            return Snapshot(cluster="shop", taken_at=now, unit_prices=UNIT_PRICES)

    ledger = SavingsLedger(f"sqlite:///{tmp_path}/finops.db")
    engine = FinOpsEngine(
        ledger, snapshots={"shop": Cluster()}, allocating_bills=[bill], now=lambda: estate.now
    )
    ticker = Ticker(engine, lambda: Timetable(digest_hour=9), owner="a")
    months = []
    for _ in range(4):
        ticker.tick()
        months.append([start.month for start, _ in bill.asked])
        bill.asked.clear()
    ledger.close()

    assert before_cycle == [1]
    # First the newest two months, twice on the first day; then September, August and July.
    assert months == [[10, 10, 9], [8], [7], []]
