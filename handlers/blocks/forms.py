"""Modals that ask or tell: the reason of a denial, and a notice."""

from typing import Any

from finops.domain.opportunity import OpportunityRecord
from handlers.blocks import text
from handlers.blocks.elements import Block, modal, plain_text, section
from handlers.blocks.proposal import headline
from handlers.ids import ActionId, BlockId, ViewId
from handlers.reference import Reference

MAX_REASON_CHARACTERS = 500


def deny_modal(record: OpportunityRecord, *, instance: str, origin: str = "") -> Block:
    """Asks for the reason; `private_metadata` says which revision was on the screen, and where."""
    opportunity = record.opportunity
    reason: Block = {
        "type": "input",
        "block_id": BlockId.REASON.value,
        "label": plain_text("Why not?"),
        "hint": plain_text("The team reads it, and this proposal does not come back unchanged."),
        "element": {
            "type": "plain_text_input",
            "action_id": ActionId.REASON.value,
            "multiline": True,
            "max_length": MAX_REASON_CHARACTERS,
            "focus_on_load": True,
            "placeholder": plain_text("Peak load in December needs this headroom"),
        },
    }
    return modal(
        "Deny this proposal",
        [section(headline(opportunity)), reason],
        callback_id=ViewId.DENY,
        submit=plain_text("Deny"),
        private_metadata=str(Reference(instance, opportunity.id, opportunity.revision, origin)),
    )


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
