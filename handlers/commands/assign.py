"""`/finops assign ID team`: give an opportunity's resource to a team, or take that back."""

from finops.domain.assignments import AssignmentScope
from finops.domain.errors import InvalidInput
from finops.engine.assigning import Assigned
from finops.engine.teams_meant import team_called
from handlers.actions.assign import assigner
from handlers.blocks import text
from handlers.commands.listing import team_of
from handlers.commands.which import named
from handlers.context import HandlerContext
from handlers.ids import COMMAND
from handlers.interaction import Interaction

NOBODY = "nobody"
_USAGE = f"Say which and whose: {COMMAND} assign op-0123456789 shop, or {NOBODY} to take it back."


def assign(context: HandlerContext, interaction: Interaction, rest: str) -> None:
    """Assign the one resource; the answer says what it was before and where its card goes."""
    word, _, words = rest.partition(" ")
    team = team_of(words)
    if not team:
        raise InvalidInput(_USAGE)
    opportunity_id = named(context, word, usage=_USAGE).id
    if team.lower() == NOBODY:
        actor = assigner(context, interaction, opportunity_id, "")
        record = context.engine.unassign(opportunity_id, actor=actor)
        label = text.safe(record.opportunity.resource.label, 200)
        interaction.ack(text=f"Taken back. The next cycle asks the other rules whose {label} is.")
        return
    name = team_called(context.engine.directory, team)
    done = context.engine.assign(
        opportunity_id,
        team=name,
        scope=AssignmentScope.RESOURCE,
        actor=assigner(context, interaction, opportunity_id, name),
    )
    interaction.ack(text=_answer(context, done))


def _answer(context: HandlerContext, done: Assigned) -> str:
    label = text.safe(done.record.opportunity.resource.label, 200)
    owner = f"{label} is team {text.safe(done.team, 100)}'s, for the next cycles too."
    contact = context.engine.directory.contact_of(done.team)
    if not done.moved:
        return f"{owner} No waiting card had to move."
    where = text.channel(contact.channel) if contact.channel else text.person(contact.person)
    return f"{owner} {text.count(done.moved, 'card')} moved to {where}."
