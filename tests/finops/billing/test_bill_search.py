import os
from pathlib import Path

import duckdb
import pytest

from finops.billing import bill_search
from finops.billing.bill_search import bill_at, bills_in
from finops.domain.errors import InvalidInput
from tests.finops.billing.bills import cur, focus, write_csv

HEADER = "ChargePeriodStart,ResourceId,EffectiveCost\n"


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_every_bill_that_can_be_read_is_found_as_a_file_or_as_a_whole_folder(
    tmp_path: Path,
) -> None:
    legacy = tmp_path / "export" / "acme" / "20260701-20260801"
    legacy.mkdir(parents=True)
    for number in (1, 2):
        write_csv(legacy / f"acme-{number}.csv", [cur("Usage", number, "i-1")])
    second = write_csv(tmp_path / "lines.csv", [cur("Usage", 1, "i-1", resource_tags="{}")])
    (tmp_path / "cur2").mkdir()
    duckdb.read_csv(str(second)).write_parquet(str(tmp_path / "cur2" / "a.snappy.parquet"))
    second.unlink()
    write_csv(tmp_path / "focus.csv", [focus(1, "vol-1", ServiceSubcategory="Disks")])

    assert {bill.words for bill in bills_in(tmp_path)} == {
        "export/ (CUR legacy, 2 files)",
        "cur2/ (CUR 2.0)",
        "focus.csv (FOCUS 1.1)",
    }


def test_a_folder_of_several_things_is_looked_into(tmp_path: Path) -> None:
    put(tmp_path / "data" / "bill.csv", HEADER)
    put(tmp_path / "data" / "byte-order-mark.csv", "\ufeff" + HEADER)
    put(tmp_path / "data" / "list.csv", "name,price\n")
    put(tmp_path / "data" / "empty.csv", "")
    put(tmp_path / "data" / "picture.csv", "\x89PNG\x00")
    put(tmp_path / "node_modules" / "x" / "bill.csv", HEADER)
    put(tmp_path / ".hidden" / "bill.csv", HEADER)
    put(tmp_path / "a" / "b" / "c" / "d" / "e" / "notes.txt", "")
    (tmp_path / "loop").symlink_to(tmp_path)

    assert {bill.path for bill in bills_in(tmp_path)} == {
        "data/bill.csv",
        "data/byte-order-mark.csv",
    }


def test_the_newest_comes_first(tmp_path: Path) -> None:
    for name, at in (("old.csv", 1), ("new.csv", 2)):
        put(tmp_path / name, HEADER + name)
        os.utime(tmp_path / name, (at, at))

    assert [bill.path for bill in bills_in(tmp_path)] == ["new.csv", "old.csv"]


def test_a_named_bill_that_is_none_says_why(tmp_path: Path) -> None:
    put(tmp_path / "list.csv", "name,price\n")

    with pytest.raises(InvalidInput, match="the first columns are name, price"):
        bill_at(str(tmp_path / "list.csv"))
    with pytest.raises(InvalidInput, match="There is no file"):
        bill_at(str(tmp_path / "gone.csv"))


def test_a_folder_of_very_many_files_is_only_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bill_search, "MOST_FILES_BELOW", 5)
    for number in range(6):
        put(tmp_path / "repository" / "src" / f"{number}.py", "")
    put(tmp_path / "repository" / "billing" / "bill.csv", HEADER)

    assert [bill.path for bill in bills_in(tmp_path)] == ["repository/billing/"]
