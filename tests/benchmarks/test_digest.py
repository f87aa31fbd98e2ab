"""The digest's benchmark in small: what it prints, and that its figures move with its input."""

import json

import pytest

from benchmarks.digest import main

pytestmark = pytest.mark.slow


def test_it_makes_the_digest_of_as_many_as_were_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--teams", "7", "--opportunities", "200", "--json"]) == 0

    figures = json.loads(capsys.readouterr().out)
    assert (figures["lines"], figures["teams"]) == (200, 7)
    assert 5 < figures["blocks"] <= 50
    assert figures["characters"] <= 12_000
    assert figures["pdf_pages"] >= 2
    assert figures["html_bytes"] > 50_000
    assert 50 < figures["peak_rss_mb"] < 600
