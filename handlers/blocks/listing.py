"""A paged list of opportunities, the largest saving first."""

from collections.abc import Sequence

from finops.domain.currency import DOLLARS, Currency
from finops.domain.opportunity import OpportunityRecord
from handlers.blocks import text
from handlers.blocks.controls import why_button
from handlers.blocks.elements import Block, actions, button, context, section
from handlers.blocks.progress import progress
from handlers.blocks.proposal import headline
from handlers.ids import ActionId
from handlers.reference import ListQuery

PAGE_SIZE = 8


def listing(
    records: Sequence[OpportunityRecord],
    query: ListQuery,
    *,
    total: int,
    instance: str,
    currency: Currency = DOLLARS,
) -> list[Block]:
    """One page: `records` are those of this page, `total` all that match."""
    if not records:
        return [section(_nothing(query))]
    first = query.page * PAGE_SIZE + 1
    last = first + len(records) - 1
    place = f" · {first} to {last}" if total > len(records) else ""
    return [
        section(text.bold(f"{text.count(total, 'opportunity')}{_scope(query)}{place}")),
        *(row(record, instance=instance, currency=currency) for record in records),
        *_pages(query, last, total, instance),
        context("Largest saving first. `/finops show ID` shows one with its evidence and history."),
    ]


def row(record: OpportunityRecord, *, instance: str, currency: Currency = DOLLARS) -> Block:
    """One opportunity in two lines, with a button to its detail."""
    opportunity = record.opportunity
    state = progress(record, currency=currency).split("\n", 1)[0]
    words = (
        f"{text.bold(headline(opportunity, limit=250, currency=currency))}\n"
        f"{text.team(opportunity.team)} · {state} · {opportunity.id[:20]}"
    )
    return section(words, accessory=why_button(record, instance=instance))


def _pages(query: ListQuery, last: int, total: int, instance: str) -> list[Block]:
    def turn(label: str, action_id: ActionId, page: int) -> Block:
        value = ListQuery(query.team, query.status, page).value(instance)
        return button(label, action_id, value=value)

    buttons = []
    if query.page > 0:
        buttons.append(turn("Previous", ActionId.PREVIOUS_PAGE, query.page - 1))
    if last < total:
        buttons.append(turn("Next", ActionId.NEXT_PAGE, query.page + 1))
    return [actions(f"pages:{query.page}", buttons)] if buttons else []


def _scope(query: ListQuery) -> str:
    status = f", {text.safe(query.status, 40)}" if query.status else ""
    return f"{text.of_team(query.team)}{status}"


def _nothing(query: ListQuery) -> str:
    if query.page > 0:
        return "This page is empty by now: things were decided meanwhile. Try `/finops list`."
    if query.team or query.status:
        return f"Nothing found{_scope(query)}. `/finops list all` shows everything ever found."
    return (
        "Nothing waits for a decision. `/finops list all` shows what was decided, and "
        "`/finops scan` looks again."
    )
