"""Which opportunities a list shows: its words read, its page looked up."""

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from finops.domain.estate import UNKNOWN_TEAM
from finops.domain.lifecycle import IN_FLIGHT, Status
from finops.engine.teams_meant import team_among
from handlers.blocks import text
from handlers.blocks.listing import PAGE_SIZE, listing
from handlers.context import HandlerContext
from handlers.reference import ListQuery

# What people type, and what it stands for. "open" is what they call a pull request.
STATUS_WORDS: dict[str, Collection[Status]] = {
    "waiting": (Status.DETECTED, Status.NOTIFIED),
    "in flight": tuple(IN_FLIGHT),
    "open": (Status.PULL_REQUEST_OPEN,),
    "in effect": (Status.IMPLEMENTED,),
    "closed": (Status.OBSOLETE,),
    "all": tuple(Status),
    **{status.words: (status,) for status in Status},
}
DEFAULT_STATUS = "waiting"
_MENTION = re.compile(r"<[#@!][^|>]*\|[@#]?([^>]+)>")


def team_of(words: str) -> str:
    """The team as typed, or the name behind a channel or group mention."""
    asked = " ".join(text.typed(_MENTION.sub(r"\1", words)).split())
    return re.sub(rf"\b{text.NO_TEAM}\b", UNKNOWN_TEAM, asked, flags=re.IGNORECASE)


def read_query(words: str) -> ListQuery:
    """`payments in flight` → team payments, in flight. Words may come in either order."""
    asked = team_of(words)
    for status in sorted(STATUS_WORDS, key=len, reverse=True):
        found = re.search(rf"(?:^|\s){status.replace(' ', '[ _]')}(?:\s|$)", asked, re.IGNORECASE)
        if found:
            team = f"{asked[: found.start()]} {asked[found.end() :]}".strip()
            return ListQuery(team=team, status=status)
    return ListQuery(team=asked)


def known_query(context: HandlerContext, words: str) -> ListQuery:
    """The same; raises InvalidInput with the nearest words for what is no team and no status."""
    query = read_query(words)
    team = team_among(context.engine.parts, query.team, others=STATUS_WORDS)
    return replace(query, team=team)


def list_page(context: HandlerContext, query: ListQuery) -> tuple[str, list[dict[str, Any]]]:
    """One page as text and blocks."""
    found = context.engine.ledger.find(
        statuses=STATUS_WORDS.get(query.status or DEFAULT_STATUS, ()), team=query.team or None
    )
    start = query.page * PAGE_SIZE
    shown = found[start : start + PAGE_SIZE]
    blocks = listing(
        shown,
        query,
        total=len(found),
        instance=context.instance,
        currency=context.engine.currency,
    )
    return text.count(len(found), "opportunity"), blocks
