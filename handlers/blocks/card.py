"""The card: one opportunity in its team's channel, from the question to the bill's answer."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from finops.domain.currency import DOLLARS, Currency
from finops.domain.opportunity import Approval, Opportunity, OpportunityRecord
from finops.domain.ownership import owner_rule
from finops.domain.people import UNKNOWN_TEAM
from finops.edits import Candidate
from finops.guardrails import GuardrailVerdict, PolicyReason
from finops.pr_body import joint_words
from finops.rightsizing.edited import written
from handlers.blocks import text
from handlers.blocks.assign import assign_row
from handlers.blocks.controls import DECIDABLE, controls, pick_row, revert_row, why_button
from handlers.blocks.digest import Picture
from handlers.blocks.elements import Block, context, picture, section
from handlers.blocks.progress import agreed_so_far, progress
from handlers.blocks.proposal import backtest, danger, facts, headline
from handlers.ids import Recognised

MOST_OBJECTIONS = 2
# Its verdict is on the line of facts, in a word.
_SAID_BY_THE_FACTS = "max_risk"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a card shows besides its record.

    `user_group` is mentioned; `teams` are those it may be assigned to, none when it has an owner;
    `approvals` of `approvals_needed` were given; `thumbnail` is the small picture of its use;
    `candidates` are the places of which one has to be picked.
    """

    guardrails: Sequence[PolicyReason] = ()
    approvals: Sequence[Approval] = ()
    approvals_needed: int = 1
    user_group: str = ""
    teams: Sequence[str] = ()
    thumbnail: Picture | None = None
    candidates: Sequence[Candidate] = ()
    can_revert: bool = False


def card(
    record: OpportunityRecord,
    *,
    instance: str,
    around: Around = Around(),
    currency: Currency = DOLLARS,
) -> Card:
    """Render a record. The clock is no argument: dates are tokens that Slack keeps fresh."""
    if record.status in DECIDABLE:
        blocks = _waiting(record, instance=instance, around=around, currency=currency)
    else:
        title = text.bold(headline(record.opportunity, currency=currency))
        why = why_button(record, instance=instance)
        said = progress(record, around.approvals, currency=currency)
        blocks = [
            section(f"{title}\n{said}", accessory=why),
            *(
                [pick_row(record, around.candidates, instance=instance)]
                if around.candidates
                else ()
            ),
            *([revert_row(record, instance=instance)] if around.can_revert else ()),
            context(_scope(record)),
        ]
    stands = _first_line(progress(record, around.approvals, currency=currency))
    return Card(
        text=f"{headline(record.opportunity, currency=currency)}. {stands}",
        blocks=blocks,
        metadata=card_metadata(record.id, instance=instance),
    )


def _waiting(
    record: OpportunityRecord, *, instance: str, around: Around, currency: Currency
) -> list[Block]:
    """Question, odds and past beside the picture; what to mind; the controls; whose it is."""
    opportunity, shown = record.opportunity, around.thumbnail
    since, *more = progress(record, currency=currency).split("\n")
    found_by = "" if around.teams else _found_by(opportunity)
    lines = [
        text.bold(headline(opportunity, currency=currency)),
        facts(opportunity),
        backtest(opportunity),
    ]
    lines.append(_together(opportunity, currency=currency))
    side = picture(shown.file_id, shown.alt_text) if shown else None
    return [
        section("\n".join(line for line in lines if line), accessory=side),
        *(assign_row(record, around.teams, instance=instance) if around.teams else ()),
        *_minds(record, around, currency=currency),
        controls(record, instance=instance, is_blocked=_is_blocked(around.guardrails)),
        context("\n".join([*more, f"{since} · {_scope(record, around.user_group, found_by)}"])),
    ]


def _minds(record: OpportunityRecord, around: Around, *, currency: Currency) -> list[Block]:
    """What can go wrong and the way back, then what stands in the way or is still missing."""
    agreed = agreed_so_far(around.approvals, around.approvals_needed)
    lines = [danger(record.opportunity), _edited(record.opportunity), agreed]
    lines += _objections(around.guardrails, currency=currency)
    return [context("\n".join(line for line in lines if line))]


def _edited(opportunity: Opportunity) -> str:
    """Who set the value, and what was proposed before."""
    if not opportunity.edited_by or not opportunity.found_changes:
        return ""
    was = opportunity.found_changes[0]
    before = written(was.setting, was.number)
    return f"Edited by {text.person(opportunity.edited_by)}: {before} was proposed."


def card_metadata(opportunity_id: str, *, instance: str) -> dict[str, Any]:
    """By this a card is found again after a crash between posting and remembering."""
    payload = {"instance": instance, "opportunity": opportunity_id}
    return {"event_type": Recognised.CARD.value, "event_payload": payload}


def objections(guardrails: Sequence[PolicyReason]) -> list[PolicyReason]:
    """The reasons that do not simply allow, strictest first."""
    against = [reason for reason in guardrails if reason.verdict is not GuardrailVerdict.ALLOW]
    return sorted(against, key=lambda reason: -reason.verdict.strictness)


def guardrail_words(reason: PolicyReason, *, limit: int, currency: Currency = DOLLARS) -> str:
    """The reason as its guardrail says it, and whether it stands in the way."""
    blocks = "Blocked for now: " if reason.verdict is GuardrailVerdict.DENY else ""
    return f"{blocks}{text.safe(currency.beside(reason.sentence), limit)}"


def _is_blocked(guardrails: Sequence[PolicyReason]) -> bool:
    return any(reason.verdict is GuardrailVerdict.DENY for reason in guardrails)


def _objections(guardrails: Sequence[PolicyReason], *, currency: Currency) -> list[str]:
    """What stands in the way; else what an approver should know. Why says all of it."""
    found = objections(guardrails)
    strictest = found[0].verdict if found else GuardrailVerdict.ALLOW
    found = [r for r in found if r.verdict is strictest]
    if strictest is not GuardrailVerdict.DENY:
        found = [r for r in found if r.policy != _SAID_BY_THE_FACTS]
    lines = [
        guardrail_words(reason, limit=300, currency=currency) for reason in found[:MOST_OBJECTIONS]
    ]
    if len(found) > MOST_OBJECTIONS:
        lines.append(f"… and {len(found) - MOST_OBJECTIONS} more under Why.")
    return lines


def _together(opportunity: Opportunity, *, currency: Currency) -> str:
    """What it is part of with others."""
    words = joint_words(opportunity, currency=currency)
    return text.safe(words, 300) if words else ""


def _found_by(opportunity: Opportunity) -> str:
    """`by team=shop on the Deployment`; nothing where nobody was found."""
    is_unknown = opportunity.team == UNKNOWN_TEAM or not owner_rule(opportunity)
    return "" if is_unknown else text.safe(owner_rule(opportunity), 120)


def _scope(record: OpportunityRecord, user_group: str = "", found_by: str = "") -> str:
    """Whose, where and which."""
    opportunity = record.opportunity
    cluster = text.safe(opportunity.resource.cluster, 80)
    revision = f" · revision {opportunity.revision}" if opportunity.revision > 1 else ""
    mention = f" {text.group(user_group)}" if user_group else ""
    rule = f", {found_by}" if found_by else ""
    owner = f"{text.team(opportunity.team)}{mention}{rule}"
    return f"{owner} · {cluster} · {opportunity.id[:20]}{revision}"


def _first_line(words: str) -> str:
    return words.split("\n", 1)[0]
