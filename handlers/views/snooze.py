"""How long a proposal stays aside: committed, then the modal closes."""

from handlers.actions.decide import decider, snooze_days
from handlers.context import HandlerContext
from handlers.home import publish_home
from handlers.ids import ActionId, BlockId
from handlers.interaction import FROM_HOME, Interaction
from handlers.reference import read_reference
from handlers.views.deny import entered_reason


def snooze(context: HandlerContext, interaction: Interaction) -> None:
    """Put aside the revision the form was opened for. A refusal shows in the form."""
    shown = read_reference(str(interaction.view["private_metadata"]), instance=context.instance)
    values = interaction.view["state"]["values"]
    chosen = values[BlockId.SNOOZE_FOR][ActionId.SNOOZE_FOR]["selected_option"]["value"]
    seen = context.engine.ledger.get(shown.opportunity_id)
    context.engine.snooze(
        seen,
        revision=shown.revision,
        actor=decider(context, interaction, seen),
        days=snooze_days(str(chosen), context.engine.now()),
        reason=entered_reason(values),
    )
    interaction.close_form()
    if shown.choice == FROM_HOME:
        publish_home(context, interaction)
