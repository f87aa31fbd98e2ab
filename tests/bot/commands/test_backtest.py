"""`finops backtest` on files as people have them."""

import json
from pathlib import Path

import pytest

from bot.cli import main
from tests.finops.rightsizing.traces import write_pods


def test_a_table_says_what_each_policy_would_have_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_pods(tmp_path / "pods.csv", 42, with_requests=True)
    status = main(["backtest", str(file)])
    table = capsys.readouterr().out
    now = next(line for line in table.splitlines() if "set now" in line)

    assert status == 0
    assert "2 series  2 windows: 28 days to learn from, the next 14 to test" in table
    assert now.split()[2:4] == ["1.00", "79"]  # 2 · 500m asked; the mean use of each is 105m
    for name in ("KRR's rule", "VPA's rule", "lean", "safe", "least possible"):
        assert name in table


def test_what_is_set_is_unknown_where_the_file_does_not_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["backtest", str(write_pods(tmp_path / "pods.csv", 4))])
    table = capsys.readouterr().out

    assert "add columns cpu_request_m and mem_request_mib" in table
    assert "Only 4 days: 2 train and 2 test, instead of 28 and 14." in table


def test_json_and_a_picture_with_its_alt_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, picture = write_pods(tmp_path / "pods.csv", 4), tmp_path / "frontier.png"
    main(["backtest", str(file), "--json", "--picture", str(picture)])
    said = capsys.readouterr()
    found = json.loads(said.out)

    assert found["policies"]["set"] == {"cpu": None, "memory": None}
    assert found["policies"]["lean"]["cpu"]["ratio"] > 1
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "Two charts of cost against risk. Lean over-runs 0 %" in said.err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nowhere.csv"], "There is no file nowhere.csv"),
        (["{file}", "--kind", "vms"], "cannot be read as vms: it has no column t,"),
        (["{file}", "--picture", "/nowhere/f.png"], "/nowhere/f.png cannot be written"),
        (["{short}"], "needs 2 days at least"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    places = {
        "file": write_pods(tmp_path / "pods.csv", 2),
        "short": write_pods(tmp_path / "short.csv", 1),
    }

    assert main(["backtest", *(one.format(**places) for one in arguments)]) == 2
    assert reason in capsys.readouterr().err
