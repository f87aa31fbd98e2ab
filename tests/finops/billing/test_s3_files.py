"""Bills in S3: only the months that are needed, and nothing outside the folder."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from finops.billing.athena_engine import fetch
from finops.billing.bill_months import is_within
from finops.billing.bill_source import BillSource
from finops.billing.s3_files import S3Bills
from finops.domain.errors import InvalidInput, WillNeverWork
from tests.real_parts.aws import Aws

DEPLOY = Path(__file__).parents[3] / "deploy"
START, END = date(2026, 7, 3), date(2026, 7, 20)
BILL = (
    b"ChargePeriodStart,ResourceId,BilledCost,EffectiveCost\n2026-07-04T00:00:00Z,vol-1,1.5,1.5\n"
)


@pytest.mark.parametrize(
    ("key", "is_read"),
    [
        ("export/data/BILLING_PERIOD=2026-07/x.parquet", True),
        ("export/data/BILLING_PERIOD=2026-06/x.parquet", False),
        ("cur/20260701-20260801/id/x.csv.gz", True),
        ("cur/20260601-20260701/id/x.csv.gz", False),
        ("cur/year=2026/month=7/x.parquet", True),
        ("cur/year=2026/month=12/x.parquet", False),
        ("export/x.csv", True),
        ("cur/billing_period=2026-99/x.csv", True),
    ],
)
def test_months_are_told_by_the_names_that_aws_gives(key: str, is_read: bool) -> None:
    assert is_within(key, start=START, end=END) is is_read


def put(aws: Aws, keys: Sequence[str]) -> S3Bills:
    client = aws.client("s3", "us-east-1")
    client.create_bucket(Bucket="bills")
    for key in keys:
        client.put_object(Bucket="bills", Key=key, Body=BILL)
    return S3Bills(("s3://bills/cur/",), lambda: client)


def test_objects_of_other_months_and_kinds_are_not_copied(aws: Aws, tmp_path: Path) -> None:
    bills = put(
        aws,
        [
            "cur/billing_period=2026-07/a.csv",
            "cur/billing_period=2026-05/b.csv",
            "cur/readme.txt",
            "else/billing_period=2026-07/c.csv",
        ],
    )

    found = bills.copy(tmp_path, start=START, end=END)

    assert [Path(path).name for path in found] == ["a.csv"]


@pytest.mark.parametrize("named", ["cur/daily/", "cur/daily/data/"])
def test_only_the_version_that_the_manifest_lists_is_copied(
    aws: Aws, tmp_path: Path, named: str
) -> None:
    """Also when people name the folder `data`, beside which the manifests lie."""
    month = "BILLING_PERIOD=2026-07"
    old, new = (f"cur/daily/data/{month}/2026-07-0{n}-id/daily-1.csv" for n in (2, 3))
    put(aws, [old, new])
    client = aws.client("s3", "us-east-1")
    manifest = json.dumps({"dataFiles": [f"s3://bills/{new}"]})
    key = f"cur/daily/metadata/{month}/daily-Manifest.json"
    client.put_object(Bucket="bills", Key=key, Body=manifest)
    bills = S3Bills((f"s3://bills/{named}",), lambda: client)

    assert bills.copy(tmp_path, start=START, end=END) == [str(tmp_path / "bills" / new)]
    assert not (tmp_path / "bills" / old).exists()


def test_a_key_leads_nowhere_but_into_the_folder(aws: Aws, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    found = put(aws, ["cur/../../../evil.csv"]).copy(tmp_path / "inner", start=START, end=END)

    assert [Path(path).is_relative_to(tmp_path / "inner") for path in found] == [True]


def test_a_bill_in_s3_is_read_whole(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    put(aws, ["cur/billing_period=2026-07/a.csv"])
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    source = BillSource(files=("s3://bills/cur/",))
    with source.read(start=START, end=END, today=date(2026, 8, 1)) as bill:
        assert [(day.day, str(day.billed_cost)) for day in bill.days] == [(date(2026, 7, 4), "1.5")]


def test_the_shipped_policy_reads_the_bill_and_no_other_bucket(
    aws: Aws, enforced: Any, tmp_path: Path
) -> None:
    for bucket in ("acme-billing", "secrets"):
        place = {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
        aws.client("s3").create_bucket(Bucket=bucket, **place)
        aws.client("s3").put_object(Bucket=bucket, Key="cur/a.csv", Body=BILL)
    text = (DEPLOY / "aws-iam-policy.json").read_text()
    session = enforced(json.loads(text.replace("YOUR-BILL-BUCKET", "acme-billing")))
    client = session.client("s3", endpoint_url=aws.endpoint_url)
    days = {"start": START, "end": END}

    assert len(S3Bills(("s3://acme-billing/cur/",), lambda: client).copy(tmp_path, **days)) == 1
    with pytest.raises(WillNeverWork, match=r"s3://secrets/cur/ cannot be read \(s3:ListBucket"):
        S3Bills(("s3://secrets/cur/",), lambda: client).copy(tmp_path, **days)


def test_a_bucket_that_is_not_there_is_named(aws: Aws, tmp_path: Path) -> None:
    bills = S3Bills(("s3://nothing/cur/",), lambda: aws.client("s3", "us-east-1"))

    with pytest.raises(WillNeverWork, match="s3://nothing/cur/ cannot be read"):
        bills.copy(tmp_path, start=START, end=END)


def test_a_month_without_files_is_said(aws: Aws, tmp_path: Path) -> None:
    bills = put(aws, ["cur/billing_period=2025-01/a.csv"])

    with pytest.raises(InvalidInput, match="There is no bill for 2026-07-03 to 2026-07-20"):
        bills.copy(tmp_path, start=START, end=END)


class Cursor:
    """A finished query of PyAthena: where its result lies, and the same rows by the page."""

    description = (("a",), ("b",))

    def __init__(self, location: str) -> None:
        self.output_location = location

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        return iter([(1, None), ("x,y", "2")])


def test_a_result_of_athena_is_fetched_whole_or_by_the_page(
    aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    client = aws.client("s3", "us-east-1")
    client.create_bucket(Bucket="out")
    client.put_object(Bucket="out", Key="r/1.csv", Body=b'"a","b"\n"whole",""\n')
    fetch(aws.session(), Cursor("s3://out/r/1.csv"), tmp_path / "whole.csv")
    fetch(aws.session(), Cursor("s3://out/r/2.csv"), tmp_path / "paged.csv")

    assert (tmp_path / "whole.csv").read_text() == '"a","b"\n"whole",""\n'
    assert (tmp_path / "paged.csv").read_text().splitlines() == ["a,b", "1,", '"x,y",2']
