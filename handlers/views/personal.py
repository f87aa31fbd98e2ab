"""What a person has chosen for themselves, kept."""

from typing import Any

from finops.domain.errors import InvalidInput, Refused
from finops.domain.people import Actor, Preferences
from handlers.blocks.home import Role
from handlers.context import HandlerContext
from handlers.home import publish_home
from handlers.ids import ActionId, BlockId
from handlers.interaction import FROM_HOME, Interaction


def personal(context: HandlerContext, interaction: Interaction) -> None:
    """Keep the choice; what is wrong is said at its input."""
    values: dict[str, Any] = interaction.view["state"]["values"]
    wanted = values[BlockId.WANTS_MESSAGES][ActionId.WANTS_MESSAGES]["selected_option"]["value"]
    zone = str(values[BlockId.TIME_ZONE][ActionId.TIME_ZONE].get("value") or "").strip()
    view = values[BlockId.HOME_VIEW][ActionId.HOME_VIEW]["selected_option"]["value"]
    chosen = Preferences(wanted == "yes", zone, view if view in set(Role) else "")
    actor = Actor(interaction.user)
    login = values.get(BlockId.LOGIN.value)  # not asked where the configuration file says it
    try:
        if login is not None:
            said = str(login[ActionId.LOGIN].get("value") or "").strip().removeprefix("@")
            context.engine.state_login(said, actor=actor)
    except Refused as error:
        interaction.ack(response_action="errors", errors={BlockId.LOGIN.value: str(error)})
        return
    try:
        context.engine.choose(chosen, actor=actor)
    except InvalidInput as error:
        interaction.ack(response_action="errors", errors={BlockId.TIME_ZONE.value: str(error)})
        return
    interaction.ack()
    if interaction.view.get("private_metadata") == FROM_HOME:
        publish_home(context, interaction)
