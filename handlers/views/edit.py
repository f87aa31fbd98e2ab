"""Another value for a proposal: checked, committed as a new revision, then the modal closes."""

from finops.domain.errors import InvalidInput
from finops.rightsizing.edited import read_value
from handlers.actions.decide import decider, shown_record, typed_value
from handlers.context import HandlerContext
from handlers.home import publish_home
from handlers.ids import BlockId
from handlers.interaction import FROM_HOME, Interaction
from handlers.reference import read_reference


def edit(context: HandlerContext, interaction: Interaction) -> None:
    """Set what was typed. What may not be set is said at the input, with what may."""
    shown = read_reference(str(interaction.view["private_metadata"]), instance=context.instance)
    record = shown_record(context, shown)
    actor = decider(context, interaction, record)
    try:
        value = read_value(record.opportunity.changes[0].setting, typed_value(interaction.view))
        context.engine.edit(record, revision=shown.revision, actor=actor, value=value)
    except InvalidInput as error:
        interaction.ack(response_action="errors", errors={BlockId.EDIT_VALUE.value: str(error)})
        return
    interaction.close_form()
    if shown.choice == FROM_HOME:
        publish_home(context, interaction)
