"""The reason of a denial: checked, committed, then the modal closes."""

from handlers.actions.decide import FROM_HOME, decider
from handlers.context import HandlerContext
from handlers.home import publish_home
from handlers.ids import ActionId, BlockId
from handlers.interaction import Interaction
from handlers.reference import read_reference

REASON_MISSING = "Write a few words: they keep this proposal from coming back unchanged."


def deny(context: HandlerContext, interaction: Interaction) -> None:
    """Decline the revision the form was opened for. A refusal shows in the form."""
    shown = read_reference(str(interaction.view["private_metadata"]), instance=context.instance)
    entered = interaction.view["state"]["values"][BlockId.REASON][ActionId.REASON]
    reason = str(entered.get("value") or "").strip()
    if not reason:
        interaction.ack(response_action="errors", errors={BlockId.REASON.value: REASON_MISSING})
        return
    context.engine.deny(
        shown.opportunity_id,
        revision=shown.revision,
        actor=decider(context, interaction, shown),
        reason=reason,
    )
    interaction.ack()
    if shown.choice == FROM_HOME:
        publish_home(context, interaction)
