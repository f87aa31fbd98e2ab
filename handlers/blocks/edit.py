"""The form that sets another value: what is proposed, what may be set, and what it would mean."""

from finops.domain.currency import DOLLARS, Currency
from finops.domain.opportunity import Opportunity, OpportunityRecord
from finops.rightsizing.edited import bounds_of, written
from handlers.blocks import text
from handlers.blocks.elements import Block, asked, context, modal, plain_text, section
from handlers.blocks.proposal import backtest, facts, headline, worth
from handlers.ids import ActionId, BlockId, ViewId
from handlers.reference import Reference

_NOUNS = {
    "cpu_request_millicores": "CPU request",
    "memory_request_bytes": "Memory request",
    "desired_size": "Number of nodes",
}


def edit_modal(
    record: OpportunityRecord,
    *,
    instance: str,
    origin: str = "",
    tried: Opportunity | None = None,
    problem: str = "",
    currency: Currency = DOLLARS,
) -> Block:
    """`tried` is the proposal with the value typed so far; `problem` says why there is none.

    The input has the same ids in every version, so that Slack keeps what was typed.
    """
    opportunity = record.opportunity
    setting = opportunity.changes[0].setting
    least, most = (written(setting, value) for value in bounds_of(opportunity))
    element: Block = {
        "type": "plain_text_input",
        "action_id": ActionId.EDIT_VALUE.value,
        "initial_value": written(setting, opportunity.changes[0].number),
        "max_length": 20,
        "focus_on_load": True,
        "dispatch_action_config": {
            "trigger_actions_on": ["on_character_entered", "on_enter_pressed"]
        },
    }
    value = asked(
        _NOUNS.get(setting, "Value"),
        element,
        block_id=BlockId.EDIT_VALUE,
        hint=f"{least} to {most}. Less would not hold, more saves nothing.",
    )
    said = text.safe(problem, 500) if problem else _meaning(tried or opportunity, currency=currency)
    return modal(
        "Edit the value",
        [
            section(headline(opportunity, currency=currency)),
            value | {"dispatch_action": True},
            section(said, block_id=BlockId.EDIT_ODDS),
            context("Saving puts your name on the new value. It still needs approval."),
        ],
        callback_id=ViewId.EDIT,
        submit=plain_text("Save"),
        private_metadata=str(Reference(instance, opportunity.id, opportunity.revision, origin)),
    )


def _meaning(tried: Opportunity, *, currency: Currency) -> str:
    """Price, odds and past of the value, as the card would say them."""
    first = tried.changes[0]
    title = f"{written(first.setting, first.number)} {worth(tried, currency=currency)}"
    return "\n".join(line for line in (text.bold(title), facts(tried), backtest(tried)) if line)
