"""Files of series as people have them."""

from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.csv
import pyarrow.parquet
import pytest

from finops.domain.errors import InvalidInput
from finops.domain.quantities import MIB
from finops.rightsizing.series_file import Kind, read_series
from tests.finops.rightsizing.traces import START, write_csv, write_pods

VMS = "vm,t,cpu_cores_used,mem_used_kib,cpu_cores,mem_prov_kib"


def test_parquet_and_csv_say_the_same(tmp_path: Path) -> None:
    written = write_pods(tmp_path / "pods.csv", 1, with_requests=True)
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(written), tmp_path / "pods.parquet")
    one, other = read_series(written), read_series(tmp_path / "pods.parquet")

    assert one.names == other.names == ("shop/web-0", "shop/web-1")
    np.testing.assert_array_equal(one.cpu, other.cpu)
    np.testing.assert_array_equal(one.memory, other.memory)
    assert one.cpu_set.tolist() == other.cpu_set.tolist() == [[500], [500]]
    assert one.memory_set.tolist() == [[512 * MIB], [512 * MIB]]


def test_pods_of_a_workload_are_one_series_judged_by_the_hottest(tmp_path: Path) -> None:
    rows = [
        [START, "web", "a", 100, 10],
        [START + 60, "web", "a", 300, 10],
        [START, "web", "b", 150, 40],
        [START + 300, "web", "b", 70, 5],
    ]
    found = read_series(write_csv(tmp_path / "p.csv", "ts,workload,pod,cpu_m,mem_mib", rows))

    assert found.names == ("web",)
    assert found.cpu[0, :2].tolist() == [200, 70]  # the mean of a's two minutes, over b's 150
    assert found.memory[0, :2].tolist() == [40 * MIB, 5 * MIB]
    assert np.isnan(found.cpu[0, 2:]).all()


def test_machines_that_are_off_are_left_out(tmp_path: Path) -> None:
    rows = [
        ["7", START, 0.5, 1024, 2, 4096],
        ["7", START + 300, 0.7, 1024, 0, 4096],
        ["7", START + 600, 0.7, 1024, 2, 0],
    ]
    found = read_series(write_csv(tmp_path / "vms.csv", VMS, rows))

    assert (found.kind, found.names, found.rows_left_out) == (Kind.VMS, ("7",), 2)
    assert found.cpu[0, 0] == 500
    assert np.isnan(found.cpu[0, 1:]).all()
    assert (found.cpu_set[0, 0], found.memory_set[0, 0]) == (2000, 4 * MIB)


def test_hourly_samples_hold_until_the_next(tmp_path: Path) -> None:
    rows = [[START + 3600 * hour, "web", 100 + hour, 10] for hour in range(24)]
    found = read_series(write_csv(tmp_path / "p.csv", "ts,workload,cpu_m,mem_mib", rows))

    assert np.isfinite(found.cpu).all()
    assert found.cpu[0, [0, 11, 12, 287]].tolist() == [100, 100, 101, 123]


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("1750000000", "1750000300"),
        ("1750000000000", "1750000300000"),
        ("2025-06-15T15:06:40", "2025-06-15T15:11:40"),
        ("2025-06-15T15:06:40Z", "2025-06-15T15:11:40Z"),
        ("2025-06-15 17:06:40+02:00", "2025-06-15 15:11:40+00:00"),
    ],
)
def test_times_are_read_however_they_are_written(tmp_path: Path, first: str, later: str) -> None:
    rows: list[list[object]] = [[first, "web", 1, 1], [later, "web", 2, 2]]
    found = read_series(write_csv(tmp_path / "p.csv", "ts,workload,cpu_m,mem_mib", rows))

    assert found.cpu.shape == (1, 288)
    assert found.cpu[0, :2].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.csv", "ts,workload,cpu_m\n1,a,2\n", "no column mem_mib"),
        ("a.csv", "ts,cpu_m,mem_mib\n1,2,3\n", "no column workload or pod"),
        ("a.csv", "ts,pod,cpu_m,mem_mib\nnoon,a,2,3\n", "time in a.csv cannot be read"),
        ("a.csv", "ts,pod,cpu_m,mem_mib\n1,a,lots,3\n", "Column cpu_m of a.csv holds no number"),
        ("a.csv", "ts,pod,cpu_m,mem_mib\n1,a\n", "Line 2 of a.csv has too few columns"),
        ("a.csv", "ts,pod,cpu_m,mem_mib\n1,a,,3\n", "no row with CPU and memory"),
        ("a.csv", "ts,pod,cpu_m,mem_mib\n", "no row with CPU and memory"),
        ("a.csv", "", "no column ts"),
        ("a.parquet", "not parquet", "is no Parquet file"),
        ("a.txt", "", "neither .parquet nor .csv"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    tmp_path: Path, name: str, text: str, reason: str
) -> None:
    (tmp_path / name).write_text(text)

    with pytest.raises(InvalidInput, match=reason):
        read_series(tmp_path / name)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There is no file"):
        read_series(tmp_path / "nowhere.csv")
