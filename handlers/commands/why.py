"""`/finops why ID`: the evidence at once as text, and as a page with its picture in a message."""

from handlers.blocks.evidence import evidence_message
from handlers.commands.which import named
from handlers.context import HandlerContext
from handlers.ids import COMMAND
from handlers.interaction import Interaction

_USAGE = f"Name one: {COMMAND} why op-0123456789. The list has the ids."
PICTURE_COMES = "The same with a picture comes as a direct message, to keep and to forward."


def why(context: HandlerContext, interaction: Interaction, rest: str) -> None:
    """Answer with the chain; the worker draws its picture."""
    opportunity_id = named(context, rest, usage=_USAGE).id
    chain = context.engine.evidence(opportunity_id)
    context.engine.request_evidence(opportunity_id, user=interaction.user)
    words, blocks = evidence_message(chain, note=PICTURE_COMES)
    interaction.ack(text=words, blocks=blocks)
