"""The card: one opportunity in its team's channel, from the question to the bill's answer."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from finops.domain.opportunity import Opportunity, OpportunityRecord
from finops.guardrails import GuardrailVerdict, PolicyReason
from handlers.blocks import text
from handlers.blocks.controls import DECIDABLE, controls, why_button
from handlers.blocks.elements import Block, context, fields, section
from handlers.blocks.progress import progress
from handlers.blocks.proposal import headline
from handlers.ids import Recognised

MOST_OBJECTIONS = 3
_VERDICTS = {
    GuardrailVerdict.ALLOW: "A guardrail allows it",
    GuardrailVerdict.REQUIRE_APPROVAL: "A guardrail asks for an approval",
    GuardrailVerdict.DENY: "A guardrail blocks it now",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A message ready to post: `text` is what notifications and screen readers get."""

    text: str
    blocks: list[Block]
    metadata: dict[str, Any]

    @property
    def render_hash(self) -> str:
        """Equal for cards that look and act the same."""
        content = json.dumps([self.text, self.blocks], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


def card(
    record: OpportunityRecord, *, guardrails: Sequence[PolicyReason] = (), instance: str
) -> Card:
    """Render a record. The clock is no argument: dates are tokens that Slack keeps fresh."""
    opportunity = record.opportunity
    is_waiting = record.status in DECIDABLE
    title = section(text.bold(headline(opportunity)))
    if is_waiting:
        blocks = [
            title,
            _figures(opportunity),
            *_objections(guardrails),
            controls(record, instance=instance),
            context(progress(record), _scope(record)),
        ]
    else:
        why = why_button(record, instance=instance)
        blocks = [title, section(progress(record), accessory=why), context(_scope(record))]
    return Card(
        text=f"{headline(opportunity)}. {_first_line(progress(record))}",
        blocks=blocks,
        metadata=card_metadata(opportunity.id, instance=instance),
    )


def card_metadata(opportunity_id: str, *, instance: str) -> dict[str, Any]:
    """By this a card is found again after a crash between posting and remembering."""
    payload = {"instance": instance, "opportunity": opportunity_id}
    return {"event_type": Recognised.CARD.value, "event_payload": payload}


def figures_words(opportunity: Opportunity) -> tuple[str, str, str, str]:
    """Saving, odds, risk and change: what an owner weighs."""
    pods = text.count(opportunity.blast_replicas, "replica")
    restart = f"restarts {pods}" if opportunity.restart_needed else "no restart"
    rollback = "can be rolled back" if opportunity.rollback_possible else "cannot be rolled back"
    return (
        f"*Saving*\n{text.saving_lines(opportunity.saving)}",
        f"*Odds*\n{text.odds(opportunity.confidence)}",
        f"*Risk*\n{text.risk(opportunity.risk)}",
        f"*Change*\n{str(opportunity.effort).capitalize()} effort · {restart} · {rollback}",
    )


def objections(guardrails: Sequence[PolicyReason]) -> list[PolicyReason]:
    """The reasons that do not simply allow, strictest first."""
    against = [reason for reason in guardrails if reason.verdict is not GuardrailVerdict.ALLOW]
    return sorted(against, key=lambda reason: -reason.verdict.strictness)


def guardrail_words(reason: PolicyReason, *, limit: int) -> str:
    """`A guardrail asks for an approval: …`."""
    return f"{_VERDICTS[reason.verdict]}: {text.safe(reason.sentence, limit)}"


def _figures(opportunity: Opportunity) -> Block:
    return fields(*figures_words(opportunity))


def _objections(guardrails: Sequence[PolicyReason]) -> list[Block]:
    found = objections(guardrails)
    lines = [guardrail_words(reason, limit=300) for reason in found[:MOST_OBJECTIONS]]
    if len(found) > MOST_OBJECTIONS:
        lines.append(f"… and {len(found) - MOST_OBJECTIONS} more under Why.")
    return [context("\n".join(lines))] if lines else []


def _scope(record: OpportunityRecord) -> str:
    opportunity = record.opportunity
    cluster = text.safe(opportunity.resource.cluster, 80)
    team = text.safe(opportunity.team, 60)
    revision = f" · revision {opportunity.revision}" if opportunity.revision > 1 else ""
    kind = opportunity.kind.words
    return (
        f"{kind[0].upper()}{kind[1:]} · team {team} · {cluster} · {opportunity.id[:20]}{revision}"
    )


def _first_line(words: str) -> str:
    return words.split("\n", 1)[0]
