"""Clicks that only look: why, the pages of a list, Home, and asking for a scan."""

from finops.domain.people import Actor
from handlers.blocks.elements import Block
from handlers.blocks.why import why_modal
from handlers.commands.listing import list_page
from handlers.context import HandlerContext
from handlers.home import publish_home
from handlers.interaction import Interaction
from handlers.kept_pictures import WIDE, kept_picture
from handlers.reference import read_list_query, read_reference

SCAN_ASKED = "Looking at every cluster now. New waste shows up in its team's channel."
SCAN_WAITS = "A scan is already waiting to start; nothing was added."


def why(context: HandlerContext, interaction: Interaction) -> None:
    """Open evidence, guardrails and history of what the button names, as it is now."""
    open_why(context, interaction)


def open_why(
    context: HandlerContext, interaction: Interaction, *, with_controls: bool = False
) -> None:
    """The same, with the buttons of a card where there is no card."""
    interaction.open_view(_why_view(context, interaction, with_controls=with_controls))
    interaction.ack()


def show_why(context: HandlerContext, interaction: Interaction) -> None:
    """Show a modal anew in which something was decided. After the ack: it calls Slack."""
    view = _why_view(context, interaction, with_controls=True)
    interaction.client.views_update(view_id=interaction.view["id"], view=view)


def _why_view(context: HandlerContext, interaction: Interaction, *, with_controls: bool) -> Block:
    shown = read_reference(interaction.value, instance=context.instance)
    engine = context.engine
    record = engine.ledger.get(shown.opportunity_id)
    return why_modal(
        record,
        guardrails=engine.check(shown.opportunity_id).reasons,
        history=engine.ledger.history_of(shown.opportunity_id),
        chart=kept_picture(engine, record, WIDE),
        instance=context.instance if with_controls else "",
        currency=engine.currency,
    )


def turn_page(context: HandlerContext, interaction: Interaction) -> None:
    """Show another page in the place of this one."""
    query = read_list_query(interaction.value, instance=context.instance)
    text, blocks = list_page(context, query)
    interaction.ack()
    interaction.replace_message(text, blocks)


def refresh_home(context: HandlerContext, interaction: Interaction) -> None:
    """Publish the Home tab anew."""
    interaction.ack()
    publish_home(context, interaction)


def scan(context: HandlerContext, interaction: Interaction) -> None:
    """Ask for a cycle, and say on the Home tab that it was asked for."""
    asked = context.engine.request_scan(actor=Actor(interaction.user))
    interaction.ack()
    publish_home(context, interaction, notice=SCAN_ASKED if asked else SCAN_WAITS)
