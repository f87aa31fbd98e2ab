"""Broken bills: a clear sentence that names the place, and nothing half loaded."""

import gzip
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from finops.billing.allocated_bill import AllocationRules, allocate
from finops.billing.bill_files import find_bill_files
from finops.billing.duckdb_engine import local_database, open_bill
from finops.billing.rounding import settle
from finops.billing.usage_hours import UsageFiles
from finops.domain.errors import InvalidInput
from tests.finops.billing.bills import FIRST, LAST, allocated, cur, focus, write_csv

HEADER = "ChargePeriodStart,ResourceId,BilledCost,EffectiveCost\n"
GOOD = "2026-07-01T00:00:00Z,vol-1,1,1\n"


def read(*paths: Path | str) -> int:
    """The lines of a bill that was allocated whole."""
    with local_database() as connection:
        bill = open_bill(connection, find_bill_files([str(path) for path in paths]))
        return sum(
            d.lines for d in allocate(connection, bill, UsageFiles(), start=FIRST, end=LAST).days
        )


def refused(*paths: Path | str) -> str:
    with pytest.raises(InvalidInput) as error:
        read(*paths)
    return str(error.value)


def file(folder: Path, text: str | bytes, name: str = "bill.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty; a bill begins with the names of its columns"),
        ("name,phone\nx,1\n", "the first columns are name, phone"),
        ("ChargePeriodStart,ResourceId\n", "the columns EffectiveCost are missing"),
        ("line_item_line_item_type,line_item_resource_id\n", "unblended_cost are missing"),
        (b"\xff\xfe\x00C\x00h", "is no CSV in UTF-8"),
        ("EffectiveCost,EffectiveCost,ResourceId\n", "'EffectiveCost' is there twice"),
        (HEADER + GOOD + "2026-07-01T00:00:00Z,vol-2,one,1\n", "line 3: BilledCost is 'one'"),
        (HEADER + "yesterday,vol-1,1,1\n", "line 2: ChargePeriodStart is 'yesterday'"),
        (HEADER + GOOD + "2026-07-01T00:00:00Z,vol-2,1,9e15\n", "line 3: EffectiveCost is '9e15'"),
        (HEADER + GOOD + "2026-07-01T00:00:00Z,vol-2,nan,1\n", "line 3: BilledCost is 'nan'"),
        (HEADER + GOOD + "2026-07-01T00:00:00Z,vol-2\n", "Expected Number of Columns: 4 Found: 2"),
        (HEADER + ",vol-1,1,1\n", "A day without a date"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str | bytes, said: str) -> None:
    path = file(tmp_path, text)

    sentence = refused(path)

    assert said in sentence
    assert str(path) in sentence or "date" in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "There is no file" in refused(tmp_path / "nothing.csv")
    assert "There is no bill at" in refused(f"{tmp_path}/*.csv")


def test_the_same_file_twice_is_refused_and_one_path_named_twice_is_one_file(
    tmp_path: Path,
) -> None:
    first = file(tmp_path, HEADER + GOOD)
    copy = file(tmp_path, HEADER + GOOD, "copy.csv")

    assert "are the same file twice" in refused(first, copy)
    assert read(first, first, f"{tmp_path}/bill*.csv") == 1


def test_parquet_and_csv_are_not_mixed(tmp_path: Path) -> None:
    path = file(tmp_path, HEADER + GOOD)
    file(tmp_path, b"PAR1", "bill.parquet")

    assert "both Parquet and CSV" in refused(path, tmp_path / "bill.parquet")


@pytest.mark.parametrize("delimiter", [",", "\x01", "\t", ";", "|"])
def test_cells_may_be_separated_by_what_hive_writes(tmp_path: Path, delimiter: str) -> None:
    lines = [focus("1", f"vol-{number}") for number in range(3)]

    assert read(write_csv(tmp_path / "bill.csv", lines, delimiter=delimiter)) == 3


def test_a_packed_file_is_read_and_a_broken_one_refused(tmp_path: Path) -> None:
    packed = gzip.compress((HEADER + GOOD).encode())
    good = file(tmp_path, packed, "bill.csv.gz")
    broken = file(tmp_path, b"\x1f\x8b broken", "broken.csv.gz")
    many = gzip.compress((HEADER + GOOD * 20_000).encode())
    cut_off = file(tmp_path, many[: len(many) // 2], "cut.csv.gz")

    assert read(good) == 1
    assert "cannot be read" in refused(broken)
    assert refused(cut_off) == (
        f"{cut_off} is cut off or broken: it was not written or copied to its end. Copy it again. "
        "Nothing of this bill was kept."
    )


def parquet(folder: Path, name: str, columns: str = "*") -> Path:
    lines = write_csv(folder / "lines.csv", [focus("1", "vol-1"), focus("2", name)])
    path = folder / name
    duckdb.read_csv(str(lines)).project(columns).write_parquet(str(path))
    return path


def test_a_parquet_file_that_was_cut_off_is_named(tmp_path: Path) -> None:
    whole, other = parquet(tmp_path, "a.parquet"), parquet(tmp_path, "b.parquet")
    other.write_bytes(other.read_bytes()[:-20])

    assert f"{other} is cut off or broken" in refused(whole, other)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            "* EXCLUDE (EffectiveCost)",
            "b.parquet: for a bill (FOCUS) the columns EffectiveCost are",
        ),
        ("* EXCLUDE (BilledCost)", "b.parquet has no column BilledCost, and "),
    ],
)
def test_one_file_without_a_column_that_costs_are_in_is_named(
    tmp_path: Path, columns: str, said: str
) -> None:
    """Laid over the others it would cost nothing, and everything would add up."""
    whole = parquet(tmp_path, "a.parquet")

    assert said in refused(whole, parquet(tmp_path, "b.parquet", columns))
    assert read(whole, parquet(tmp_path, "b.parquet", "* EXCLUDE (ServiceName)")) == 4


def test_csv_files_of_which_one_lacks_what_is_billed_are_no_bill(tmp_path: Path) -> None:
    whole = file(tmp_path, HEADER + GOOD)
    other = file(
        tmp_path, "ChargePeriodStart,ResourceId,EffectiveCost\n2026-07-01,vol-2,1\n", "b.csv"
    )

    assert f"{other} has no column BilledCost" in refused(whole, other)


def test_of_two_versions_of_a_month_the_manifest_says_which(tmp_path: Path) -> None:
    old, new = "0f9a1111-1111-1111-1111-111111111111", "1f9a2222-2222-2222-2222-222222222222"
    month = tmp_path / "cur" / "20260701-20260801"
    for version, lines in ((old, GOOD), (new, GOOD + GOOD)):
        (month / version).mkdir(parents=True)
        file(month / version, HEADER + lines)

    assert "2 versions of one month" in refused(tmp_path)
    file(month, f'{{"assemblyId": "{new}"}}', "cur-Manifest.json")
    assert read(tmp_path) == 2


def test_a_tag_key_that_is_none_is_refused(tmp_path: Path) -> None:
    rules = AllocationRules(team_keys=("team') OR 1=1 --",))

    with (
        pytest.raises(InvalidInput, match="is no key of an AWS tag"),
        allocated(tmp_path, [focus("1", "a", Tags="{}")], rules=rules),
    ):
        pass


def test_lines_that_were_lost_are_named_with_their_day_and_amount(tmp_path: Path) -> None:
    lines = [focus("1.00", "vol-1"), focus("2.50", "vol-2")]
    with allocated(tmp_path, lines) as bill:
        connection = bill.connection
        for table in ("placed", "micros"):
            connection.execute(f"DELETE FROM {table} WHERE resource_key = 'vol-2'")  # noqa: S608

        with pytest.raises(InvalidInput, match=r"2026-07-01: .*billed 2.500000.*EC2 vol-2: 2.5"):
            settle(connection)


@pytest.mark.parametrize("rows", [[], [cur("Usage", "1", "a")]])
def test_a_split_row_that_costs_something_itself_does_not_add_up(
    tmp_path: Path, rows: Sequence[dict[str, object]]
) -> None:
    pod = cur("Usage", "3", "pod/web", split_line_item_parent_resource_id="i-1")

    with (
        pytest.raises(InvalidInput, match=r"it lacks billed 3\.000000"),
        allocated(tmp_path, [*rows, pod]),
    ):
        pass


def test_two_families_are_no_one_bill(tmp_path: Path) -> None:
    one = write_csv(tmp_path / "a.csv", [focus("1", "vol-1")])
    other = write_csv(tmp_path / "b.csv", [cur("Usage", "1", "vol-1")])

    assert f"{one} is FOCUS, and {other} is CUR: they are no parts" in refused(one, other)


@pytest.mark.parametrize(
    ("payers", "said"),
    [
        (("1", "2"), ""),
        (("1", "1"), "both hold 2026-07 of account 1: two exports of one bill"),
        (("", ""), "both hold 2026-07: two exports of one bill"),
    ],
)
def test_two_exports_of_one_payers_month_are_not_added_up(
    tmp_path: Path, payers: tuple[str, str], said: str
) -> None:
    folders = ("daily/data/BILLING_PERIOD=2026-07", "cur/hourly/20260701-20260801")
    for folder, payer in zip(folders, payers, strict=True):
        (tmp_path / folder).mkdir(parents=True)
        line = cur("Usage", "1", f"vol-{folder[0]}", bill_payer_account_id=payer)
        write_csv(tmp_path / folder / "a.csv", [line])

    if said:
        assert said in refused(tmp_path)
    else:
        assert read(tmp_path) == 2
