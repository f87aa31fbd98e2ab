"""`/finops cost [team|namespace|service …] [period]`: who spent what, and why it changed."""

from finops.domain.errors import FinOpsError
from handlers.blocks.cost import cost_blocks, cost_text
from handlers.commands.listing import team_of
from handlers.context import HandlerContext
from handlers.errors import sentence_of
from handlers.interaction import Interaction


def cost(context: HandlerContext, interaction: Interaction, rest: str) -> None:
    """Acknowledge first: a unit cost or Cost Explorer may take longer than Slack waits."""
    interaction.ack()
    try:
        report = context.engine.cost(team_of(rest))
    except FinOpsError as error:
        interaction.answer(sentence_of(error, context.engine.currency))
        return
    with_chart = cost_blocks(report)
    plain = cost_blocks(report, with_chart=False)
    interaction.answer(cost_text(report), with_chart, plain)
