"""`/finops teams`: every team there is, and where it is asked."""

from finops.domain.people import Team
from handlers.blocks import text
from handlers.blocks.elements import context as small
from handlers.blocks.elements import section
from handlers.context import HandlerContext
from handlers.interaction import Interaction

MOST_SHOWN = 40
# What Slack takes in a section is 3,000 characters.
_LONGEST_NAME = 60


def teams(context: HandlerContext, interaction: Interaction, _rest: str) -> None:
    """The configured ones with their place, then those that only labels and the bill name."""
    engine = context.engine
    configured = engine.directory.teams
    others = engine.teams()[len(configured) :]
    blocks = [section("\n".join(_configured(configured)))]
    if others:
        named = ", ".join(text.safe(name, _LONGEST_NAME) for name in others[:MOST_SHOWN])
        more = f" and {len(others) - MOST_SHOWN:,} more" if len(others) > MOST_SHOWN else ""
        blocks.append(section(f"*Only named by labels or the bill*\n{named}{more}"))
    blocks.append(small("Any of them may follow `list`, `savings`, `cost` and `freeze team`."))
    interaction.ack(text=text.count(len(configured), "team"), blocks=blocks)


def _configured(known: tuple[Team, ...]) -> list[str]:
    if not known:
        return ["No team is set up yet."]
    lines = [_line(team) for team in known[:MOST_SHOWN]]
    left = len(known) - MOST_SHOWN
    return [*lines, f"and {left:,} more"] if left > 0 else lines


def _line(team: Team) -> str:
    place = text.channel(team.channel) if team.channel else "no channel"
    return f"{text.bold(text.safe(team.name, _LONGEST_NAME))} {place}"
