"""A mute after a denial: named, with its reach and its end, then the modal says so."""

from typing import Any

from finops.domain.errors import InvalidInput
from finops.domain.mutes import MuteReach
from handlers.actions.decide import decider
from handlers.blocks import text
from handlers.blocks.forms import notice_modal
from handlers.context import HandlerContext
from handlers.ids import ActionId, BlockId
from handlers.interaction import Interaction
from handlers.reference import read_reference


def mute(context: HandlerContext, interaction: Interaction) -> None:
    """Write the mute the form describes; it can be ended on the Home tab."""
    shown = read_reference(str(interaction.view["private_metadata"]), instance=context.instance)
    values = interaction.view["state"]["values"]
    name = str(values[BlockId.MUTE_NAME][ActionId.MUTE_NAME].get("value") or "")
    seen = context.engine.ledger.get(shown.opportunity_id)
    try:
        made = context.engine.mute(
            shown.opportunity_id,
            name=name,
            reach=MuteReach(_chosen(values, BlockId.MUTE_REACH, ActionId.MUTE_REACH)),
            days=int(_chosen(values, BlockId.MUTE_DAYS, ActionId.MUTE_DAYS)),
            actor=decider(context, interaction, seen),
        )
    except InvalidInput as error:
        interaction.ack(response_action="errors", errors={BlockId.MUTE_NAME.value: str(error)})
        return
    until = text.date(made.expires_at)
    words = f"Muted until {until}: {text.bold(text.safe(made.name, 100))}. It ends by itself; the "
    view = notice_modal(f"{words}Home tab of this app lists it, with a button to end it earlier.")
    interaction.ack(response_action="update", view=view)


def _chosen(values: dict[str, Any], block: str, action: str) -> str:
    return str(values[block][action]["selected_option"]["value"])
