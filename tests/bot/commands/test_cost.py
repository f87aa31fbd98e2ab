"""`finops cost` as a person or a script runs it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from finops.ledger.bill_writing import replace_days
from finops.savings_ledger import SavingsLedger
from tests.finops.currencies import dollars_left
from tests.finops.engine.cost_days import a_day, totals_of

PNG = b"\x89PNG\r\n"


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def billed() -> Iterator[None]:
    """Ninety-five days up to yesterday, in the ledger that commands find."""
    ledger = SavingsLedger("sqlite:///finops.db")
    today = datetime.now(UTC).date()
    rows = [row for n in range(1, 96) for row in a_day(today - timedelta(days=n))]
    with ledger.bookkeeping() as connection:
        replace_days(connection, "bill", totals_of(rows), rows, now=datetime.now(UTC))
    yield
    ledger.close()


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["cost", *words]) == 0
    return capsys.readouterr().out


@pytest.mark.usefixtures("billed")
def test_a_table_that_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, "30d").splitlines()
    table = {line[:32].strip(): line[32:].split() for line in lines}

    assert lines[0].startswith("Cost by team, ")
    assert lines[1].startswith("$300, the same as ")
    assert table["shop"][:2] == ["60.00", "60.00"]
    assert table["Idle"][0] == "90.00"
    assert table["Total"][:2] == ["$300.00", "$300.00"]
    assert lines[-1] == "All lines add up to the invoice, $300 billed."


@pytest.mark.usefixtures("billed")
def test_json_has_every_amount_exactly(capsys: pytest.CaptureFixture[str]) -> None:
    found: dict[str, Any] = json.loads(printed(capsys, "shop", "by", "service", "7d", "--json"))
    [usd] = found["currencies"]

    assert (found["by"], found["scope"]) == ("service", {"team": "shop"})
    assert (usd["total"], usd["previous_total"]) == ("35.000000", "35.000000")
    assert sum(Decimal(line["cost"]) for line in usd["lines"]) == Decimal(usd["total"])
    assert sum(Decimal(day["cost"]) for day in usd["days"]) == Decimal(usd["total"])
    assert usd["bill"] == {"effective": "70.000000", "difference": "0.000000"}
    assert set(usd["change"]) == {"total", "price", "usage", "mix", "unmetered", "idle"}


@pytest.mark.usefixtures("billed")
def test_a_picture_is_written_with_its_words(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["cost", "--picture", "cost.png", "30d"]) == 0
    assert (tmp_path / "cost.png").read_bytes().startswith(PNG)
    assert "Bar chart. Cost by team" in capsys.readouterr().err
    assert main(["cost", "--picture", "nowhere/cost.png", "30d"]) == 2
    assert "nowhere/cost.png cannot be written" in capsys.readouterr().err


def test_without_a_bill_it_teaches_and_the_status_is_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = main(["cost"])

    assert status == 1
    assert "No bill has been read yet. Give one in 'finops.yaml'" in capsys.readouterr().out
    assert main(["cost", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["currencies"] == []


def test_a_configured_bill_is_read_when_asked_to(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A FOCUS file, from the file to the table, without a bot that runs."""
    today = datetime.now(UTC).date()
    lines = ["ChargePeriodStart,ResourceId,BilledCost,EffectiveCost,ServiceName,Tags"]
    for days in range(1, 15):
        start = f"{today - timedelta(days=days)}T00:00:00Z"
        tags = '"{""team"": ""shop""}"'
        lines += [f"{start},vol-0{days:03}a1b2c3d4,1.25,1.25,AmazonEC2,{tags}"]
        lines += [f"{start},,0.25,0.25,Tax,{{}}"]
    (tmp_path / "bill.csv").write_text("\n".join([*lines, ""]))
    (tmp_path / "finops.yaml").write_text("bill: {files: [bill.csv]}\n")
    before = main(["cost", "7d"]), capsys.readouterr().out
    read = printed(capsys, "7d", "--read")

    assert before[0] == 1
    assert "'finops cost --read' at a terminal reads it now" in " ".join(before[1].split())
    assert "$10.50, the same as " in read
    assert "All lines add up to the invoice, $10.50 billed." in read


@pytest.mark.usefixtures("billed")
def test_nonsense_is_one_sentence_and_status_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "shopp"]) == 2
    assert "Did you mean shop" in capsys.readouterr().err


def test_a_year_of_history_is_read_back_and_compared(capsys: pytest.CaptureFixture[str]) -> None:
    today = datetime.now(UTC).date()
    days = [today - timedelta(days=n) for n in range(1, 400)]
    rows = [f"{day}T00:00:00Z,vol-1,{2 if day > days[200] else 1},1\n" for day in days]
    header = "ChargePeriodStart,ResourceId,EffectiveCost,BilledCost\n"
    Path("bill.csv").write_text(header + "".join(rows))
    Path("finops.yaml").write_text("bill: {files: [bill.csv]}\n")

    assert main(["cost", "7d", "--read", "--json"]) == 0
    [usd] = json.loads(capsys.readouterr().out)["currencies"]
    assert (usd["total"], usd["year_before_total"]) == ("14.000000", "7.000000")
    shown = " ".join(printed(capsys, "7d").split())
    assert "it was $7: 100 % more now." in shown


def test_the_past_is_read_as_far_back_as_it_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("bill.csv").write_text(
        "ChargePeriodStart,ResourceId,EffectiveCost\n"
        f"2025-02-03T00:00:00Z,vol-1,3\n{datetime.now(UTC).date()}T00:00:00Z,vol-1,1\n"
    )
    Path("finops.yaml").write_text("bill: {files: [bill.csv], history_months: 0}\n")
    main(["cost", "2025-02", "--read"])
    before = capsys.readouterr().out
    main(["cost", "2025-02", "--since", "2025-02"])

    assert "Nothing of February 2025 is on the bill" in before
    assert "$3.00" in capsys.readouterr().out
    assert main(["cost", "--since", "never"]) == 2
    assert "The period 'never' is none I know" in capsys.readouterr().err
    assert main(["cost", "--since", "2015-01"]) == 2
    assert "no bill is kept so long" in capsys.readouterr().err


@pytest.mark.usefixtures("billed")
def test_euros_at_the_terminal_and_beside_the_dollars_in_json(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain: dict[str, Any] = json.loads(printed(capsys, "30d", "--json"))
    configuration = tmp_path / "finops.yaml"
    configuration.write_text("currency: {code: EUR, per_usd: 0.92, as_of: 2026-11-01}")
    monkeypatch.setenv("FINOPS_CONFIG", str(configuration))
    shown = printed(capsys, "30d")
    found: dict[str, Any] = json.loads(printed(capsys, "30d", "--json"))

    assert dollars_left(shown) == []
    assert shown.splitlines()[1].startswith("€276, the same as ")
    assert shown.rstrip().endswith("€0.92 per $, as of 1 Nov 2026.")
    assert {name: found[name] for name in plain} == plain, "what was there is as it was"
    [euros] = found["display"]["currencies"]
    assert (euros["currency"], euros["total"]) == ("EUR", "276.000000")
    assert found["display"]["per_usd"] == "0.92"
