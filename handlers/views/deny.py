"""The reason of a denial: checked, committed, then the modal closes or offers what follows."""

from typing import Any

from finops.domain.lifecycle import Status
from finops.domain.mutes import DenyReason, MuteReach
from finops.domain.opportunity import OpportunityRecord
from finops.engine.muting import MutePreview
from handlers.actions.decide import decider
from handlers.blocks.forms import notice_modal
from handlers.blocks.mute import mute_modal
from handlers.context import HandlerContext
from handlers.home import publish_home
from handlers.ids import COMMAND, ActionId, BlockId
from handlers.interaction import FROM_HOME, Interaction
from handlers.reference import read_reference

REASON_MISSING = "Write a few words: they keep this proposal from coming back unchanged."


def deny(context: HandlerContext, interaction: Interaction) -> None:
    """Decline the revision the form was opened for. A refusal shows in the form."""
    shown = read_reference(str(interaction.view["private_metadata"]), instance=context.instance)
    values = interaction.view["state"]["values"]
    reason_class, reason = _class_of(values), entered_reason(values)
    if not reason and reason_class is DenyReason.OTHER:
        interaction.ack(response_action="errors", errors={BlockId.REASON.value: REASON_MISSING})
        return
    seen = context.engine.ledger.get(shown.opportunity_id)
    denied = context.engine.deny(
        seen,
        revision=shown.revision,
        actor=decider(context, interaction, seen),
        reason=reason,
        reason_class=reason_class,
    )
    _answer(context, interaction, denied, reason_class)
    if shown.choice == FROM_HOME:
        publish_home(context, interaction)


def entered_reason(values: dict[str, Any]) -> str:
    """The words of a form."""
    entered = values.get(BlockId.REASON, {}).get(ActionId.REASON, {})
    return str(entered.get("value") or "").strip()


def _class_of(values: dict[str, Any]) -> DenyReason:
    """The chosen class; a form of an older version has none."""
    element = values.get(BlockId.REASON_CLASS, {}).get(ActionId.REASON_CLASS, {})
    chosen = (element.get("selected_option") or {}).get("value", "")
    return DenyReason(chosen) if chosen in set(DenyReason) else DenyReason.OTHER


def _answer(
    context: HandlerContext,
    interaction: Interaction,
    denied: OpportunityRecord,
    reason_class: DenyReason,
) -> None:
    """What the class calls for: a mute where alike proposals exist, else where to mend it."""
    mending = {
        DenyReason.WRONG_DATA: f"Denied. `{COMMAND} show {denied.id}` names where each figure was "
        "read; mend it there, and the next cycle judges anew.",
        DenyReason.NOT_OURS: f"Denied. `{COMMAND} assign {denied.id} TEAM` says whose it is, also "
        "for the next cycles.",
    }
    if reason_class in mending:
        view = notice_modal(mending[reason_class])
    elif denied.status is Status.DENIED and (previews := _previews(context, denied)):
        view = mute_modal(denied, previews, instance=context.instance)
    else:
        interaction.close_form()
        return
    interaction.ack(response_action="update", view=view)


def _previews(context: HandlerContext, denied: OpportunityRecord) -> dict[MuteReach, MutePreview]:
    """Every reach that hides something else, too; empty where the denial alone is enough."""
    in_namespace = bool(denied.opportunity.resource.namespace)
    reaches = [reach for reach in MuteReach if in_namespace or reach is not MuteReach.NAMESPACE]
    found = {reach: context.engine.mute_preview(denied.id, reach) for reach in reaches}
    return found if max(one.count for one in found.values()) > 1 else {}
