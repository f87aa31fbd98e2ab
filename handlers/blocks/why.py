"""Why: evidence, caveats, guardrails, the way back, and everything that happened so far."""

from collections.abc import Sequence

from finops.domain.currency import DOLLARS, Currency
from finops.domain.opportunity import Evidence, OpportunityRecord
from finops.domain.retelling import caveats_in, said_in, summary_in
from finops.guardrails import PolicyReason
from finops.ledger.audit import AuditEntry
from finops.pr_body import short_figures
from handlers.blocks import text
from handlers.blocks.card import guardrail_words, objections
from handlers.blocks.controls import DECIDABLE, WHY, controls
from handlers.blocks.digest import Picture
from handlers.blocks.elements import Block, context, divider, fields, modal, picture, section
from handlers.blocks.progress import progress
from handlers.blocks.proposal import facts, headline, way_back, what_happens
from handlers.ids import ViewId

MOST_EVIDENCE = 10
MOST_HISTORY = 6
# The audit log names what the bot did; these are the words for people.
_HISTORY_WORDS = {"new": "found", "notified": "card posted"}
_NOT_PEOPLE = frozenset({"engine", "worker", "code host"})


def why_modal(
    record: OpportunityRecord,
    *,
    guardrails: Sequence[PolicyReason],
    history: Sequence[AuditEntry],
    chart: Picture | None = None,
    instance: str = "",
    currency: Currency = DOLLARS,
) -> Block:
    """The detail of one opportunity as a modal; with an instance, with buttons while it waits."""
    blocks = why_blocks(
        record, guardrails=guardrails, history=history, chart=chart, currency=currency
    )
    if instance and record.status in DECIDABLE:
        blocks.insert(1, controls(record, instance=instance, place=WHY))
    return modal("Why this proposal?", blocks, callback_id=ViewId.WHY)


def why_blocks(
    record: OpportunityRecord,
    *,
    guardrails: Sequence[PolicyReason],
    history: Sequence[AuditEntry],
    chart: Picture | None = None,
    currency: Currency = DOLLARS,
) -> list[Block]:
    """The same for a message; bounded, so that it always fits."""
    opportunity = record.opportunity
    return [
        section(f"{text.bold(headline(opportunity, currency=currency))}\n{facts(opportunity)}"),
        section(short_figures(text.safe(summary_in(opportunity, currency), 600))),
        *([picture(chart.file_id, chart.alt_text)] if chart else []),
        *_evidence(opportunity.evidence),
        *_paragraph("Before you agree", caveats_in(opportunity, currency)),
        *_paragraph("Guardrails", _guardrail_lines(guardrails, currency=currency), is_safe=True),
        *_paragraph("If it does not hold", [_opened(what_happens(opportunity))], is_safe=True),
        *_paragraph("The way back", [way_back(opportunity, 300)], is_safe=True),
        divider(),
        section(f"*Where it stands*\n{progress(record, currency=currency)}"),
        *_history(record, history, currency),
    ]


def _evidence(evidence: Sequence[Evidence]) -> list[Block]:
    """Two columns: what was found, and where it was read."""
    if not evidence:
        return [section("*Evidence*\nNone was recorded.")]
    shown = evidence[:MOST_EVIDENCE]
    cells = [cell for one in shown for cell in _evidence_cells(one)]
    cells[0] = f"*Evidence*\n{cells[0]}"
    cells[1] = f"*Read from*\n{cells[1]}"
    rows = [fields(*cells[at : at + 10]) for at in range(0, len(cells), 10)]
    left = len(evidence) - len(shown)
    return [*rows, context(f"{left} more are in the pull request.")] if left > 0 else rows


def _evidence_cells(one: Evidence) -> tuple[str, str]:
    label = text.safe(one.label, 60)
    return (
        f"{label[:1].upper()}{label[1:]}: {short_figures(text.safe(one.value, 160))}",
        text.safe(one.source, 90),
    )


def _paragraph(title: str, lines: Sequence[str], *, is_safe: bool = False) -> list[Block]:
    said = [line if is_safe else text.safe(line, 300) for line in lines[:5] if line]
    if not said:
        return []
    bullets = said[0] if len(said) == 1 else "\n".join(f"• {line}" for line in said)
    return [section(f"{text.bold(title)}\n{bullets}")]


def _guardrail_lines(guardrails: Sequence[PolicyReason], *, currency: Currency) -> list[str]:
    against = objections(guardrails)
    lines = [guardrail_words(reason, limit=250, currency=currency) for reason in against[:4]]
    passed = len(guardrails) - len(against)
    if passed:
        others = "other " if against else ""
        lines.append(
            f"{text.count(passed, f'{others}guardrail')} agree{'s' if passed == 1 else ''}."
        )
    return lines


def _history(
    record: OpportunityRecord, history: Sequence[AuditEntry], currency: Currency
) -> list[Block]:
    if not history:
        return []
    left = len(history) - MOST_HISTORY
    lines = [f"… {left} earlier"] if left > 0 else []
    lines += [_history_line(record, entry, currency) for entry in history[-MOST_HISTORY:]]
    return [section("*History*\n" + "\n".join(lines))]


def _history_line(record: OpportunityRecord, entry: AuditEntry, currency: Currency) -> str:
    when = text.date(entry.at, with_time=True)
    what = _HISTORY_WORDS.get(entry.action) or text.safe(entry.action.replace("_", " "), 40)
    who = "" if entry.actor in _NOT_PEOPLE else f" · {text.person(entry.actor)}"
    said = str(entry.detail.get("reason") or "")
    reason = said_in(record, said, currency, action=entry.action)
    return f"{when} · {what}{who}{f' · {text.sentence(reason, 160)}' if reason else ''}"


def _opened(words: str) -> str:
    """The rest of a sentence as a sentence of its own."""
    return f"{words[:1].upper()}{words[1:]}."
