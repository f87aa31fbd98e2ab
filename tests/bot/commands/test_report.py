"""`finops report` and `finops why` without Slack."""

import json
from pathlib import Path

import pytest

from bot.cli import main
from finops.savings_ledger import SavingsLedger
from tests.handlers.builders import NOW, opportunity


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A ledger with one opportunity, where commands look for it; returns its id."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FINOPS_DATABASE_URL", f"sqlite:///{tmp_path}/ledger.db")
    monkeypatch.delenv("FINOPS_CONFIG", raising=False)
    made = SavingsLedger(f"sqlite:///{tmp_path}/ledger.db")
    with made.transaction() as tx:
        known = tx.record(opportunity(), seen_at=NOW).record
    made.close()
    return known.id


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize("edition", ["leaders", "cfo", "cto"])
def test_every_file_is_written_and_the_report_is_read_in_the_terminal(
    edition: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["report", "monthly", "--edition", edition, "--html", "out/r.html"]
    status = main([*arguments, "--pdf", "out/r.pdf", "--csv", "r.csv", "--charts", "charts"])

    assert status == 0
    assert (tmp_path / "out/r.html").read_text().startswith("<!doctype html>")
    assert (tmp_path / "out/r.pdf").read_bytes().startswith(b"%PDF-")
    assert (tmp_path / "r.csv").read_text().count("\n") == 2
    assert sorted(p.name for p in (tmp_path / "charts").iterdir()) == [
        "monthly-1.png",
        "monthly-2.png",
    ]
    shown = capsys.readouterr().out
    assert "Savings, month to" in shown
    assert "NEXT" in shown


@pytest.mark.usefixtures("ledger")
def test_json_has_the_facts_of_every_edition(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "weekly", "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert found["totals"]["offered"]["freed_usd_per_month"] == "41.00"
    assert found["money"]["verified_usd_per_month"] == "0.00"
    assert found["delivery"]["waiting"] == 1
    assert "lines" not in found


@pytest.mark.usefixtures("ledger")
def test_a_file_that_cannot_be_written_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a-file").write_text("")

    assert main(["report", "weekly", "--csv", "a-file/r.csv"]) == 2
    assert "a-file/r.csv cannot be written" in capsys.readouterr().err


def test_why_prints_draws_and_writes_the_chain(
    ledger: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", ledger, "--picture", "why.png", "--html", "why.html"]) == 0
    assert main(["why", ledger, "--json"]) == 0

    shown = capsys.readouterr().out
    assert "● Metric window (there" in shown
    assert "○ Verdict (waiting)" in shown
    assert json.loads(shown[shown.index("{") :])["links"][7]["step"] == "verdict"
    assert (tmp_path / "why.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "why.html").read_text()


@pytest.mark.usefixtures("ledger")
def test_why_of_an_unknown_id_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "op-none"]) == 2
    assert "There is no opportunity 'op-none'" in capsys.readouterr().err
