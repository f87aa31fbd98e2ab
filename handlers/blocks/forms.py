"""Modals that ask or tell: the reason of a denial, how long to snooze, and a notice."""

from typing import Any

from finops.domain.currency import DOLLARS, Currency
from finops.domain.mutes import DenyReason
from finops.domain.opportunity import OpportunityRecord
from handlers.blocks import text
from handlers.blocks.elements import (
    Block,
    asked,
    modal,
    option,
    plain_text,
    radio_buttons,
    section,
    select,
)
from handlers.blocks.proposal import headline
from handlers.ids import ActionId, BlockId, SnoozeFor, ViewId
from handlers.reference import Reference

MAX_REASON_CHARACTERS = 500
_SNOOZES = (
    ("1 day", SnoozeFor.DAY),
    ("1 week", SnoozeFor.WEEK),
    ("Until the month ends", SnoozeFor.MONTH_END),
)


def deny_modal(
    record: OpportunityRecord, *, instance: str, origin: str = "", currency: Currency = DOLLARS
) -> Block:
    """Asks for the reason; `private_metadata` says which revision was on the screen, and where."""
    opportunity = record.opportunity
    classes = [(one.words, one.value) for one in DenyReason]
    why = asked(
        "Why not?",
        select("Choose a reason", ActionId.REASON_CLASS, classes),
        block_id=BlockId.REASON_CLASS,
        hint="The bot learns from it: this proposal does not come back unchanged.",
    )
    words = asked(
        "In your words",
        _reason_input("Peak load in December needs this headroom"),
        block_id=BlockId.REASON,
        hint="The team reads it. Needed for “Something else”.",
        optional=True,
    )
    return modal(
        "Deny this proposal",
        [section(headline(opportunity, currency=currency)), why, words],
        callback_id=ViewId.DENY,
        submit=plain_text("Deny"),
        private_metadata=str(Reference(instance, opportunity.id, opportunity.revision, origin)),
    )


def snooze_modal(
    record: OpportunityRecord, *, instance: str, origin: str = "", currency: Currency = DOLLARS
) -> Block:
    """Asks for how long, and, for the team, why."""
    opportunity = record.opportunity
    choices = [option(label, choice.value) for label, choice in _SNOOZES]
    how_long = asked(
        "For how long?",
        radio_buttons(ActionId.SNOOZE_FOR, choices),
        block_id=BlockId.SNOOZE_FOR,
    )
    words = asked(
        "Why",
        _reason_input("After the release on Thursday"),
        block_id=BlockId.REASON,
        optional=True,
    )
    return modal(
        "Snooze this proposal",
        [section(headline(opportunity, currency=currency)), how_long, words],
        callback_id=ViewId.SNOOZE,
        submit=plain_text("Snooze"),
        private_metadata=str(Reference(instance, opportunity.id, opportunity.revision, origin)),
    )


def _reason_input(example: str) -> Block:
    return {
        "type": "plain_text_input",
        "action_id": ActionId.REASON.value,
        "multiline": True,
        "max_length": MAX_REASON_CHARACTERS,
        "placeholder": plain_text(example),
    }


def notice_modal(sentence: str) -> Block:
    """One sentence, for places without a channel to answer in. `sentence` is safe mrkdwn."""
    return modal("finops-bot", [section(sentence)], callback_id=ViewId.NOTICE)


def with_notice(view: dict[str, Any], sentence: str) -> Block:
    """An open modal with a sentence on top; Slack keeps the input while its ids stay the same."""
    kept = ("type", "title", "submit", "close", "callback_id", "private_metadata")
    blocks = [b for b in view["blocks"] if b.get("block_id") != BlockId.NOTICE]
    said = section(text.bold("Nothing was changed") + f"\n{sentence}", block_id=BlockId.NOTICE)
    shown = {name: view[name] for name in kept if view.get(name)}
    return {**shown, "blocks": [said, *blocks]}
