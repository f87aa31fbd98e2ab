"""`/finops settings`: for platform engineers the setup, for everybody else their own messages."""

from finops.domain.errors import NotPermitted
from handlers.actions.setup import open_setup
from handlers.blocks.elements import actions, button, section
from handlers.context import HandlerContext
from handlers.errors import sentence_of
from handlers.ids import ActionId
from handlers.interaction import Interaction


def settings(context: HandlerContext, interaction: Interaction, _rest: str) -> None:
    """Open the setup; who may not is told who may, with a way to what is theirs."""
    try:
        open_setup(context, interaction)
    except NotPermitted as error:
        said = sentence_of(error)
        own = button("Your Settings", ActionId.PERSONAL, value="messages")
        interaction.ack(text=said, blocks=[section(said), actions("settings:own", [own])])
