"""Commands beside the bot see what was set in Slack, and make no database to look for it."""

from pathlib import Path

import pytest

from bot.configuration import Configuration
from bot.live_settings import LiveSettings
from bot.settings_in_force import settings_in_force
from finops.domain.people import Actor
from finops.finops_engine import FinOpsEngine
from finops.savings_ledger import SavingsLedger

MEI = Actor("U0MEI000001")
FILE = Configuration.model_validate({"triage_channel": "C0TRIAGE"})


def test_what_was_set_in_slack_holds_under_the_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/finops.db"
    ledger = SavingsLedger(url)
    live = LiveSettings(FinOpsEngine(ledger), FILE)
    live.claim(MEI)
    live.set_many([(("teams", "shop"), {"channel": "C0SHOP"})], actor=MEI)
    ledger.close()
    holding = settings_in_force(FILE, url)

    assert holding.triage_channel == "C0TRIAGE"
    assert holding.teams["shop"].channel == "C0SHOP"
    assert holding.platform.users == [MEI.id]


def test_without_a_database_the_file_holds_and_none_is_made(tmp_path: Path) -> None:
    holding = settings_in_force(FILE, f"sqlite:///{tmp_path}/finops.db")

    assert holding is FILE
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough to be looked at"])
def test_a_database_that_cannot_be_read_is_told_elsewhere(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "finops.db").write_bytes(content)

    assert settings_in_force(FILE, f"sqlite:///{tmp_path}/finops.db") is FILE


def test_what_does_not_fit_the_file_is_left_out_whole(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/finops.db"
    ledger = SavingsLedger(url)
    live = LiveSettings(FinOpsEngine(ledger), Configuration())
    live.claim(MEI)
    live.set_many([(("teams", "web"), {"aliases": ["Shop"]})], actor=MEI)
    ledger.close()
    newer = Configuration.model_validate({"teams": {"shop": {}}})

    assert settings_in_force(newer, url) is newer
