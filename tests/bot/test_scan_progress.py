"""Progress: bars on a terminal, few plain lines elsewhere."""

import io

import pytest
from rich.console import Console

from bot import scan_progress
from bot.scan_progress import ScanProgress


def console(*, is_terminal: bool) -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    return Console(file=file, force_terminal=is_terminal, width=100, soft_wrap=True), file


def test_a_log_gets_each_stage_once_and_no_flood_of_counts() -> None:
    plain, file = console(is_terminal=False)
    progress = ScanProgress(plain)

    with progress.shown():
        for done in range(1000):
            progress.of("prod").step("asking Prometheus", done, 1000)
        progress.of("prod").step("reading machines", 0, 0)

    assert file.getvalue().splitlines() == [
        "prod: asking Prometheus 0 of 1000",
        "prod: reading machines",
    ]


def test_a_log_hears_of_a_long_stage_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_progress, "SECONDS_BETWEEN_LINES", 0)
    plain, file = console(is_terminal=False)

    for done in (1, 2):
        ScanProgress(plain).of("prod").step("asking Prometheus", done, 2)

    assert file.getvalue().splitlines()[-1] == "prod: asking Prometheus 2 of 2"


def test_a_terminal_shows_a_line_for_each_cluster() -> None:
    terminal, file = console(is_terminal=True)
    progress = ScanProgress(terminal)
    progress.of("eu").step("asking Prometheus", 3, 12)
    progress.of("us" + "-very-long-name" * 5).step("reading Kubernetes", 0, 0)

    with progress.shown():
        pass

    shown = file.getvalue()
    assert "asking Prometheus 3 of 12" in shown
    assert "reading Kubernetes" in shown
    assert "…" in shown


def test_a_bar_swings_again_after_a_stage_that_was_counted() -> None:
    terminal, file = console(is_terminal=True)
    progress = ScanProgress(terminal)
    progress.of("eu").step("asking Prometheus", 12, 12)
    progress.of("eu").step("looking for waste", 0, 0)

    with progress.shown():
        pass

    assert "looking for waste" in file.getvalue()
    assert "\x1b[32m" not in file.getvalue()  # green: finished


def test_everybody_who_asks_for_a_cluster_gets_the_same_line() -> None:
    progress = ScanProgress(console(is_terminal=True)[0])

    assert progress.of("eu") is progress.of("eu")
