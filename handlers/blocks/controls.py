"""The controls of an opportunity that waits: Approve, Deny, Why, and a menu with the rest."""

from finops.domain.lifecycle import Status
from finops.domain.opportunity import Opportunity, OpportunityRecord
from finops.pr_body import action_words
from finops.rightsizing.edited import is_editable
from handlers.blocks.elements import Block, actions, button, confirm, overflow
from handlers.blocks.proposal import is_deletion
from handlers.blocks.text import count
from handlers.ids import ActionId, More
from handlers.reference import Reference

WHY = "why"
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
