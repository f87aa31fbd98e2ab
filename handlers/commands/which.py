"""The one opportunity that a command names by its id."""

import difflib
import re

from finops.domain.errors import InvalidInput
from finops.domain.lifecycle import CLOSED, Status
from finops.domain.opportunity import OpportunityRecord
from handlers.context import HandlerContext

# As people paste it, perhaps with the marks around it.
_ID = re.compile(r"[\w-]{1,60}")
_MOST_COMPARED = 500


def named(context: HandlerContext, words: str, *, usage: str) -> OpportunityRecord:
    """The record of that id.

    Raises InvalidInput with `usage` for what is no id, and with the nearest id for one that does
    not exist.
    """
    opportunity_id = words.strip("`'\" ").lower()
    if not _ID.fullmatch(opportunity_id):
        raise InvalidInput(usage)
    try:
        return context.engine.ledger.get(opportunity_id)
    except InvalidInput as error:
        raise InvalidInput(f"{error}{_nearest(context, opportunity_id)}") from error


def _nearest(context: HandlerContext, opportunity_id: str) -> str:
    open_ones = [status for status in Status if status not in CLOSED]
    found = context.engine.ledger.find(statuses=open_ones, limit=_MOST_COMPARED)
    ids = [record.id for record in found]
    near = difflib.get_close_matches(opportunity_id, ids, n=1, cutoff=0.7)
    return f" Did you mean {near[0]}?" if near else ""
