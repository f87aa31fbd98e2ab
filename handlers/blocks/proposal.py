"""A proposal in a line that names action, scope and saving, and a line that an owner weighs."""

from finops.domain.opportunity import Effort, Opportunity, Setting, WasteKind
from finops.pr_body import action_words, confidence_words, cost_words, risk_words
from handlers.blocks import text


def headline(opportunity: Opportunity, *, limit: int = 400) -> str:
    """The first line of a card, safe for mrkdwn: action, scope, and what it saves by name."""
    saved = text.saving_words(opportunity.saving)
    if opportunity.kind.is_for_reliability:
        saved = f"costs {cost_words(opportunity)}, for reliability"
    return f"{text.safe(action_words(opportunity), limit)} · {saved}"


def facts(opportunity: Opportunity) -> str:
    """`Confidence 95 % · medium risk · restarts 6 pods · can be rolled back`."""
    pods = text.count(opportunity.blast_replicas, "pod")
    return " · ".join(
        (
            f"Confidence {confidence_words(opportunity.confidence)}",
            f"{risk_words(opportunity.risk)} risk",
            # Low effort is the rule, so only more than that is news.
            *([f"{opportunity.effort} effort"] if opportunity.effort is not Effort.LOW else []),
            f"restarts {pods}" if opportunity.restart_needed else "no restart",
            _way_back(opportunity),
        )
    )


def _way_back(opportunity: Opportunity) -> str:
    if not opportunity.rollback_possible:
        return "cannot be rolled back"
    is_volume = opportunity.kind is WasteKind.ORPHAN_VOLUME
    return "back only from a snapshot" if is_volume else "can be rolled back"


def is_deletion(opportunity: Opportunity) -> bool:
    """Whether something goes away for good or until it is made again."""
    return any(c.setting is Setting.PRESENT and c.proposed == 0 for c in opportunity.changes)
