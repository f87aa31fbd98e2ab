"""`/finops`: the first word, or what a sentence means, decides. Mostly the asker alone reads it."""

import difflib
from collections.abc import Callable

from finops.domain.people import Actor
from finops.domain.retelling import summary_in
from handlers.actions.look import SCAN_ASKED, SCAN_WAITS
from handlers.blocks.help import help_blocks
from handlers.blocks.period_savings import period_savings_blocks, period_takeaway
from handlers.blocks.savings import savings as savings_blocks
from handlers.blocks.savings import takeaway
from handlers.blocks.text import safe
from handlers.blocks.why import why_blocks
from handlers.commands.assign import assign
from handlers.commands.cost import cost
from handlers.commands.freeze import freeze, unfreeze
from handlers.commands.listing import known_query, list_page, team_of
from handlers.commands.policy import policy
from handlers.commands.report import report
from handlers.commands.sentences import understood
from handlers.commands.settings import settings
from handlers.commands.snooze import snooze
from handlers.commands.teams import teams
from handlers.commands.which import named
from handlers.commands.why import why
from handlers.context import HandlerContext
from handlers.ids import COMMAND
from handlers.interaction import Interaction
from handlers.kept_pictures import WIDE, kept_picture


def finops_command(context: HandlerContext, interaction: Interaction) -> None:
    """Dispatch on the first word; nothing is help, and a typo gets the nearest command."""
    word, _, rest = (_understood(context, interaction.text)).partition(" ")
    command = COMMANDS.get(word.lower() or "help")
    if command is None:
        near = difflib.get_close_matches(word.lower(), COMMANDS, n=1, cutoff=0.5)
        hint = f"Did you mean `{COMMAND} {near[0]}`?" if near else f"`{COMMAND} help` lists them."
        interaction.refuse(f"There is no command “{safe(word, 40)}”. {hint}")
        return
    command(context, interaction, rest.strip())


def _understood(context: HandlerContext, words: str) -> str:
    """The words themselves when they begin with a command, else what their sentence means."""
    first = words.partition(" ")[0].lower()
    if first in COMMANDS or " " not in words:
        return words
    teams = [team.name for team in context.engine.directory.teams]
    return understood(words, teams=teams, commands=COMMANDS) or words


def _help(_context: HandlerContext, interaction: Interaction, _rest: str) -> None:
    interaction.ack(text="What finops-bot can do", blocks=help_blocks())


def _list(context: HandlerContext, interaction: Interaction, rest: str) -> None:
    text, blocks = list_page(context, known_query(context, rest))
    interaction.ack(text=text, blocks=blocks)


def _show(context: HandlerContext, interaction: Interaction, rest: str) -> None:
    engine = context.engine
    usage = f"Name one: {COMMAND} show op-0123456789. The list has the ids."
    record = named(context, rest, usage=usage)
    blocks = why_blocks(
        record,
        guardrails=engine.check(record.id).reasons,
        history=engine.ledger.history_of(record.id),
        chart=kept_picture(engine, record, WIDE),
        currency=engine.currency,
    )
    said = summary_in(record.opportunity, engine.currency)
    interaction.ack(text=safe(said, 300), blocks=blocks)


def _savings(context: HandlerContext, interaction: Interaction, rest: str) -> None:
    team, period = context.engine.team_and_period(team_of(rest))
    currency = context.engine.currency
    if period:
        found = context.engine.savings_of_period(period, team=team)
        blocks = period_savings_blocks(found, currency=currency)
        interaction.ack(text=period_takeaway(found, currency=currency), blocks=blocks)
        return
    summary = context.engine.savings(team=team or None)
    blocks = savings_blocks(summary, team=team, currency=currency)
    interaction.ack(text=takeaway(summary, currency=currency), blocks=blocks)


def _scan(context: HandlerContext, interaction: Interaction, _rest: str) -> None:
    asked = context.engine.request_scan(actor=Actor(interaction.user))
    interaction.ack(text=SCAN_ASKED if asked else SCAN_WAITS)


COMMANDS: dict[str, Callable[[HandlerContext, Interaction, str], None]] = {
    "help": _help,
    "list": _list,
    "show": _show,
    "savings": _savings,
    "cost": cost,
    "assign": assign,
    "snooze": snooze,
    "teams": teams,
    "policy": policy,
    "freeze": freeze,
    "unfreeze": unfreeze,
    "report": report,
    "why": why,
    "settings": settings,
    "scan": _scan,
}
