"""Somebody looks at this app's Home tab. Bolt acknowledges events before the listener runs."""

from handlers.context import HandlerContext
from handlers.home import publish_home
from handlers.interaction import Interaction


def app_home_opened(context: HandlerContext, interaction: Interaction) -> None:
    """Publish the tab; the event also comes for the Messages tab, which shows nothing of ours."""
    if interaction.body["event"].get("tab", "home") == "home":
        publish_home(context, interaction)
