"""What an opportunity proposes, in one line that names action and scope."""

from collections.abc import Callable

from finops.domain.opportunity import Change, Opportunity, Setting
from finops.domain.quantities import format_cpu, format_memory
from handlers.blocks import text

_NOUNS = {
    Setting.CPU_REQUEST: "CPU request",
    Setting.CPU_LIMIT: "CPU limit",
    Setting.MEMORY_REQUEST: "memory request",
    Setting.MEMORY_LIMIT: "memory limit",
}


def action_words(opportunity: Opportunity) -> str:
    """`Lower CPU request of shop/frontend from 500m to 120m`; plain, not escaped."""
    label = opportunity.resource.label
    if not opportunity.changes:
        return f"Review {label}"
    first, *others = opportunity.changes
    if first.setting is Setting.PRESENT:
        verb = "Remove" if opportunity.resource.kind == "Node" else "Delete"
        return f"{verb} {opportunity.resource.kind.lower()} {label}"
    if first.setting is Setting.DESIRED_SIZE:
        return f"{_verb(first)} node group {label} {_step(first, str)}"
    parts = [_request_words(first, label), *(_request_words(c, "") for c in others)]
    return " and ".join(parts)


def headline(opportunity: Opportunity, *, limit: int = 400) -> str:
    """The first line of a card, safe for mrkdwn: action, scope, and what it saves by name."""
    saved = text.saving_words(opportunity.saving)
    return f"{text.safe(action_words(opportunity), limit)} · {saved}"


def is_deletion(opportunity: Opportunity) -> bool:
    """Whether something goes away for good or until it is made again."""
    return any(c.setting is Setting.PRESENT and c.proposed == 0 for c in opportunity.changes)


def _request_words(change: Change, label: str) -> str:
    write = format_cpu if "millicores" in change.setting else format_memory
    of = f" of {label}" if label else ""
    verb = _verb(change) if label else _verb(change).lower()
    return f"{verb} {_NOUNS[change.setting]}{of} {_step(change, write)}"


def _verb(change: Change) -> str:
    if change.current is None:
        return "Set"
    return "Lower" if change.proposed < change.current else "Raise"


def _step(change: Change, write: Callable[[int], str]) -> str:
    if change.current is None:
        return f"to {write(change.proposed)}"
    return f"from {write(change.current)} to {write(change.proposed)}"
