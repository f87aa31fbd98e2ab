"""The months of a bill from before the bot came: read once, the newest first."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from finops.billing.bill_source import BillSource
from finops.domain.errors import InvalidInput, TryAgainLater
from finops.engine.bill_history import months_before
from finops.finops_engine import FinOpsEngine
from finops.ledger import costs
from finops.ledger.bill_writing import replace_days
from finops.savings_ledger import SavingsLedger
from tests.finops.engine.monthly_bill import Monthly, Reading, billed

NOW = datetime(2026, 7, 20, 9, tzinfo=UTC)
OPEN = (date(2026, 6, 1), date(2026, 7, 21))


def engine_of(ledger: SavingsLedger, bill: Monthly | BillSource) -> FinOpsEngine:
    return FinOpsEngine(ledger, allocating_bills=[bill], now=lambda: NOW)


def read_all(engine: FinOpsEngine) -> None:
    """As `finops cost --read` does."""
    engine.allocate_bills()
    while pieces := engine.past_of_bills():
        for piece in pieces:
            engine.read_past(piece)


def first_known(ledger: SavingsLedger) -> date:
    with ledger.reading() as tx:
        return costs.bill_days(tx.connection, start=date.min, end=date.max)[0][1].day


def month(number: int) -> tuple[date, date]:
    return date(2026, number, 1), date(2026, number + 1, 1)


def test_history_is_read_once_the_newest_month_first(ledger: SavingsLedger) -> None:
    bill = Monthly()
    engine = engine_of(ledger, bill)
    read_all(engine)
    first, bill.asked = list(bill.asked), []
    read_all(engine)

    assert first == [OPEN, month(5), month(4), month(3)]
    assert first_known(ledger) == date(2026, 3, 1)
    assert bill.asked == [OPEN]


def test_a_reading_that_dies_goes_on_where_it_was(ledger: SavingsLedger) -> None:
    bill = Monthly(troubles={date(2026, 4, 1): TryAgainLater("S3 is away.")})
    engine = engine_of(ledger, bill)
    with pytest.raises(TryAgainLater):
        read_all(engine)
    bill.troubles, bill.asked = {}, []
    read_all(engine)

    assert bill.asked == [OPEN, month(4), month(3)]


def test_days_that_were_written_before_it_died_are_no_end(ledger: SavingsLedger) -> None:
    bill = Monthly(history_months=3)
    engine = engine_of(ledger, bill)
    engine.allocate_bills()
    [piece] = engine.past_of_bills()
    row = Reading([]).rows(date(2026, 4, 3))
    with ledger.bookkeeping() as connection:
        day = replace(row[0].key, day=date(2026, 4, 3))
        rows = [replace(row[0], key=day)]
        replace_days(connection, "bill", [billed(date(2026, 4, 3))], rows, now=NOW)

    assert (piece.start, piece.end) == month(5)
    assert engine.past_of_bills() == [piece]


def test_where_an_export_begins_nobody_asks_again(ledger: SavingsLedger) -> None:
    bill = Monthly(first=date(2026, 5, 10), history_months=6)
    engine = engine_of(ledger, bill)
    read_all(engine)
    first, bill.asked = list(bill.asked), []
    read_all(engine)

    assert first == [OPEN, month(5), month(4)]
    assert bill.asked == [OPEN]


def test_a_month_that_cannot_be_read_is_passed_over_unless_somebody_asks_for_it(
    ledger: SavingsLedger,
) -> None:
    bill = Monthly(troubles={date(2026, 4, 1): InvalidInput("It does not add up.")})
    engine = engine_of(ledger, bill)
    read_all(engine)
    first, bill.asked = list(bill.asked), []
    read_all(engine)

    assert first == [OPEN, month(5), month(4), month(3)]
    assert bill.asked == [OPEN]
    with pytest.raises(InvalidInput, match="does not add up"):
        engine.allocate_bills(since=date(2026, 4, 17))


def test_what_is_asked_for_is_read_again(ledger: SavingsLedger) -> None:
    bill = Monthly(history_months=0)
    engine = engine_of(ledger, bill)
    engine.allocate_bills()
    engine.allocate_bills(since=date(2026, 4, 17))

    assert bill.asked == [OPEN, OPEN, month(5), month(4)]
    assert first_known(ledger) == date(2026, 4, 1)


def test_more_months_of_history_are_read_when_they_are_wanted(ledger: SavingsLedger) -> None:
    bill = Monthly(history_months=2)
    engine = engine_of(ledger, bill)
    read_all(engine)
    bill.history_months, bill.asked = 4, []
    read_all(engine)

    assert bill.asked == [OPEN, month(4), month(3)]


def test_files_that_lie_here_are_gone_through_once(ledger: SavingsLedger, tmp_path: Path) -> None:
    rows = "".join(
        f"{day}T00:00:00Z,vol-1,1,1\n" for day in ("2025-06-30", "2025-08-01", "2026-07-19")
    )
    path = tmp_path / "bill.csv"
    path.write_text("ChargePeriodStart,ResourceId,BilledCost,EffectiveCost\n" + rows)
    source = BillSource(files=(str(path),), history_months=12)
    read_all(engine_of(ledger, source))

    assert source.pieces(start=date(2025, 7, 1), end=date(2026, 6, 1)) == [
        (date(2025, 7, 1), date(2026, 6, 1))
    ]
    assert first_known(ledger) == date(2025, 8, 1)


def test_a_copied_export_is_read_by_the_months_of_its_folders(
    ledger: SavingsLedger, tmp_path: Path
) -> None:
    for name, text in (("2026-07", "2026-07-19"), ("2026-06", "2026-06-02"), ("2024-01", "broken")):
        folder = tmp_path / "data" / f"BILLING_PERIOD={name}"
        folder.mkdir(parents=True)
        (folder / "bill.csv").write_text(
            f"ChargePeriodStart,ResourceId,BilledCost,EffectiveCost\n{text}T00:00:00Z,vol-1,1,1\n"
        )
    engine = engine_of(ledger, BillSource(files=(str(tmp_path),)))
    read_all(engine)

    assert first_known(ledger) == date(2026, 6, 2)


def test_months_are_counted_over_the_turn_of_a_year() -> None:
    assert months_before(date(2026, 3, 31), 3) == date(2025, 12, 1)
    assert months_before(date(2026, 3, 31), 0) == date(2026, 3, 1)
    assert months_before(date(2026, 12, 1), 13) == date(2025, 11, 1)
