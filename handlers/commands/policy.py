"""`/finops policy [team]` and `/finops policy what-if max_risk=0.5 [team]`."""

import re

from finops.domain.errors import InvalidInput
from handlers.blocks.policy import policy_blocks, what_if_blocks, what_if_takeaway
from handlers.commands.listing import team_of
from handlers.context import HandlerContext
from handlers.ids import COMMAND
from handlers.interaction import Interaction

_WHAT_IF = re.compile(r"what[\s-]?if\b", re.IGNORECASE)
_PAIR = re.compile(r"(\w+)\s*=\s*(\S+)")


def policy(context: HandlerContext, interaction: Interaction, rest: str) -> None:
    """The limits that hold, or what others would mean."""
    asked = _WHAT_IF.match(rest)
    if asked:
        return _what_if(context, interaction, rest[asked.end() :])
    team = context.engine.team_meant(team_of(rest))
    rules = context.engine.parts.guardrails.settings.rules_for(team)
    frozen = [f"{each.scope} is frozen" for each in context.engine.freezes()]
    blocks = policy_blocks(rules, team=team, frozen=frozen, currency=context.engine.currency)
    interaction.ack(text=f"The guardrails{f' of team {team}' if team else ''}", blocks=blocks)
    return None


def _what_if(context: HandlerContext, interaction: Interaction, words: str) -> None:
    changes = {pair[1].lower(): pair[2] for pair in _PAIR.finditer(words)}
    if not changes:
        raise InvalidInput(
            f"What if what? Write {COMMAND} policy what-if max_risk=0.5, and a team if you like. "
            f"{COMMAND} policy names the limits."
        )
    team = context.engine.team_meant(team_of(_PAIR.sub("", words)))
    result = context.engine.what_if(changes, team=team or None)
    blocks = what_if_blocks(result, changes, team=team, currency=context.engine.currency)
    interaction.ack(text=what_if_takeaway(result), blocks=blocks)
