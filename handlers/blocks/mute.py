"""After a no: shall alike proposals stay away for a while? With what that would have hidden."""

from collections.abc import Mapping

from finops.domain.mutes import MuteReach
from finops.domain.opportunity import OpportunityRecord
from finops.engine.muting import MAX_NAME_CHARACTERS, PREVIEW_DAYS, MutePreview
from handlers.blocks import text
from handlers.blocks.elements import (
    Block,
    asked,
    context,
    modal,
    option,
    plain_text,
    radio_buttons,
    section,
)
from handlers.ids import ActionId, BlockId, ViewId
from handlers.reference import Reference

_DAYS = (("30 days", 30), ("90 days", 90), ("180 days", 180))


def mute_modal(
    record: OpportunityRecord, previews: Mapping[MuteReach, MutePreview], *, instance: str
) -> Block:
    """Offer each reach of `previews`, the widest example named."""
    opportunity = record.opportunity
    widest = max(previews.values(), key=lambda one: one.count)
    reaches = [
        option(_reach_words(record, reach), reach.value, description=_hidden(preview))
        for reach, preview in previews.items()
    ]
    days = [option(label, str(number)) for label, number in _DAYS]
    name: Block = {
        "type": "plain_text_input",
        "action_id": ActionId.MUTE_NAME.value,
        "initial_value": _suggested_name(record),
        "max_length": MAX_NAME_CHARACTERS,
    }
    return modal(
        "Mute similar ones?",
        [
            section(
                "*Denied.* It does not come back unchanged. Should similar ones stay away too?"
            ),
            asked(
                "Which ones?",
                radio_buttons(ActionId.MUTE_REACH, reaches),
                block_id=BlockId.MUTE_REACH,
            ),
            context(_examples(widest)),
            asked(
                "For how long?", radio_buttons(ActionId.MUTE_DAYS, days), block_id=BlockId.MUTE_DAYS
            ),
            asked("Name", name, block_id=BlockId.MUTE_NAME, hint="Shown on the Home tab."),
        ],
        callback_id=ViewId.MUTE,
        submit=plain_text("Mute"),
        private_metadata=str(Reference(instance, opportunity.id, opportunity.revision)),
    ) | {"close": plain_text("No, Thanks")}


def _reach_words(record: OpportunityRecord, reach: MuteReach) -> str:
    opportunity = record.opportunity
    kind, team = opportunity.kind.words, text.plain(opportunity.team, 25)
    if reach is MuteReach.RESOURCE:
        return text.plain(f"Only {opportunity.resource.label}", 75)
    if reach is MuteReach.NAMESPACE:
        namespace = text.plain(opportunity.resource.namespace, 30)
        return f"{kind[:1].upper()}{kind[1:]} in {namespace}"
    return f"All {kind} of team {team}"


def _hidden(preview: MutePreview) -> str:
    return f"Would have hidden {preview.count:,} in the last {PREVIEW_DAYS} days"


def _examples(preview: MutePreview) -> str:
    names = ", ".join(text.safe(name, 80) for name in preview.examples)
    left = preview.count - len(preview.examples)
    more = f" and {left:,} more" if left > 0 else ""
    return f"At its widest it would have hidden {names}{more}. Muted ones stay in `/finops list`."


def _suggested_name(record: OpportunityRecord) -> str:
    opportunity = record.opportunity
    where = opportunity.resource.namespace or opportunity.team
    return text.plain(f"{opportunity.kind.words} in {where}", MAX_NAME_CHARACTERS)
