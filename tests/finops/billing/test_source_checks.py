"""The doctor's look at a bill."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from finops.billing.bill_source import BillSource
from finops.billing.source_checks import BillSourceChecks
from finops.domain.checks import Check, Outcome
from tests.real_parts.aws import Aws

HEADER = "ChargePeriodStart,ResourceId,EffectiveCost\n"
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


def checks(path: Path, content: str, *, teams: Sequence[str] = ()) -> dict[str, Check]:
    path.write_text(content)
    source = BillSource(files=(str(path),))
    return {c.subject: c for c in BillSourceChecks(source, teams, now=lambda: NOW).check()}


def test_days_and_lines_are_counted(tmp_path: Path) -> None:
    rows = "2026-11-26T00:00:00Z,vol-1,1\n2026-11-26T00:00:00Z,vol-2,1\n"

    found = checks(tmp_path / "bill.csv", HEADER + rows + "2026-11-27T00:00:00Z,vol-1,1\n")

    assert found["reading"].detail == "FOCUS 1.0 can be read, and every day adds up"
    assert found["days"].outcome is Outcome.OK
    assert found["days"].detail == (
        "2026-11-26 to 2026-11-27 (the newest is of yesterday): days 2, lines 3"
    )


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    found = checks(tmp_path / "bill.csv", "ChargePeriodStart,ResourceId\n")["reading"]

    assert found.outcome is Outcome.FAILED
    assert "EffectiveCost" in found.detail


def test_a_bill_without_lines_proves_nothing(tmp_path: Path) -> None:
    assert checks(tmp_path / "bill.csv", HEADER)["days"].outcome is Outcome.FAILED


@pytest.mark.parametrize(("day", "outcome"), [(23, Outcome.OK), (22, Outcome.WARNING)])
def test_an_export_that_stopped_is_a_warning(tmp_path: Path, day: int, outcome: Outcome) -> None:
    found = checks(tmp_path / "bill.csv", f"{HEADER}2026-11-{day}T00:00:00Z,vol-1,1\n")

    assert found["days"].outcome is outcome


def test_a_hole_in_the_month_is_named(tmp_path: Path) -> None:
    rows = "2026-11-20T00:00:00Z,vol-1,1\n2026-11-27T00:00:00Z,vol-1,1\n"

    found = checks(tmp_path / "bill.csv", HEADER + rows)["days"]

    assert found.outcome is Outcome.WARNING
    assert "6 days are missing, the first is 2026-11-21" in found.detail


def test_currencies_are_named_apart(tmp_path: Path) -> None:
    text = "ChargePeriodStart,ResourceId,EffectiveCost,BillingCurrency\n" + "".join(
        f"2026-11-27T00:00:00Z,vol-1,1,{currency}\n" for currency in ("USD", "EUR")
    )

    assert "EUR, USD: shown apart" in checks(tmp_path / "bill.csv", text)["currencies"].detail


def test_spellings_of_a_team_are_proposed_until_somebody_settles_them(tmp_path: Path) -> None:
    text = "ChargePeriodStart,ResourceId,EffectiveCost,Tags\n" + "".join(
        f'2026-11-27T00:00:00Z,vol-{n},1,"{{""team"": ""{team}""}}"\n'
        for n, team in enumerate(("BaseLoad", "BaseLoad", "Base Load"))
    )
    path = tmp_path / "bill.csv"

    found = checks(path, text)["team tags"]

    assert found.detail == "'Base Load' is 'BaseLoad' spelt differently (3.00 in all)"
    assert found.fix == "If so, add Base Load to teams: BaseLoad: aliases."
    assert "team tags" not in checks(path, text, teams=["BaseLoad", "base load"])


@pytest.mark.parametrize(
    ("day", "words", "outcome"),
    [
        ("2026-11-28", "the newest is of today", Outcome.OK),
        ("2026-11-27", "the newest is of yesterday", Outcome.OK),
        ("2026-11-25", "the newest is 3 days old", Outcome.OK),
        ("2026-11-10", "the newest is 18 days old", Outcome.WARNING),
        ("2027-01-01", "the newest is in the future", Outcome.WARNING),
    ],
)
def test_the_age_of_the_newest_day_is_told(
    tmp_path: Path, day: str, words: str, outcome: Outcome
) -> None:
    found = checks(tmp_path / "bill.csv", f"{HEADER}{day}T00:00:00Z,vol-1,1\n")["days"]

    assert (found.outcome, words in found.detail) == (outcome, True)


def test_who_may_not_read_is_told_what_to_allow(aws: Aws, enforced: Any) -> None:
    client = aws.client("s3")
    place = {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
    client.create_bucket(Bucket="acme-billing", **place)
    nothing = {"Effect": "Allow", "Action": ["ec2:DescribeVolumes"], "Resource": "*"}
    session = enforced({"Version": "2012-10-17", "Statement": [nothing]})

    class Session:
        def client(self, service: str) -> Any:
            return session.client(service, endpoint_url=aws.endpoint_url)

    source = BillSource(files=("s3://acme-billing/cur/",), session=Session)
    [check] = BillSourceChecks(source, now=lambda: NOW).check()

    assert (check.subject, check.outcome) == ("reading", Outcome.FAILED)
    assert "s3://acme-billing/cur/ cannot be read (s3:ListBucket, s3:GetObject)" in check.detail
    assert "deploy/aws-iam-policy.json has the statements" in check.fix
