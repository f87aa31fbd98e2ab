"""Messages to one person, and lines in a card's thread."""

from collections.abc import Mapping, Sequence

from finops.domain.currency import DOLLARS, Currency
from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.opportunity import OpportunityRecord
from handlers.blocks import text
from handlers.blocks.elements import Block, actions, button, context, section
from handlers.blocks.proposal import headline
from handlers.ids import ActionId

MOST_LINES = 6
MOST_TEAMS = 4
# What happened on its own needs no name in front of it.
_NOT_PEOPLE = frozenset({"", "engine", "worker", "policy", "code host"})
# What the engine's sentence leaves open; the other sentences say themselves what happened.
_OPENINGS: dict[str, str] = {
    Status.VERIFIED: "Verified. ",
    Status.EXPIRED: "Expired. ",
    Status.OBSOLETE: "Closed. ",
}


def owner_message(
    records: Sequence[OpportunityRecord], *, streak: int = 0, currency: Currency = DOLLARS
) -> tuple[str, list[Block]]:
    """One direct message a day: what is new in the person's teams, grouped. Text and blocks.

    `streak` is how many of the newest verdicts in a row found a saving.
    """
    many = text.count(len(records), "new opportunity")
    teams = sorted({r.opportunity.team for r in records})
    worth = text.saved(sum((r.opportunity.saving for r in records), Saving()), currency)
    title = f"{many} for {', '.join(text.team(team) for team in teams[:5])}: {worth}"
    blocks = [section(text.bold(title))]
    for team in teams[:MOST_TEAMS]:
        mine = [r for r in records if r.opportunity.team == team]
        blocks.append(section(_lines_of(team, mine, is_alone=len(teams) == 1, currency=currency)))
    blocks += [
        context(f"{_streak(streak)} Decide in the team's channel, or on this app's Home tab."),
        actions("direct:own", [button("Stop These Messages", ActionId.STOP_MESSAGES)]),
    ]
    return title, blocks


def _lines_of(
    team: str, records: Sequence[OpportunityRecord], *, is_alone: bool, currency: Currency
) -> str:
    lines = [] if is_alone else [text.bold(text.team(team))]
    lines += [
        f"• {headline(r.opportunity, limit=200, currency=currency)}" for r in records[:MOST_LINES]
    ]
    left = len(records) - MOST_LINES
    lines += [f"• {left:,} more in `/finops list`"] if left > 0 else []
    return "\n".join(lines)


def _streak(streak: int) -> str:
    if not streak:
        return "The first saving that the bill verifies begins your streak."
    if streak == 1:
        return "Your streak: the newest verdict found a saving."
    return f"Your streak: the newest {streak} verdicts each found a saving."


def person_message(sentence: str) -> tuple[str, list[Block]]:
    """One sentence to one person. Text and blocks."""
    words = text.sentence(sentence, 1500)
    return words, [section(words)]


def note(
    *, actor: str, event: str, sentence: str, people: Mapping[str, str] | None = None
) -> tuple[str, list[Block]]:
    """A line in the thread of a card: who did what, or what happened. Text and blocks.

    `people` are the names of known people by their ids. They are named, not mentioned: Slack would
    notify them of what they have done themselves, and put the thread among those they follow.
    """
    names = people or {}
    what = text.safe(event.replace("_", " "), 40)
    what = f"{what[:1].upper()}{what[1:]}"
    said = text.sentence(_named(sentence, names), 1000) if sentence else ""
    if actor not in _NOT_PEOPLE:
        who = text.safe(names[actor], 80) if actor in names else text.person(actor)
        words = f"{what} by {who}{f': {said}' if said else '.'}"
    else:
        words = f"{_OPENINGS.get(event, '')}{said}" if said else f"{what}."
    return words, [section(words)]


def _named(sentence: str, people: Mapping[str, str]) -> str:
    """The sentence with names in the place of the ids that the audit log has."""
    for user, name in people.items():
        sentence = sentence.replace(user, name)
    return sentence
