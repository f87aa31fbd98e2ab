"""Gathers what one person's Home tab shows, and publishes it."""

from finops.domain.errors import NotPermitted
from finops.domain.lifecycle import Status
from finops.domain.people import Actor, Approvers
from handlers.blocks.home import HomeContent, home_view
from handlers.context import HandlerContext, deciders_of
from handlers.interaction import Interaction


def publish_home(context: HandlerContext, interaction: Interaction, *, notice: str = "") -> None:
    """Render and publish. Calls Slack: after the ack, or for an event, which needs none."""
    view = home_view(home_content(context, interaction, notice=notice), instance=context.instance)
    interaction.client.views_publish(user_id=interaction.user, view=view)


def home_content(
    context: HandlerContext, interaction: Interaction, *, notice: str = ""
) -> HomeContent:
    """What waits for this person's teams, the totals, and how fresh they are."""
    engine = context.engine
    actor = _actor(context, interaction)
    waiting = engine.ledger.find(statuses=[Status.NOTIFIED], limit=500)
    names = {r.opportunity.team for r in waiting} | {t.name for t in engine.directory.teams}
    teams = {name for name in names if actor.is_among(deciders_of(engine.directory, name))}
    return HomeContent(
        waiting=[record for record in waiting if record.opportunity.team in teams],
        teams=sorted(teams),
        summary=engine.savings(),
        freshness=engine.freshness(),
        notice=notice,
    )


def _actor(context: HandlerContext, interaction: Interaction) -> Actor:
    """The person with all configured groups; without them when Slack cannot be asked.

    Nothing is permitted here, so an unknown membership only leaves something off the page.
    """
    directory = context.engine.directory
    groups = [*directory.default_approvers.user_groups]
    groups += [group for team in directory.teams for group in team.approvers.user_groups]
    try:
        return context.membership.actor_of(
            interaction.body, Approvers(user_groups=tuple(dict.fromkeys(groups)))
        )
    except NotPermitted:
        return Actor(interaction.user)
