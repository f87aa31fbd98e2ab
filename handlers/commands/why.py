"""`/finops why ID`: the evidence at once as text, and as a page with its picture in a message."""

import re

from finops.domain.errors import InvalidInput
from handlers.blocks.evidence import evidence_message
from handlers.context import HandlerContext
from handlers.ids import COMMAND
from handlers.interaction import Interaction

PICTURE_COMES = "The same with a picture comes as a direct message, to keep and to forward."


def why(context: HandlerContext, interaction: Interaction, rest: str) -> None:
    """Answer with the chain; the worker draws its picture."""
    opportunity_id = rest.strip("`'\" ").lower()
    if not re.fullmatch(r"[\w-]{1,60}", opportunity_id):
        raise InvalidInput(f"Name one: {COMMAND} why op-0123456789. The list has the ids.")
    chain = context.engine.evidence(opportunity_id)
    context.engine.request_evidence(opportunity_id, user=interaction.user)
    words, blocks = evidence_message(chain, note=PICTURE_COMES)
    interaction.ack(text=words, blocks=blocks)
