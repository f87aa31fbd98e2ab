"""`/finops freeze`, `unfreeze`, `snooze`, `policy` and sentences, end to end."""

import json
from dataclasses import replace

import pytest

from finops.domain.lifecycle import Status
from finops.finops_engine import FinOpsEngine
from handlers.ids import COMMAND, ActionId
from sandbox.slack import Driver
from tests.handlers.builders import DANA, LIAM, OMAR, PAYMENTS, PRIYA
from tests.handlers.conftest import PostCard

pytestmark = pytest.mark.usefixtures("app")


def ask(driver: Driver, text: str, user: str = DANA) -> str:
    """Type the command; all that the asker sees of the answer, as JSON."""
    before = len(driver.messages(PAYMENTS)), len(driver.ephemerals(user, PAYMENTS))
    ack = driver.slash(user, PAYMENTS, COMMAND, text)
    assert ack.ok
    seen = [
        *driver.messages(PAYMENTS)[before[0] :],
        *driver.ephemerals(user, PAYMENTS)[before[1] :],
    ]
    return json.dumps(seen, ensure_ascii=False)


def test_a_freeze_stands_in_the_channel_and_stops_the_click(
    driver: Driver, posted: PostCard, engine: FinOpsEngine
) -> None:
    record = posted()
    said = ask(driver, "freeze payments until 2026-12-01 because <!channel> Black Friday")
    card = driver.messages(PAYMENTS)[0]
    driver.click(PRIYA, PAYMENTS, card["ts"], ActionId.APPROVE)
    told = driver.wait_for(lambda: driver.ephemerals(PRIYA, PAYMENTS))[-1]["text"]

    assert f"<@{DANA}> has frozen *team payments* until <!date^" in said
    assert "<!channel>" not in said
    assert "&lt;!channel&gt; Black Friday" in said
    assert "Team payments is frozen by" in told
    assert engine.ledger.get(record.id).status is Status.NOTIFIED


def test_it_is_listed_and_ended(driver: Driver, engine: FinOpsEngine) -> None:
    ask(driver, "freeze all 2h")

    assert "*everything* until" in ask(driver, "freeze list")
    assert "has ended the freeze of *everything*" in ask(driver, "unfreeze all")
    assert engine.freezes() == ()
    assert "Nothing is frozen." in ask(driver, "freeze list")


def test_an_outsider_reads_who_may(driver: Driver, engine: FinOpsEngine) -> None:
    said = ask(driver, "freeze all", user=LIAM)

    assert "You may not freeze" in said
    assert f"<@{DANA}>" in said
    assert engine.freezes() == ()


def test_what_is_no_team_is_no_freeze(driver: Driver, engine: FinOpsEngine) -> None:
    for words in ("freeze paymets", "freeze team paymets until friday"):
        assert "There is no team “paymets”. Did you mean payments?" in ask(driver, words)
    assert engine.freezes() == ()


def test_a_freeze_is_ended_also_when_its_team_is_gone(driver: Driver, engine: FinOpsEngine) -> None:
    ask(driver, "freeze team payments")
    without = replace(engine.directory, teams=engine.directory.teams[1:])
    engine.parts = replace(engine.parts, directory=without)
    ask(driver, "unfreeze payments", user=DANA)

    assert engine.freezes() == ()


def test_one_is_snoozed_by_its_id(driver: Driver, posted: PostCard, engine: FinOpsEngine) -> None:
    record = posted()

    assert "is put aside until" in ask(driver, f"snooze {record.id} 3d because of the fair")
    assert engine.ledger.get(record.id).status is Status.SNOOZED
    assert "op-0123456789 1w" in ask(driver, "snooze")
    assert "no time I know" in ask(driver, f"snooze {record.id} until soon")


def test_the_limits_are_shown_with_their_names(driver: Driver) -> None:
    shown = ask(driver, "policy payments")

    assert "Guardrails of team payments" in shown
    assert "`max_risk`" in shown
    assert "*$5,000*" in shown
    assert "There is no team “nobody”" in ask(driver, "policy nobody")
    assert "Did you mean payments?" in ask(driver, "policy paymets")


def test_another_limit_is_tried_before_it_is_set(driver: Driver, posted: PostCard) -> None:
    posted()
    shown = ask(driver, "policy what-if min_confidence=0.99 payments")

    assert "1 more opportunity would be blocked" in shown
    assert "Nothing was changed" in shown
    assert "Did you mean max_risk?" in ask(driver, "policy what-if max_rik=1")
    assert "What if what?" in ask(driver, "policy what if")


def test_a_sentence_is_understood(driver: Driver) -> None:
    assert ask(driver, "how much have we saved?", OMAR) != "[]"
    assert "There is no command" not in ask(driver, "what can payments save?")
    assert "There is no command “sing”" in ask(driver, "sing me a song")
