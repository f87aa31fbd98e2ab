"""`finops prices` as a person or a script runs it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli import main

HEADER = (
    "ChargePeriodStart,ResourceId,EffectiveCost,ListCost,ConsumedQuantity,RegionId,x_UsageType\n"
)


@pytest.fixture(autouse=True)
def a_bill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An m5.large and two hours of a c5.large on each of the last three days."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FINOPS_DATABASE_URL", raising=False)
    days = [datetime.now(UTC).date() - timedelta(days=n) for n in (1, 2, 3)]
    rows = [
        f"{day},i-0a1b2c3d{n},{cost},2.304,{hours},us-east-1,{kind}\n"
        for day in days
        for n, cost, hours, kind in (
            (1, "1.44", 24, "BoxUsage:m5.large"),
            (2, "0.17", 2, "BoxUsage:c5.large"),
        )
    ]
    Path("bill.csv").write_text(HEADER + "".join(rows))
    Path("finops.yaml").write_text("bill: {files: [bill.csv]}\n")


def test_what_is_paid_is_listed_and_what_is_too_little_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["cost", "--read"])
    capsys.readouterr()

    assert main(["prices"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:4] == ["TYPE", "REGION", "PAID", "$/HOUR"]
    assert lines[1].split()[:6] == ["m5.large", "us-east-1", "on", "demand", "0.0600", "38"]
    assert "–" in lines[2]
    assert lines[2].endswith("4 hours seen, under 24")
    assert "1 machines have a rate of their own" in lines[4]


def test_json_has_the_evidence(capsys: pytest.CaptureFixture[str]) -> None:
    main(["cost", "--read"])
    capsys.readouterr()
    main(["prices", "--json"])
    found = json.loads(capsys.readouterr().out)
    first = found["rates"][0]

    assert (first["type"], first["usd_per_hour"], first["hours"]) == ("m5.large", "0.06", 48)
    assert (first["machines"], first["last_day"]) == (
        1,
        (datetime.now(UTC).date() - timedelta(days=2)).isoformat(),
    )


def test_before_a_reading_it_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prices"]) == 1
    assert "Run `finops cost --read`" in " ".join(capsys.readouterr().out.split())


def test_without_a_bill_it_says_where_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    Path("finops.yaml").write_text("instance: here\n")

    assert main(["prices"]) == 2
    assert "No bill is configured" in capsys.readouterr().err
