"""`/finops report weekly|monthly [cfo|cto]`: the report as a direct message, made by the worker."""

import difflib

from finops.domain.errors import InvalidInput
from finops.report_generator import Edition, PeriodKind
from handlers.blocks import text
from handlers.context import HandlerContext
from handlers.ids import COMMAND
from handlers.interaction import Interaction

_KINDS = {
    **dict.fromkeys(("weekly", "week"), PeriodKind.WEEKLY),
    **dict.fromkeys(("monthly", "month"), PeriodKind.MONTHLY),
}
_EDITIONS = {edition.value: edition for edition in Edition}
_USAGE = f"Say {COMMAND} report weekly or monthly, and cfo or cto for an edition."


def report(context: HandlerContext, interaction: Interaction, rest: str) -> None:
    """Ask the worker for it, and say where it comes."""
    kind, edition = read_request(rest)
    is_new = context.engine.request_report(kind, edition, user=interaction.user)
    words = f"The {kind.value} report" + (f", {edition.words}," if edition.words else "")
    if is_new:
        interaction.ack(text=f"{words} is being made and comes as a direct message in a moment.")
    else:
        interaction.ack(text=f"{words} was asked for just now and is on its way.")


def read_request(words: str) -> tuple[PeriodKind, Edition]:
    """Kind and edition in either order; weekly for all leaders when nothing is said.

    Raises InvalidInput with the nearest word for one that is neither.
    """
    kind, edition = PeriodKind.WEEKLY, Edition.LEADERS
    for word in words.lower().strip("`'\" ").split():
        if word in _KINDS:
            kind = _KINDS[word]
        elif word in _EDITIONS:
            edition = _EDITIONS[word]
        else:
            raise InvalidInput(_no_such(word))
    return kind, edition


def _no_such(word: str) -> str:
    near = difflib.get_close_matches(word, [*_KINDS, *_EDITIONS], n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}? " if near else ""
    return f"There is no report “{text.plain(word, 40)}”. {hint}{_USAGE}"
