"""What a person has chosen for themselves, kept."""

from typing import Any

from finops.domain.errors import InvalidFields
from finops.domain.people import Actor, Preferences
from handlers.blocks.home import Role
from handlers.context import HandlerContext
from handlers.home import publish_home
from handlers.ids import ActionId, BlockId
from handlers.interaction import FROM_HOME, Interaction

# The input of each thing that can be wrong.
_INPUTS = {"time_zone": BlockId.TIME_ZONE.value, "login": BlockId.LOGIN.value}


def personal(context: HandlerContext, interaction: Interaction) -> None:
    """Keep all of it, or nothing: whatever is wrong is said at its input."""
    chosen, login = _entered(interaction.view["state"]["values"])
    try:
        context.engine.choose(chosen, actor=Actor(interaction.user), login=login)
    except InvalidFields as error:
        errors = {_INPUTS[name]: problem for name, problem in error.problems.items()}
        interaction.ack(response_action="errors", errors=errors)
        return
    interaction.ack()
    if interaction.view.get("private_metadata") == FROM_HOME:
        publish_home(context, interaction)


def _entered(values: dict[str, Any]) -> tuple[Preferences, str | None]:
    """What stands in the form; the login is None where the configuration file says it."""
    wanted = values[BlockId.WANTS_MESSAGES][ActionId.WANTS_MESSAGES]["selected_option"]["value"]
    zone = str(values[BlockId.TIME_ZONE][ActionId.TIME_ZONE].get("value") or "").strip()
    view = values[BlockId.HOME_VIEW][ActionId.HOME_VIEW]["selected_option"]["value"]
    chosen = Preferences(wanted == "yes", zone, view if view in set(Role) else "")
    asked = values.get(BlockId.LOGIN.value)
    if asked is None:
        return chosen, None
    return chosen, str(asked[ActionId.LOGIN].get("value") or "").strip().removeprefix("@")
