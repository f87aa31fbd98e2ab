"""`/finops assign ID team`: give an opportunity's resource to a team, or take that back."""

import difflib
import re

from finops.domain.assignments import AssignmentScope
from finops.domain.errors import InvalidInput
from finops.domain.lifecycle import CLOSED, Status
from finops.engine.assigning import Assigned, team_called
from handlers.actions.assign import assigner
from handlers.blocks import text
from handlers.commands.listing import team_of
from handlers.context import HandlerContext
from handlers.ids import COMMAND
from handlers.interaction import Interaction

NOBODY = "nobody"
_USAGE = f"Say which and whose: {COMMAND} assign op-0123456789 shop, or {NOBODY} to take it back."


def assign(context: HandlerContext, interaction: Interaction, rest: str) -> None:
    """Assign the one resource; the answer says what it was before and where its card goes."""
    word, _, words = rest.partition(" ")
    opportunity_id, team = word.strip("`'\"").lower(), team_of(words)
    if not re.fullmatch(r"[\w-]{1,60}", opportunity_id) or not team:
        raise InvalidInput(_USAGE)
    _require_known(context, opportunity_id)
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


def _require_known(context: HandlerContext, opportunity_id: str) -> None:
    """Raise InvalidInput with the nearest id for one that does not exist."""
    try:
        context.engine.ledger.get(opportunity_id)
    except InvalidInput as error:
        open_ones = [status for status in Status if status not in CLOSED]
        ids = [record.id for record in context.engine.ledger.find(statuses=open_ones, limit=500)]
        near = difflib.get_close_matches(opportunity_id, ids, n=1, cutoff=0.7)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise InvalidInput(f"{error}{hint}") from error
