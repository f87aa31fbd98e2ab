"""Clicks about the source: which file decides a value, and taking a merged change back."""

from finops.domain.errors import Refused
from handlers.actions.decide import decider
from handlers.blocks.controls import short_choice
from handlers.context import HandlerContext
from handlers.interaction import Interaction
from handlers.reference import read_reference


def pick_source(context: HandlerContext, interaction: Interaction) -> None:
    """Remember the picked place, so that the pull request goes on."""
    shown = read_reference(interaction.value, instance=context.instance)
    record = context.engine.ledger.get(shown.opportunity_id)
    offered = context.engine.source_candidates(record)
    picked = next((each for each in offered if short_choice(each) == shown.choice), None)
    if picked is None:
        raise Refused("That place is no longer offered; the card shows how it stands now.")
    context.engine.choose_source(
        record.id, choice=picked.choice, actor=decider(context, interaction, record)
    )
    interaction.ack()


def revert(context: HandlerContext, interaction: Interaction) -> None:
    """Ask for a pull request that takes the merged change back, if this person may."""
    shown = read_reference(interaction.value, instance=context.instance)
    team = context.engine.ledger.get(shown.opportunity_id).opportunity.team
    approvers = context.engine.directory.every_approver_of(team)
    actor = context.membership.actor_of(interaction.body, approvers)
    context.engine.revert(shown.opportunity_id, actor=actor)
    interaction.ack()
