"""Against bills and price lists that nobody here wrote; skipped where the corpus is not.

`CORPUS=DIR pytest tests/finops/billing/test_against_corpus.py`; without it, `../shared/corpus`.
"""

import csv
import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks.billing import real_bill
from benchmarks.split_cost import measure
from finops.billing.bill_source import BillSource
from finops.billing.ec2_types import EC2_TYPES
from finops.domain.billed_rates import BillRates

CORPUS = Path(os.environ.get("CORPUS") or Path(__file__).parents[4] / "shared" / "corpus")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus beside the project"),
]


def learnt(name: str, *, start: date, end: date) -> BillRates:
    """Through the one reader of bills."""
    source = BillSource(files=(str(CORPUS / "billing" / name),))
    with source.read(start=start, end=end, today=end) as bill:
        return bill.rates()


@pytest.fixture(scope="module")
def october() -> BillRates:
    name = "Oct2018-WorkshopCUR-00001.snappy.parquet"
    return learnt(name, start=date(2018, 10, 1), end=date(2018, 11, 1))


# Read by hand from the report's hourly lines of 24 to 30 October 2018.
@pytest.mark.parametrize(
    ("instance_id", "instance_type", "usd", "words"),
    [
        # Reserved but for an hour or two: 23 × 0.05145662 + 0.085 = 1.26850226 a day, ÷ 24.
        ("i-0474184642c5de81d", "c5.large", "0.05285426", "94 % reservation, 6 % on demand"),
        ("i-0ed9420a261b3f355", "m4.xlarge", "0.2", "(on demand)"),
        ("i-01c24bac399144aa9", "m5.large", "0.15022831", "(reservation, 20 % under list)"),
        ("i-09676b3839354c8ae", "m5.large", "0.188", "(on demand)"),
    ],
)
def test_machines_of_a_real_month_have_the_rates_read_by_hand(
    october: BillRates, *, instance_id: str, instance_type: str, usd: str, words: str
) -> None:
    rate = october.machine(
        instance_type, region="us-east-1", is_spot=False, instance_id=instance_id
    )

    assert rate is not None
    assert round(rate.usd_per_hour, 8) == Decimal(usd)
    assert words in rate.source
    assert "over 7 days to 2018-10-30" in rate.source


def test_a_real_month_tells_spot_reserved_and_licensed_apart(october: BillRates) -> None:
    spot = october.machine("m5.large", region="us-east-1", is_spot=True)
    nano = october.machine("t2.nano", region="us-east-1", is_spot=False)
    reserved_windows = october.instances["i-01c24bac399144aa9", "m5.large"]

    assert spot is not None
    assert Decimal("0.030") < spot.usd_per_hour < Decimal("0.040")  # list: 0.096
    assert nano is not None
    assert (nano.usd_per_hour, nano.list_usd_per_hour) == (Decimal("0.00341233"), Decimal("0.0058"))
    # A Windows m5.large ran on demand beside the reserved one, and no Linux one did.
    assert reserved_windows.cash.usd_per_hour == Decimal("0.188")
    assert "m5 with a licence in us-east-1" in reserved_windows.cash.reason


def test_a_real_month_prices_its_volumes(october: BillRates) -> None:
    volumes = [p for key, p in october.resources.items() if key.startswith("vol-")]

    assert len(volumes) > 20
    # gp2 at $0.10: an 8 GiB volume is $0.80 a month, up to the hours of the month.
    assert any(abs(p.usd_per_month - Decimal("0.80")) < Decimal("0.03") for p in volumes)


def test_anonymised_focus_rows_teach_nothing_that_is_implausible() -> None:
    rates = learnt("focus_1_0_sample.csv", start=date(2024, 9, 1), end=date(2024, 10, 1))

    # Its EffectiveCost is rounded to whole dollars: 0 for most, and 2 where the list says 1.624.
    assert rates.instances == {}
    assert rates.ignored_lines > 0
    assert rates.newest_day == date(2024, 9, 30)


def test_every_bundled_machine_is_exactly_what_aws_published() -> None:
    with (CORPUS / "prices" / "ec2_us_east_1_joined.csv").open() as file:
        published = {row["instance_type"]: row for row in csv.DictReader(file)}
    wrong = [
        name
        for name, known in EC2_TYPES.items()
        if (row := published.get(name)) is None
        or known.vcpu != int(row["vcpu"])
        or known.memory_gib * 1024 != int(row["mem_mib"])
        or known.usd_per_hour != Decimal(row["usd_per_hour"])
    ]

    assert wrong == []


def test_every_line_of_the_real_bill_is_placed_and_adds_up() -> None:
    found = real_bill(CORPUS / "billing" / "Oct2018-WorkshopCUR-00001.snappy.parquet")
    parts = ("allocated", "idle", "shared", "unallocated")

    assert (found["rows"], found["billed"]) == (119_307, 4064.48313)
    assert found["reconciliation_difference"] == 0
    assert sum(found[name] for name in parts) == pytest.approx(found["effective"], abs=1e-6)


def test_the_odd_file_of_the_corpus_is_read() -> None:
    found = real_bill(CORPUS / "billing" / "licensing2019_before_ctrlA.csv.gz")

    assert (found["format"], found["rows"]) == ("CUR legacy", 7_850)
    assert found["reconciliation_difference"] == 0


def test_aws_worked_example_is_met_to_the_cent() -> None:
    path = CORPUS / "billing" / "split_cost_golden" / "aws_split_cost_example.json"

    assert measure(json.loads(path.read_text()))["cents_off"] == 0
