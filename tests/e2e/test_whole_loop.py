"""The whole product, from waste to verdict, by clicks over Socket Mode, on both databases."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.demo_once import run_once
from tests.real_parts.databases import empty_database


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def figures(request: pytest.FixtureRequest) -> dict[str, object]:
    """One loop, looked at by several tests."""
    if request.param == "sqlite":
        return run_once()
    with empty_database(request.getfixturevalue("postgres_server")) as url:
        return run_once(database_url=url)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_loop_closes(figures: dict[str, object]) -> None:
    assert figures["opportunities"] >= 8  # type: ignore[operator]
    assert figures["cards_posted"] >= 3  # type: ignore[operator]
    assert figures["planned"] >= 5  # type: ignore[operator]
    assert figures["plans_posted"] >= 2  # type: ignore[operator]
    assert figures["approved"] == figures["pull_requests"] == figures["merged"]
    assert figures["merged"] == figures["verified"]
    assert figures["denied"] == 1
    assert figures["assigned"] == 1


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_money_is_proved_and_nothing_is_done_twice(figures: dict[str, object]) -> None:
    assert figures["realised_usd_per_month"] > 0  # type: ignore[operator]
    assert figures["digest_charts"] >= 1  # type: ignore[operator]
    assert figures["duplicates"] == 0
    assert figures["refused_clicks"] >= 1  # type: ignore[operator]
    assert figures["audit_intact"] is True


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_command_prints_one_json_object_on_its_last_line() -> None:
    command = [str(Path(sys.executable).parent / "finops"), "demo", "--once", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    figures = json.loads(done.stdout.splitlines()[-1])

    assert done.returncode == 0, done.stderr
    assert {
        "opportunities", "cards_posted", "approved", "denied", "pull_requests", "merged",
        "verified", "realised_usd_per_month", "digest_charts", "duplicates",
    } <= figures.keys()  # fmt: skip
    assert figures["seconds"] < 60
