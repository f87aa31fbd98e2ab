"""The benchmarks of bills: what they print is measured, on a month and an example made here."""

from pathlib import Path

import pytest

from benchmarks.billing import made_month, real_bill
from benchmarks.split_cost import measure
from tests.finops.billing.bills import focus, write_csv

# An m5.large for $1.00: 2 × 9 + 8 = 26 parts. One pod with 1 core and 4 GiB has 13 of them.
EXAMPLE = {
    "instance": {"vcpu": 2, "mem_gb": 8, "amortized_usd_per_hour": 1.0},
    "pods": [
        {
            "pod": "Pod1",
            "namespace": "N",
            "reserved_vcpu": 1,
            "used_vcpu": 0.5,
            "reserved_gb": 2,
            "used_gb": 4,
            "split_cost": 0.50,
            "unused_cost": 0.50,
            "total": 1.00,
        }
    ],
    "unused": {"cost": 0.50},
    "namespace_totals": {"N": 1.00},
}


def test_every_figure_of_an_example_is_compared() -> None:
    assert measure(EXAMPLE)["cents_off"] == 0

    wrong = {**EXAMPLE, "unused": {"cost": 0.53}}
    assert measure(wrong)["cents_off"] == 3


def test_a_real_bill_is_summed_and_adds_up(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "bill.csv",
        [focus("1.50", "vol-1"), focus("0.25", ChargeCategory="Tax"), focus("-0.05", "vol-1")],
    )
    found = real_bill(path, memory_mb=250)

    assert (found["memory_mb"], found["files"]) == (250, 1)
    assert {name: found[name] for name in ("rows", "billed", "allocated", "unallocated")} == {
        "rows": 3,
        "billed": 1.7,
        "allocated": 1.45,
        "unallocated": 0.25,
    }
    assert found["reconciliation_difference"] == 0
    assert found["peak_rss_mb"] > 0


@pytest.mark.slow
def test_a_made_month_has_the_lines_and_hours_that_were_asked_for() -> None:
    found = made_month(200_000, repeat=1)

    assert 190_000 < found["rows"] <= 200_000
    assert 0.6 < found["container_hours"] / found["rows"] < 0.8
    assert found["reconciliation_difference"] == 0
    assert found["ratio_to_bare"] > 0
