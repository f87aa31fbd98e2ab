"""How checks look: symbols, fixes below, nothing wider than the terminal, counts that add up."""

import pytest

from bot.doctor.report import Span, area_lines, as_json, summary_line
from finops.domain.checks import Area

SLACK = Area("Slack")
CHECKS = [
    SLACK.ok("bot token", "finops-bot in workspace Acorn"),
    SLACK.failed("scope usergroups:read", "not granted: " + "a reason " * 12, fix="Add it. " * 20),
    SLACK.warning("C0123456789 (" + "a-team, " * 8 + ")", "not in it", fix="Invite it."),
    SLACK.skipped("clock", "Slack did not say"),
]


def text(line: list[Span]) -> str:
    return "".join(piece for piece, _ in line)


@pytest.mark.parametrize("width", [60, 80, 100])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    lines = [text(line) for line in area_lines("Slack", CHECKS, width=width)]

    assert all(len(line) <= width or "a-team" in line for line in lines)
    assert [line for line in lines if "→" in line]


def test_a_green_line_has_no_fix_below_it() -> None:
    lines = [text(line) for line in area_lines("Slack", CHECKS[:1], width=80)]

    assert lines == ["", "Slack", f"  ✔ {'bot token':24}  finops-bot in workspace Acorn"]


def test_the_last_line_counts() -> None:
    assert text(summary_line(CHECKS)) == "1 fine, 1 to look at, 1 failed, 1 not tried."
    assert text(summary_line([])) == "Nothing was checked."


def test_json_has_every_check_and_every_count() -> None:
    shape = as_json(CHECKS)

    assert shape["counts"] == {"ok": 1, "warning": 1, "failed": 1, "skipped": 1}
    assert isinstance(shape["checks"], list)
    assert shape["checks"][0] == {
        "area": "Slack",
        "subject": "bot token",
        "outcome": "ok",
        "detail": "finops-bot in workspace Acorn",
        "fix": "",
    }
