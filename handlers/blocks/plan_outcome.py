"""What one click on a plan did, in words for the person who clicked."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from finops.domain.currency import DOLLARS, Currency
from finops.engine.planning import PlanOutcome
from handlers.blocks import text

MOST_NAMED = 8
_FEW = 5


def outcome_words(outcome: PlanOutcome, *, currency: Currency = DOLLARS) -> str:
    """`Approved 4 of 5. • Not approved: shop/cart. The reason`; what has one reason in one line."""
    done, all_of_them = len(outcome.approved), sum(map(len, _parts(outcome)))
    lines = [f"Approved {done} of {all_of_them}."]
    if outcome.agreed:
        names = _names(outcome.agreed)
        lines.append(f"Your approval counts, and another person must agree: {names}.")
    by_reason = defaultdict(list)
    for name, why in outcome.refused:
        by_reason[why].append(name)
    reasons = list(by_reason.items())
    lines += [
        f"• Not approved: {_names(names)}. {text.sentence(currency.beside(why), 300)}"
        for why, names in reasons[:MOST_NAMED]
    ]
    left = sum(len(names) for _, names in reasons[MOST_NAMED:])
    lines += [f"• … and {left} more."] if left else []
    return "\n".join(lines)


def _names(names: Sequence[str]) -> str:
    """The first few of them, and how many more there are."""
    few = names if len(names) <= _FEW else names[: _FEW - 1]
    said = ", ".join(text.safe(name, 80) for name in few)
    return said if len(few) == len(names) else f"{said} and {len(names) - len(few)} more"


def _parts(outcome: PlanOutcome) -> tuple[tuple[Any, ...], ...]:
    return outcome.approved, outcome.agreed, outcome.refused
