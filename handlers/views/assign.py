"""Whose it is, and how far that reaches: committed, then the modal closes."""

from typing import Any

from finops.domain.assignments import AssignmentScope
from handlers.actions.assign import assigner
from handlers.context import HandlerContext
from handlers.ids import ActionId, BlockId
from handlers.interaction import Interaction
from handlers.reference import read_reference


def assign(context: HandlerContext, interaction: Interaction) -> None:
    """Assign what the form was opened for. A refusal shows in the form."""
    shown = read_reference(str(interaction.view["private_metadata"]), instance=context.instance)
    context.engine.assign(
        shown.opportunity_id,
        team=shown.choice,
        scope=_scope(interaction.view["state"]["values"]),
        actor=assigner(context, interaction, shown.opportunity_id, shown.choice),
    )
    interaction.ack()


def _scope(values: dict[str, Any]) -> AssignmentScope:
    """The chosen one; a form without the question means the resource alone."""
    element = values.get(BlockId.ASSIGN_SCOPE, {}).get(ActionId.ASSIGN_SCOPE, {})
    chosen = (element.get("selected_option") or {}).get("value")
    return AssignmentScope(chosen) if chosen else AssignmentScope.RESOURCE
