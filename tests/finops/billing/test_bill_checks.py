"""The doctor's look at the bill file."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from finops.billing.bill_checks import BillChecks, days_check
from finops.billing.daily_costs import BillFile, looks_like_a_bill
from finops.domain.checks import Check, Outcome

HEADER = "ChargePeriodStart,ResourceId,EffectiveCost\n"
TODAY = date(2026, 11, 28)


def check(path: Path, content: str) -> Check:
    path.write_text(content)
    now = datetime(2026, 11, 28, 9, tzinfo=UTC)
    (found,) = BillChecks(BillFile(path), now=lambda: now).check()
    return found


def test_days_and_rows_are_counted(tmp_path: Path) -> None:
    rows = "2026-11-26T00:00:00Z,vol-1,1\n2026-11-26T00:00:00Z,vol-2,1\n"

    found = check(tmp_path / "bill.csv", HEADER + rows + "2026-11-27T00:00:00Z,vol-1,1\n")

    assert found.outcome is Outcome.OK
    assert found.detail == "2026-11-26 to 2026-11-27: days 2, rows 3"


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    found = check(tmp_path / "bill.csv", "ChargePeriodStart,ResourceId\n")

    assert found.outcome is Outcome.FAILED
    assert "EffectiveCost" in found.detail


def test_a_bill_without_rows_proves_nothing(tmp_path: Path) -> None:
    assert check(tmp_path / "bill.csv", HEADER).outcome is Outcome.FAILED


@pytest.mark.parametrize(("day", "outcome"), [(23, Outcome.OK), (22, Outcome.WARNING)])
def test_an_export_that_stopped_is_a_warning(day: int, outcome: Outcome) -> None:
    assert days_check([date(2026, 11, day)], today=TODAY).outcome is outcome


def test_a_bill_is_known_by_its_columns(tmp_path: Path) -> None:
    files = {
        "bill.csv": HEADER,
        "with-bom.csv": "\ufeffTags," + HEADER,
        "people.csv": "name,phone\n",
        "empty.csv": "",
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")

    known = {path.name for path in tmp_path.iterdir() if looks_like_a_bill(path)}

    assert known == {"bill.csv", "with-bom.csv"}
