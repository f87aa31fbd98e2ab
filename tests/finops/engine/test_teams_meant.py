"""A team that somebody types: configured, named by labels, or on the bill; or the nearest."""

from dataclasses import replace
from datetime import timedelta

import pytest

from finops.domain.errors import InvalidInput
from finops.engine.teams_meant import known_teams, team_and_period, team_called, team_meant
from finops.ledger.bill_writing import replace_days
from tests.finops.engine.conftest import TEAM, World
from tests.finops.engine.cost_days import a_day, totals_of


@pytest.fixture
def world(world: World) -> World:
    """One team is configured with an alias, a label names another, and the bill two more."""
    day = world.estate.now.date() - timedelta(days=3)
    rows = a_day(day)
    with world.engine.ledger.bookkeeping() as connection:
        replace_days(connection, "bill", totals_of(rows), rows, now=world.estate.now)
    configured = replace(TEAM, name="storefront", aliases=("Front Office",))
    directory = replace(world.engine.directory, teams=(configured,))
    world.scan()
    world.engine.parts = replace(world.engine.parts, directory=directory)
    return world


def test_configured_teams_come_first_then_those_of_labels_and_the_bill(world: World) -> None:
    known = known_teams(world.engine.parts)

    assert known[0] == "storefront"
    assert "web" in known
    assert "shop" in known
    assert not {"", "unknown"}.intersection(known)
    assert known[1:] == sorted(known[1:])


@pytest.mark.parametrize(
    ("typed", "team"),
    [
        ("STOREFRONT", "storefront"),
        ("front office", "storefront"),
        ("Web", "web"),
        ("SHOP", "shop"),
        ("", ""),
        ("No Team", "unknown"),
    ],
)
def test_a_team_is_meant_by_name_or_alias_whatever_the_case(
    world: World, typed: str, team: str
) -> None:
    assert team_meant(world.engine.parts, typed) == team


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("storefrnt", r"no team “storefrnt”\. Did you mean storefront\? `teams` lists them"),
        ("wbe", "Did you mean web"),
        ("zzzzzz", "Known: storefront, "),
        ("x" * 5000, "Known: storefront, "),
    ],
)
def test_who_is_nobody_gets_the_nearest_or_the_known(world: World, typed: str, hint: str) -> None:
    with pytest.raises(InvalidInput, match=hint) as refused:
        team_meant(world.engine.parts, typed)

    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("web last month", ("web", "last month")),
        ("30d Front Office", ("storefront", "30d")),
        ("2026-10", ("", "2026-10")),
        ("", ("", "")),
    ],
)
def test_team_and_period_stand_in_any_order(
    world: World, typed: str, expected: tuple[str, str]
) -> None:
    assert team_and_period(world.engine.parts, typed) == expected


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("front office lst month", "period 'lst month' is none I know. Did you mean last month"),
        ("web 30dd", "period '30dd' is none I know. Write this month"),
        ("yesterdy", "Did you mean yesterday"),
        ("wbe last month", "no team “wbe”. Did you mean web"),
    ],
)
def test_what_is_wrong_with_both_is_told_apart(world: World, typed: str, hint: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        team_and_period(world.engine.parts, typed)

    assert hint in str(refused.value)


def test_without_any_team_it_says_who_adds_them(world: World) -> None:
    none = replace(world.engine.directory, teams=())

    with pytest.raises(InvalidInput, match="A platform engineer adds teams"):
        team_called(none, "shop")
