"""Messages to one person, and lines in a card's thread."""

from collections.abc import Sequence

from finops.domain.opportunity import OpportunityRecord
from handlers.blocks import text
from handlers.blocks.elements import Block, context, section
from handlers.blocks.listing import row
from handlers.blocks.proposal import headline

MOST_ROWS = 8
# What happened on its own needs no name in front of it.
_NOT_PEOPLE = frozenset({"", "engine", "worker", "policy", "code host"})


def owner_message(
    records: Sequence[OpportunityRecord], *, instance: str
) -> tuple[str, list[Block]]:
    """One direct message a day: what is new in the person's teams. Text and blocks."""
    many = text.count(len(records), "new opportunity")
    teams = sorted({text.safe(r.opportunity.team, 60) for r in records})[:5]
    title = f"{many} for {', '.join(teams)}"
    left = len(records) - MOST_ROWS
    blocks = [
        section(text.bold(title)),
        *(row(record, instance=instance) for record in records[:MOST_ROWS]),
        context(
            (f"{left} more are in `/finops list`. " if left > 0 else "")
            + "Decide on the card in the team's channel, or on this app's Home tab."
        ),
    ]
    first = f": {headline(records[0].opportunity)}" if len(records) == 1 else ""
    return f"{title}{first}", blocks


def person_message(sentence: str) -> tuple[str, list[Block]]:
    """One sentence to one person. Text and blocks."""
    words = text.safe(sentence, 1500)
    return words, [section(words)]


def note(*, actor: str, event: str, sentence: str) -> tuple[str, list[Block]]:
    """A line in the thread of a card. Text and blocks."""
    what = text.safe(event.replace("_", " "), 40)
    what = f"{what[:1].upper()}{what[1:]}"
    if actor not in _NOT_PEOPLE:
        what = f"{what} by {text.person(actor)}"
    words = f"{what}: {text.safe(sentence, 1000)}" if sentence else f"{what}."
    return words, [section(words)]
