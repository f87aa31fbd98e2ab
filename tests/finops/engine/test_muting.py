"""Mutes hide from cards and messages, not from lists, and end by themselves or by a person."""

import pytest

from finops.domain.errors import InvalidInput, NotPermitted, Refused
from finops.domain.lifecycle import Status
from finops.domain.mutes import MuteReach
from tests.finops.engine.conftest import OUTSIDER, OWNER, World


def muted(world: World, reach: MuteReach = MuteReach.NAMESPACE) -> int:
    card = world.card("frontend")
    world.engine.deny(card.id, revision=1, actor=OWNER, reason="no")
    world.engine.mute(card.id, name="No CPU here", reach=reach, days=30, actor=OWNER)
    [mute] = world.engine.mutes()
    return mute.id


def post_cards(world: World) -> int:
    return world.intents().count("post_card")


def test_alike_ones_get_no_card_until_it_ends(world: World) -> None:
    world.estate.cpu_request = {"frontend": 500}
    muted(world)
    before = post_cards(world)
    world.estate.cpu_request = {"frontend": 500, "cart": 500}
    world.pass_days(1)
    world.scan()

    assert post_cards(world) == before
    assert world.record("cart").status is Status.DETECTED
    world.pass_days(30)
    world.scan()
    assert world.engine.mutes() == []
    assert post_cards(world) == before + 1


def test_a_person_ends_it_earlier(world: World) -> None:
    world.estate.cpu_request = {"frontend": 500}
    mute = muted(world)
    world.engine.unmute(mute, actor=OWNER)

    assert world.engine.mutes() == []
    with pytest.raises(Refused, match="ended already"):
        world.engine.unmute(mute, actor=OWNER)


def test_an_outsider_ends_nothing(world: World) -> None:
    mute = muted(world)

    with pytest.raises(NotPermitted):
        world.engine.unmute(mute, actor=OUTSIDER)


def test_the_preview_counts_what_each_reach_covers(world: World) -> None:
    card = world.card("frontend")

    counts = {reach: world.engine.mute_preview(card.id, reach).count for reach in MuteReach}
    assert counts == {MuteReach.RESOURCE: 1, MuteReach.NAMESPACE: 3, MuteReach.TEAM: 3}
    world.pass_days(91)
    assert world.engine.mute_preview(card.id, MuteReach.TEAM).count == 0


@pytest.mark.parametrize(("name", "days"), [("", 30), ("x" * 81, 30), ("x", 0), ("x", 181)])
def test_nothing_is_muted_without_a_name_or_for_ever(world: World, name: str, days: int) -> None:
    card = world.card()

    with pytest.raises(InvalidInput):
        world.engine.mute(card.id, name=name, reach=MuteReach.TEAM, days=days, actor=OWNER)

    assert world.engine.mutes() == []
