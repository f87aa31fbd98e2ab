"""The controls of an opportunity: Approve, Deny, Why and a menu; a place to pick; Revert."""

import hashlib
from collections.abc import Sequence

from finops.domain.lifecycle import Status
from finops.domain.opportunity import Opportunity, OpportunityRecord
from finops.edits import Candidate
from finops.pr_body import action_words
from finops.rightsizing.edited import is_editable
from handlers.blocks.elements import (
    Block,
    actions,
    button,
    confirm,
    option,
    overflow,
    section,
    select,
)
from handlers.blocks.proposal import is_deletion
from handlers.blocks.text import count, plain
from handlers.ids import ActionId, More
from handlers.reference import Reference

WHY = "why"
# Beside what else stands on a card, so many options fit into what Slack takes.
MOST_PLACES = 20
# An approved proposal is not to be decided again, and one on its way to its channel is decided
# there: only these stand before people. A detected one has a card when its revision is new.
DECIDABLE = frozenset({Status.DETECTED, Status.NOTIFIED})


def controls(
    record: OpportunityRecord, *, instance: str, place: str = "card", is_blocked: bool = False
) -> Block:
    """One row of controls. The block_id changes with the revision, the action_ids never do.

    Approving what a guardrail blocks now stays possible to try, but is not what the row suggests.
    """
    opportunity = record.opportunity
    value = str(Reference(instance, opportunity.id, opportunity.revision))
    return actions(
        f"{place}:{opportunity.id[:100]}:r{opportunity.revision}",
        [
            button(
                "Approve",
                ActionId.APPROVE,
                value=value,
                style="" if is_blocked else "primary",
                confirm=_question(opportunity),
            ),
            button("Deny", ActionId.DENY, value=value),
            # Under Why itself it would lead to where one is.
            *([] if place == WHY else [button("Why", ActionId.WHY, value=value)]),
            _more(opportunity, instance),
        ],
    )


def why_button(record: OpportunityRecord, *, instance: str) -> Block:
    """The button that opens evidence, guardrails and history."""
    opportunity = record.opportunity
    value = str(Reference(instance, opportunity.id, opportunity.revision))
    return button("Why", ActionId.WHY, value=value)


def review_button(record: OpportunityRecord, *, instance: str) -> Block:
    """The button that opens the detail with the controls in it."""
    opportunity = record.opportunity
    value = str(Reference(instance, opportunity.id, opportunity.revision))
    return button("Review", ActionId.REVIEW, value=value)


def _more(opportunity: Opportunity, instance: str) -> Block:
    """Edit is offered only where there is a value to set."""
    offered = [("Edit the Value", More.EDIT)] if is_editable(opportunity) else []
    options = [
        (label, str(Reference(instance, opportunity.id, opportunity.revision, choice)))
        for label, choice in (*offered, ("Snooze", More.SNOOZE))
    ]
    return overflow(ActionId.MORE, options)


def _question(opportunity: Opportunity) -> Block | None:
    """Only where agreeing costs more than a review: something goes away or restarts."""
    words = f"{action_words(opportunity)[:150]}? "
    if is_deletion(opportunity):
        words += "It goes away once the pull request is merged."
        return confirm("Approve this deletion?", words, yes="Approve Deletion")
    if not opportunity.restart_needed:
        return None
    pods = count(opportunity.blast_replicas, "pod")
    words += f"{pods} restart once the pull request is merged and deployed."
    return confirm("Approve with a restart?", words, yes="Approve")


def revert_row(record: OpportunityRecord, *, instance: str) -> Block:
    """One button, for what was merged; a pull request is reviewed, so the question is short."""
    opportunity = record.opportunity
    words = (
        f"A pull request takes it back: {action_words(opportunity)[:150]}. Once that is merged, "
        "its saving no longer counts."
    )
    if is_deletion(opportunity):
        words = "What was deleted comes back empty, its data only from a snapshot. " + words
    question = confirm("Revert this change?", words, yes="Open Revert")
    value = str(Reference(instance, opportunity.id, opportunity.revision))
    undo = button("Revert", ActionId.REVERT, value=value, confirm=question)
    return actions(f"revert:{opportunity.id[:100]}", [undo])


def pick_row(record: OpportunityRecord, candidates: Sequence[Candidate], *, instance: str) -> Block:
    """The places that may decide the value, for a person to pick one."""
    opportunity = record.opportunity
    options = [
        option(
            plain(_end_of(each.path, 75), 75),
            str(Reference(instance, opportunity.id, opportunity.revision, short_choice(each))),
            description=plain(each.words, 75),
        )
        for each in candidates[:MOST_PLACES]
    ]
    menu = select("Pick the file", ActionId.PICK_SOURCE, []) | {"options": options}
    words = "*Which file decides this value?*"
    if len(candidates) > MOST_PLACES:
        words += f" The first {MOST_PLACES} of {len(candidates)} are listed."
    return section(words, accessory=menu, block_id=f"pick:{opportunity.id[:100]}")


def short_choice(candidate: Candidate) -> str:
    """A place in twelve characters: an option's value has no room for a path."""
    return hashlib.sha256(candidate.choice.encode()).hexdigest()[:12]


def _end_of(path: str, limit: int) -> str:
    """A long path's end says more than its beginning."""
    return path if len(path) <= limit else f"…{path[1 - limit :]}"
