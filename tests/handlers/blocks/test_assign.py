"""The Assign menu and its question, within Slack's limits for any number of teams."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord, WasteKind
from finops.domain.ownership import with_owner
from handlers.blocks.assign import assign_modal, reference_in, team_options
from handlers.blocks.card import Around, card
from handlers.ids import ActionId
from handlers.reference import read_reference
from sandbox.slack.view_rules import view_problems
from tests.handlers.blocks.hostile import hostile, names, objections
from tests.handlers.blocks.test_renderers import assert_slack_takes, texts_of
from tests.handlers.builders import INSTANCE, record

WHY = "No label or annotation team on the Deployment, namespace shop is mapped to no team."


def unowned(team: str = "unknown", rule: str = WHY, **changed: Any) -> OpportunityRecord:
    known = record(**changed)
    return replace(known, opportunity=with_owner(known.opportunity, team, rule))


def menu_of(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    [section] = [b for b in blocks if "accessory" in b]
    accessory: dict[str, Any] = section["accessory"]
    return accessory


def shown(known: OpportunityRecord, teams: list[str]) -> list[dict[str, Any]]:
    return card(known, instance=INSTANCE, around=Around(teams=teams)).blocks


def test_the_card_says_why_nobody_was_found_beside_the_menu() -> None:
    blocks = shown(unowned(), ["shop", "data"])
    menu = menu_of(blocks)

    assert blocks[1]["text"]["text"] == f"*Nobody owns this yet.* {WHY}"
    assert [o["value"] for o in menu["options"]] == ["data", "shop"]
    assert menu["action_id"] == ActionId.ASSIGN
    reference = read_reference(reference_in(blocks[1]["block_id"]), instance=INSTANCE)
    assert reference.opportunity_id == unowned().id


def test_a_name_that_is_no_team_is_said_to_be_none() -> None:
    blocks = shown(unowned("legacy", "by team=legacy on the Deployment"), ["shop"])

    assert blocks[1]["text"]["text"].endswith(
        "Team legacy (by team=legacy on the Deployment) is none of the teams that are set up."
    )


def test_an_owned_card_has_no_menu_and_says_which_rule_won_and_whom_to_ask() -> None:
    known = unowned("payments", "by team=payments on the Deployment")
    made = card(known, instance=INSTANCE, around=Around(user_group="S0APPROVERS"))
    last = made.blocks[-1]["elements"][0]["text"]

    assert all("accessory" not in block for block in made.blocks)
    assert "payments <!subteam^S0APPROVERS>, by team=payments on the Deployment · prod-eu" in last


def test_what_is_decided_mentions_no_group_any_more() -> None:
    known = unowned("payments", "by team=payments on the Deployment", status=Status.APPROVED)
    made = card(known, instance=INSTANCE, around=Around(user_group="S0APPROVERS"))

    assert not any("subteam" in text for text in texts_of(made.blocks))


@pytest.mark.parametrize(
    ("count", "length", "kind"),
    [
        (1, 10, "static_select"),
        (19, 10, "static_select"),
        (55, 8, "static_select"),
        (100, 10, "external_select"),
        (101, 5, "external_select"),
        (40, 100, "external_select"),
        (1_000, 60, "external_select"),
    ],
)
def test_the_menu_fits_with_any_number_of_teams(count: int, length: int, kind: str) -> None:
    teams = [f"{chr(97 + n % 26)}{n:04}".ljust(length, "x") for n in range(count)]
    blocks = shown(unowned(), teams)

    assert_slack_takes(blocks)
    assert menu_of(blocks)["type"] == kind
    assert ("option_groups" in menu_of(blocks)) is (kind == "static_select" and count >= 20)


@given(name=names)
def test_a_triage_card_holds_with_any_names(name: str) -> None:
    known = hostile(name)
    known = replace(known, opportunity=with_owner(known.opportunity, name or "unknown", name))
    teams = [f"team-{n}" for n in range(60)]
    made = card(known, instance="i" * 40, around=Around(guardrails=objections(name), teams=teams))

    assert_slack_takes(made.blocks)
    assert view_problems(assign_modal(known, "t" * 100, instance="i" * 40)) == []


def test_a_search_offers_what_contains_the_words_and_never_more_than_slack_takes() -> None:
    teams = [f"team-{n}" for n in range(300)]

    assert len(team_options(teams, "")) == 100
    assert [o["value"] for o in team_options(teams, " TEAM-29 ")][:2] == ["team-29", "team-290"]
    assert team_options(teams, "<!channel>") == []


def test_the_question_is_asked_where_it_has_two_answers() -> None:
    container = assign_modal(unowned(), "shop", instance=INSTANCE)
    volume = assign_modal(unowned(kind=WasteKind.ORPHAN_VOLUME), "shop", instance=INSTANCE)
    named = assign_modal(unowned("legacy", "by tag"), "shop", instance=INSTANCE)

    assert [len(view["blocks"]) for view in (container, volume, named)] == [2, 1, 1]
    assert all(view_problems(view) == [] for view in (container, volume, named))
