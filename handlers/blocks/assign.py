"""Assigning an owner: the menu on a card that nobody owns, and the question how far it reaches."""

import json
from collections.abc import Sequence
from itertools import groupby

from finops.domain.assignments import AssignmentScope
from finops.domain.currency import DOLLARS, Currency
from finops.domain.opportunity import Opportunity, OpportunityRecord
from finops.domain.ownership import owner_rule
from finops.domain.people import UNKNOWN_TEAM
from handlers.blocks import text
from handlers.blocks.elements import (
    Block,
    modal,
    option,
    plain_text,
    searched_select,
    section,
    select,
)
from handlers.blocks.proposal import headline
from handlers.ids import ActionId, BlockId, ViewId
from handlers.reference import Reference

PLACEHOLDER = "Assign"
MOST_OPTIONS = 100
# All blocks of a message share about 12,000 characters. The rest of a card takes 5,300 at most
# (measured with the worst names), an option about 100: some 60 teams are listed, more are searched.
MOST_MENU_CHARACTERS = 6_500
# So many that a person looks for a letter instead of reading them all.
GROUPED_FROM = 20
_BLOCK_PREFIX = "assign:"


def assign_row(record: OpportunityRecord, teams: Sequence[str], *, instance: str) -> list[Block]:
    """Why nobody was found, with the menu beside it. The block_id says what would be assigned."""
    opportunity = record.opportunity
    reference = Reference(instance, opportunity.id, opportunity.revision)
    why = why_unowned(opportunity)
    words = f"*Nobody owns this yet.* {why[:1].upper()}{why[1:]}".strip()
    return [section(words, accessory=_menu(teams), block_id=f"{_BLOCK_PREFIX}{reference}")]


def reference_in(block_id: str) -> str:
    """The reference that `assign_row` wrote into its block_id."""
    return block_id.removeprefix(_BLOCK_PREFIX)


def why_unowned(opportunity: Opportunity) -> str:
    """The sentence of the rules; for a name that is no team, where that name is from."""
    rule = text.safe(owner_rule(opportunity), 600) if owner_rule(opportunity) else ""
    if opportunity.team == UNKNOWN_TEAM:
        return rule
    said = f" ({rule})" if rule else ""
    return f"Team {text.safe(opportunity.team, 80)}{said} is none of the teams that are set up."


def team_options(teams: Sequence[str], typed: str) -> list[Block]:
    """What a search shows: teams that contain what was typed, in order of their names."""
    found = [team for team in sorted(teams, key=str.lower) if typed.strip().lower() in team.lower()]
    return [option(team, team) for team in found[:MOST_OPTIONS]]


def assign_modal(
    record: OpportunityRecord, team: str, *, instance: str, currency: Currency = DOLLARS
) -> Block:
    """Asks how far it reaches; a resource outside namespaces has one answer."""
    opportunity = record.opportunity
    shown = Reference(instance, opportunity.id, opportunity.revision, team)
    name = text.bold(text.safe(team, 100))
    question = section(
        f"Team {name} owns this from now on:\n{headline(opportunity, currency=currency)}"
    )
    return modal(
        "Assign an owner",
        [question, *_scopes(opportunity)],
        callback_id=ViewId.ASSIGN,
        submit=plain_text("Assign"),
        private_metadata=str(shown),
    )


def _menu(teams: Sequence[str]) -> Block:
    ordered = sorted(teams, key=str.lower)
    if len(ordered) > MOST_OPTIONS:
        return searched_select(PLACEHOLDER, ActionId.ASSIGN)
    menu = select(PLACEHOLDER, ActionId.ASSIGN, [(team, team) for team in ordered])
    if len(ordered) >= GROUPED_FROM:
        offered = menu.pop("options")
        menu["option_groups"] = [
            {"label": plain_text(letter), "options": list(options)}
            for letter, options in groupby(offered, lambda one: one["text"]["text"][0].upper())
        ]
    is_too_long = len(json.dumps(menu, separators=(",", ":"))) > MOST_MENU_CHARACTERS
    return searched_select(PLACEHOLDER, ActionId.ASSIGN) if is_too_long else menu


def _scopes(opportunity: Opportunity) -> list[Block]:
    resource = opportunity.resource
    if not resource.namespace or opportunity.team != UNKNOWN_TEAM:
        return []
    name, namespace = text.plain(resource.name, 40), text.plain(resource.namespace, 35)
    options = [
        option(f"Only {name} ({resource.kind})", AssignmentScope.RESOURCE),
        option(
            f"Everything in namespace {namespace} that nobody owns",
            AssignmentScope.NAMESPACE,
            description="Now and later. What has an owner by label, map or file keeps it.",
        ),
    ]
    return [
        {
            "type": "input",
            "block_id": BlockId.ASSIGN_SCOPE.value,
            "label": plain_text("How far does it reach?"),
            "element": {
                "type": "radio_buttons",
                "action_id": ActionId.ASSIGN_SCOPE.value,
                "options": options,
                "initial_option": options[0],
            },
        }
    ]
