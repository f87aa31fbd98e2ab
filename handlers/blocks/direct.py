"""Messages to one person, and lines in a card's thread."""

from collections.abc import Sequence

from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.opportunity import OpportunityRecord
from handlers.blocks import text
from handlers.blocks.elements import Block, context, section
from handlers.blocks.proposal import headline

MOST_LINES = 8
# What happened on its own needs no name in front of it.
_NOT_PEOPLE = frozenset({"", "engine", "worker", "policy", "code host"})
# What the engine's sentence leaves open; the other sentences say themselves what happened.
_OPENINGS: dict[str, str] = {
    Status.VERIFIED: "Verified. ",
    Status.EXPIRED: "Expired. ",
    Status.OBSOLETE: "Closed. ",
}


def owner_message(records: Sequence[OpportunityRecord]) -> tuple[str, list[Block]]:
    """One direct message a day: what is new in the person's teams. Text and blocks."""
    many = text.count(len(records), "new opportunity")
    teams = sorted({text.team(r.opportunity.team) for r in records})[:5]
    worth = text.saved(sum((r.opportunity.saving for r in records), Saving()))
    title = f"{many} for {', '.join(teams)}: {worth}"
    lines = [f"• {headline(r.opportunity, limit=200)}" for r in records[:MOST_LINES]]
    left = len(records) - len(lines)
    lines += [f"• {left} more in `/finops list`"] if left > 0 else []
    blocks = [
        section(text.bold(title)),
        section("\n".join(lines)),
        context("Decide on the cards in the team's channel, or on this app's Home tab."),
    ]
    return title, blocks


def person_message(sentence: str) -> tuple[str, list[Block]]:
    """One sentence to one person. Text and blocks."""
    words = text.sentence(sentence, 1500)
    return words, [section(words)]


def note(*, actor: str, event: str, sentence: str) -> tuple[str, list[Block]]:
    """A line in the thread of a card: who did what, or what happened. Text and blocks."""
    what = text.safe(event.replace("_", " "), 40)
    what = f"{what[:1].upper()}{what[1:]}"
    said = text.sentence(sentence, 1000) if sentence else ""
    if actor not in _NOT_PEOPLE:
        words = f"{what} by {text.person(actor)}{f': {said}' if said else '.'}"
    else:
        words = f"{_OPENINGS.get(event, '')}{said}" if said else f"{what}."
    return words, [section(words)]
