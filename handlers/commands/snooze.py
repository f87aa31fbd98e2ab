"""`/finops snooze ID 1w [because …]`: put one aside without looking for its card."""

import math

from finops.domain.errors import InvalidInput
from handlers.blocks import text
from handlers.commands.when import read_until, split_reason, split_until
from handlers.commands.which import named
from handlers.context import HandlerContext, deciders_of
from handlers.ids import COMMAND
from handlers.interaction import Interaction

_USAGE = f"Say which and how long: {COMMAND} snooze op-0123456789 1w, or until friday."


def snooze(context: HandlerContext, interaction: Interaction, rest: str) -> None:
    """Snooze the present revision; a part of a day counts as a day."""
    engine, (asked, reason) = context.engine, split_reason(rest)
    words, when = split_until(asked)
    if not when:
        raise InvalidInput(_USAGE)
    seen = named(context, words, usage=_USAGE)
    known = seen.opportunity
    seconds = (read_until(when, engine.now()) - engine.now()).total_seconds()
    deciders = deciders_of(engine.directory, known.team)
    record = engine.snooze(
        seen,
        revision=known.revision,
        actor=context.membership.actor_of(interaction.body, deciders),
        days=math.ceil(seconds / 86_400),
        reason=reason,
    )
    label = text.safe(known.resource.label, 200)
    interaction.ack(text=f"{label} is put aside until {text.date(record.snoozed_until)}.")
