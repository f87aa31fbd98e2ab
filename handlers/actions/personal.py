"""What people choose for themselves: their messages, and the end of a mute."""

from dataclasses import replace

from finops.domain.people import Actor
from handlers.blocks.personal import personal_modal
from handlers.context import HandlerContext, deciders_of
from handlers.home import publish_home
from handlers.interaction import Interaction
from handlers.reference import read_reference

STOPPED = (
    "You get no daily messages any more. The Home tab of this app has them again, in the menu "
    "beside Refresh."
)


def open_personal(context: HandlerContext, interaction: Interaction) -> None:
    """Show the form as it stands."""
    user, engine = interaction.user, context.engine
    form = personal_modal(
        engine.preferences(user),
        login=engine.login_of(user),
        is_login_locked=engine.is_login_locked(user),
        origin=interaction.origin,
    )
    interaction.open_view(form)
    interaction.ack()


def stop_messages(context: HandlerContext, interaction: Interaction) -> None:
    """No daily messages any more; the rest stays."""
    chosen = context.engine.preferences(interaction.user)
    wanted = replace(chosen, wants_messages=False)
    context.engine.choose(wanted, actor=Actor(interaction.user))
    interaction.ack()
    interaction.tell(STOPPED)


def unmute(context: HandlerContext, interaction: Interaction) -> None:
    """End a mute of one of the person's teams."""
    shown = read_reference(interaction.value, instance=context.instance)
    mutes = [mute for mute in context.engine.mutes() if str(mute.id) == shown.opportunity_id]
    team = mutes[0].scope.team if mutes else ""
    deciders = deciders_of(context.engine.directory, team)
    actor = context.membership.actor_of(interaction.body, deciders)
    number = int(shown.opportunity_id) if shown.opportunity_id.isdecimal() else 0
    context.engine.unmute(number, actor=actor)
    interaction.ack()
    publish_home(context, interaction)
