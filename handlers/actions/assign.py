"""The Assign menu of a card that nobody owns."""

from finops.domain.people import Actor
from finops.engine.teams_meant import team_called
from handlers.blocks.assign import assign_modal, reference_in, team_options
from handlers.context import HandlerContext
from handlers.interaction import Interaction
from handlers.reference import read_reference


def open_assign_form(context: HandlerContext, interaction: Interaction) -> None:
    """Ask how far it reaches; before the ack, because the trigger lives three seconds."""
    shown = read_reference(reference_in(interaction.block), instance=context.instance)
    team = team_called(context.engine.directory, interaction.value)
    record = context.engine.ledger.get(shown.opportunity_id)
    form = assign_modal(record, team, instance=context.instance, currency=context.engine.currency)
    interaction.open_view(form)
    interaction.ack()


def search_team(context: HandlerContext, interaction: Interaction) -> None:
    """The teams that match what was typed so far."""
    teams = [team.name for team in context.engine.directory.teams]
    interaction.ack(options=team_options(teams, str(interaction.body.get("value") or "")))


def assigner(
    context: HandlerContext, interaction: Interaction, opportunity_id: str, team: str
) -> Actor:
    """The person, with every group that matters for who may assign and what they gain by it."""
    directory = context.engine.directory
    owning = context.engine.ledger.get(opportunity_id).opportunity.team
    groups = (
        *directory.default_approvers.user_groups,
        *directory.approvers_of(owning).user_groups,
        *directory.approvers_of(team).user_groups,
    )
    return context.membership.actor_in(interaction.body, groups)
