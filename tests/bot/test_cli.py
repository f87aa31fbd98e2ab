"""The command line: sentences instead of stack traces, and figures that add up."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import build_parser, command_at, main, read_arguments

ROOT = Path(__file__).parents[2]
SNAPSHOT = {
    "cluster": "shop",
    "workloads": {
        "web": [
            {
                "name": "frontend",
                "cpu_request": 2.0,
                "cpu_usage": 0.3,
                "memory_request_gb": 4,
                "memory_usage_gb": 1,
                "team": "web",
            }
        ]
    },
}


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a folder of its own, and so a ledger of its own."""
    monkeypatch.chdir(tmp_path)


def write(data: object, name: str = "snapshot.json") -> str:
    Path(name).write_text(data if isinstance(data, str) else json.dumps(data))
    return name


def test_a_snapshot_is_scanned_listed_and_summed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "--snapshot", write(SNAPSHOT)]) == 0
    assert main(["list"]) == 0
    assert main(["savings"]) == 0

    shown = capsys.readouterr().out

    assert "web/frontend" in shown
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_a_report_is_json_and_its_charts_are_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    main(["scan", "--snapshot", write(SNAPSHOT)])
    capsys.readouterr()

    assert main(["report", "weekly", "--json", "--charts", "charts"]) == 0

    assert json.loads(capsys.readouterr().out)["headline"]
    pictures = sorted(Path("charts").iterdir())
    assert [picture.read_bytes()[:4] for picture in pictures] == [b"\x89PNG"] * 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "snapshot.json"),
        ("[]", "snapshot.json"),
        ({**SNAPSHOT, "wurkloads": {}}, "wurkloads"),
        ({"cluster": "shop", "workloads": {"web": [{"name": "a", "cpu_request": "5 potatoes"}]}},
         "workloads.web[0].cpu_request"),
        ({"cluster": "shop", "workloads": {"web": [{"name": "a", "cpu_request": -2}]}},
         "workloads.web[0].cpu_request"),
        ({"cluster": "shop", "workloads": {"web": [{"name": "a", "memory_request_gb": 1e12}]}},
         "workloads.web[0].memory_request_gb"),
    ],
)  # fmt: skip
def test_a_bad_snapshot_is_refused_with_the_place(
    content: object, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", "--snapshot", write(content)]) == 2

    error = capsys.readouterr().err
    assert words in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("savings --team wbe", "There is no team “wbe”. Did you mean web? `teams` lists them."),
        ("list --team wbe", "There is no team “wbe”. Did you mean web?"),
        ("savings --team web --period last-mnth", "Did you mean last month? Write this month"),
    ],
)
def test_a_mistyped_team_or_period_is_refused_with_the_nearest(
    typed: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["scan", "--snapshot", write(SNAPSHOT)])
    capsys.readouterr()

    assert main(typed.split()) == 2
    assert words in capsys.readouterr().err


def test_a_known_team_is_taken_whatever_its_case_and_all_are_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["scan", "--snapshot", write(SNAPSHOT)])
    capsys.readouterr()

    assert main(["list", "--team", "WEB"]) == 0
    assert "web/frontend" in capsys.readouterr().out
    assert main(["teams"]) == 0
    assert capsys.readouterr().out == "web\n"


def test_an_unknown_id_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "op-nothing"]) == 2

    assert "op-nothing" in capsys.readouterr().err


def test_an_audit_of_a_ledger_that_is_not_there_is_not_called_intact(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINOPS_DATABASE_URL", "sqlite:///mistyped.db")

    assert main(["audit", "verify"]) == 2

    assert "mistyped.db" in capsys.readouterr().err
    assert not Path("mistyped.db").exists()


def test_a_scanned_ledger_is_intact(capsys: pytest.CaptureFixture[str]) -> None:
    main(["scan", "--snapshot", write(SNAPSHOT)])

    assert main(["audit", "verify"]) == 0

    assert "intact" in capsys.readouterr().out


def test_the_bot_does_not_start_without_its_token(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run"]) == 2

    assert "SLACK_BOT_TOKEN" in capsys.readouterr().err


def test_migrating_twice_is_migrating_once(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert main(["db", "migrate", "--database-url", database_url]) == 0

    assert "opportunities" in capsys.readouterr().out


@pytest.mark.parametrize(
    "typed",
    [
        "30d --read by account",
        "--read 30d by account",
        "30d by --read account",
        "30d by account --read",
    ],
)
def test_words_and_options_stand_in_any_order(typed: str) -> None:
    asked = read_arguments(["cost", *typed.split()])

    assert (asked.words, asked.read) == (["30d", "by", "account"], True)


@pytest.mark.parametrize(
    "typed", ["cost 30d --raed by account", "show op-1 op-2", "run now", "cost shop --since"]
)
def test_what_no_command_takes_is_refused(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        read_arguments(typed.split())

    assert ended.value.code == 2
    assert "usage: finops" in capsys.readouterr().err


def test_every_command_has_its_function() -> None:
    (commands,) = (
        action.choices
        for action in build_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )

    for parser in commands.values():
        assert callable(command_at(parser.get_default("command")))


def test_help_waits_for_no_heavy_import() -> None:
    program = (
        "import sys; from bot.cli import build_parser; build_parser().format_help(); "
        "print([m for m in ('boto3', 'kubernetes', 'matplotlib', 'numpy', 'pydantic', 'rich', "
        "'slack_sdk', 'sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)

    assert done.stdout.strip() == "[]", done.stderr
