from dataclasses import replace

import pytest

from finops.engine.parts import Pace
from finops.engine.pausing import paused_teams
from tests.finops.engine.conftest import OWNER, World


def ignored(world: World, days: int = 91) -> None:
    world.card()
    for _ in range(days):
        world.pass_days(1)
    world.engine.wake_and_expire()


def paused(world: World) -> frozenset[str]:
    with world.engine.ledger.reading() as tx:
        return paused_teams(tx)


def test_a_team_that_answers_nothing_is_paused_and_told_once(world: World) -> None:
    ignored(world)
    before = world.intents().count("post_note")

    done = [world.engine.pause_ignored_teams() for _ in range(3)]

    assert done == [1, 0, 0]
    assert paused(world) == {"web"}
    assert world.intents().count("post_note") == before + 1


def test_a_paused_team_gets_no_new_card(world: World) -> None:
    ignored(world)
    world.engine.pause_ignored_teams()
    before = world.intents().count("post_card")
    world.estate.cpu_request["checkout"] = 500
    world.scan()

    assert world.intents().count("post_card") == before
    assert world.record("checkout").status == "detected"


def test_any_answer_goes_on(world: World) -> None:
    ignored(world, days=13)
    world.engine.parts = replace(world.engine.parts, pace=Pace(pause_team_after_days=10))
    world.engine.pause_ignored_teams()
    was = paused(world)
    world.engine.deny(world.record().id, revision=1, actor=OWNER, reason="No.")
    world.estate.cpu_request["checkout"] = 500
    before = world.intents().count("post_card")
    world.scan()

    assert (sorted(was), sorted(paused(world))) == (["web"], [])
    assert world.intents().count("post_card") > before


@pytest.mark.parametrize("days", [0, 200])
def test_it_is_patient_or_off(world: World, days: int) -> None:
    ignored(world)
    world.engine.parts = replace(world.engine.parts, pace=Pace(pause_team_after_days=days))

    assert world.engine.pause_ignored_teams() == 0
