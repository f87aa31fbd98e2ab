"""What gets a card of its own at once: the urgent and the large. The rest waits for the plan."""

from decimal import Decimal

from finops.domain.opportunity import Opportunity, WasteKind
from finops.engine.parts import Parts


def is_single(parts: Parts, opportunity: Opportunity) -> bool:
    """Whether it is asked about by itself."""
    return deserves_a_card(
        parts,
        team=opportunity.team,
        kind=opportunity.kind.value,
        usd_per_month=opportunity.saving.larger_usd_per_month,
    )


def deserves_a_card(parts: Parts, *, team: str, kind: str, usd_per_month: Decimal) -> bool:
    """Large by the setting; or urgent: what is too small for its work, or has no owner yet."""
    is_large = usd_per_month >= parts.pace.card_from_usd_per_month
    return is_large or WasteKind(kind).is_for_reliability or not parts.directory.knows(team)
