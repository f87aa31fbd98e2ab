"""Blocks and views also agree with Slack's own types (`@slack/types`, as a JSON Schema).

The sandbox's rules are ours; these are Slack's. They know no lengths, and no `data_visualization`.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from finops.domain.lifecycle import Status
from finops.domain.mutes import MuteReach
from finops.domain.opportunity import Approval, OpportunityRecord, WasteKind
from finops.domain.people import Preferences
from finops.engine.muting import MutePreview
from handlers.blocks.assign import assign_modal
from handlers.blocks.card import Around, card
from handlers.blocks.digest import Picture
from handlers.blocks.direct import note, owner_message
from handlers.blocks.edit import edit_modal
from handlers.blocks.forms import deny_modal, notice_modal, snooze_modal, with_notice
from handlers.blocks.help import help_blocks
from handlers.blocks.home import HomeContent, Role, home_view
from handlers.blocks.mute import mute_modal
from handlers.blocks.personal import personal_modal
from handlers.blocks.plan import plan_message
from handlers.blocks.why import why_modal
from tests.handlers.bases import cpu_basis
from tests.handlers.blocks.hostile import summary
from tests.handlers.blocks.test_plan import plan_of
from tests.handlers.builders import INSTANCE, NOW, PRIYA, reasons, record

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "slack_schema" / "blockkit.types.schema.json").read_text()
)
PICTURE = Picture("F0123456789", "Bars")


def validator(name: str) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(SCHEMA | {"$ref": f"#/definitions/{name}"})


BLOCK, VIEW = validator("KnownBlock"), validator("View")


def editable(status: Status = Status.NOTIFIED, **changed: Any) -> OpportunityRecord:
    return record(status, basis=cpu_basis(), **changed)


def assert_blocks(blocks: list[dict[str, Any]]) -> None:
    for block in blocks:
        BLOCK.validate(block)


@pytest.mark.parametrize("kind", WasteKind)
@pytest.mark.parametrize("status", Status)
def test_cards(status: Status, kind: WasteKind) -> None:
    around = Around(
        guardrails=reasons("Outside."),
        approvals=(Approval(PRIYA, NOW),),
        approvals_needed=2,
        teams=("a", "b"),
        thumbnail=PICTURE,
    )
    assert_blocks(card(record(status, kind=kind), instance=INSTANCE, around=around).blocks)


def test_messages() -> None:
    three = [editable(id=f"op-{n:010d}") for n in range(12)]

    assert_blocks(plan_message(plan_of(three), instance=INSTANCE)[1])
    assert_blocks(plan_message(plan_of(three, is_newest=False), instance=INSTANCE)[1])
    assert_blocks(owner_message(three, streak=3)[1])
    assert_blocks(note(actor=PRIYA, event="edited", sentence="300m.")[1])
    assert_blocks(help_blocks())


@pytest.mark.parametrize("role", Role)
def test_home(role: Role) -> None:
    waiting = [editable(id=f"op-{n:010d}") for n in range(5)]
    content = HomeContent(
        waiting=waiting, teams=["a"], summary=summary("a"), freshness=[], role=role
    )
    VIEW.validate(home_view(content, instance=INSTANCE))


def test_modals() -> None:
    known = editable()
    previews = {reach: MutePreview(2, ("a", "b")) for reach in MuteReach}
    unowned = replace(known, opportunity=replace(known.opportunity, team="unknown"))
    plain: dict[str, Any] = {"instance": INSTANCE}

    for view in (
        why_modal(known, guardrails=reasons("x"), history=[], chart=PICTURE, instance=INSTANCE),
        edit_modal(known, **plain),
        edit_modal(known, problem="No.", **plain),
        deny_modal(known, **plain),
        with_notice(deny_modal(known, **plain), "No."),
        snooze_modal(known, **plain),
        mute_modal(known, previews, **plain),
        personal_modal(Preferences(False, "Europe/Berlin"), login="dana", is_login_locked=False),
        personal_modal(Preferences(), login="dana", is_login_locked=True),
        assign_modal(unowned, "shop", **plain),
        notice_modal("No."),
    ):
        VIEW.validate(view)


def test_the_schema_refuses_what_slack_would() -> None:
    wrong = {"type": "header", "text": {"type": "mrkdwn", "text": "*no*"}}

    with pytest.raises(jsonschema.ValidationError):
        BLOCK.validate(wrong)
