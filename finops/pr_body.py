"""What reviewers read in a pull request: title, commit message and Markdown body.

The body says what changes and why, what it saves (cashable and freed apart), on what evidence,
what could go wrong, how to go back, and proves that nothing else changed. Everything that comes
from an estate (names, tags, reasons) is escaped: it can ping nobody and forge no table.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from finops.domain.money import Saving, format_usd
from finops.domain.opportunity import Change, Evidence, Opportunity, Setting, WasteKind
from finops.domain.quantities import format_cpu, format_memory
from finops.edits import PlannedEdit, Proof

MAX_TITLE = 200
MAX_BODY = 60_000  # GitHub takes 65,536 characters.

_WORDS = {
    Setting.CPU_REQUEST: "CPU request",
    Setting.CPU_LIMIT: "CPU limit",
    Setting.MEMORY_REQUEST: "memory request",
    Setting.MEMORY_LIMIT: "memory limit",
    Setting.DESIRED_SIZE: "desired size",
    Setting.PRESENT: "present",
}
_METADATA = re.compile(r"<!-- finops-bot (\{[^\n]*\}) -->")
_SIGNS = re.compile(r"([\\`*_\[\]|~])")
# A zero-width space behind these keeps GitHub from pinging people and linking issues and sites.
_LINKS = re.compile(r"(@|#|:(?=//)|\bwww\.|\bGH-)", re.IGNORECASE)
_ZERO_WIDTH_SPACE = "\u200b"


@dataclass(frozen=True, slots=True)
class Metadata:
    """Which opportunity a pull request is for, as its body says it."""

    opportunity: str
    revision: int
    fingerprint: str


def render_title(opportunity: Opportunity) -> str:
    """`Lower CPU request of shop/frontend (server) from 500m to 120m`; plain text, one line."""
    return _one_line(_action(opportunity))[:MAX_TITLE]


def render_commit_message(opportunity: Opportunity, proof: Proof) -> str:
    """Subject, why, what it saves, and trailers that name the opportunity."""
    lines = [
        render_title(opportunity),
        "",
        _one_line(opportunity.summary),
        f"Estimated saving: {opportunity.saving}.",
        f"{_count(proof.lines_changed, 'line')} changed, "
        f"{proof.unintended_lines_changed} unintended.",
        "",
        f"Finops-Opportunity: {opportunity.id}",
        f"Finops-Revision: {opportunity.revision}",
    ]
    return "\n".join(lines) + "\n"


def render_body(
    opportunity: Opportunity,
    edit: PlannedEdit,
    *,
    approved_by: str = "",
    guardrail_reasons: Sequence[str] = (),
    now: datetime,
) -> str:
    """The Markdown reviewers read, with the metadata that `parse_metadata` reads at its end."""
    sections = [
        f"{_escape(_action(opportunity))}. {_escape(opportunity.summary)}",
        _changes(opportunity),
        _saving(opportunity.saving),
        _confidence(opportunity),
        _evidence(opportunity.evidence),
        _listing("Mind", (*opportunity.caveats, *edit.notes)),
        _rollback(opportunity),
        _proof(edit.proof),
        _listing("Guardrails", guardrail_reasons),
        _approval(approved_by, now),
    ]
    text = "\n\n".join(section for section in sections if section)
    return f"{_shortened(text)}\n\n{_metadata(opportunity)}\n"


def parse_metadata(body: str) -> Metadata | None:
    """The metadata of a pull request body, or None when there is none or it is broken."""
    found = _METADATA.findall(body)
    try:
        values = json.loads(found[-1]) if found else {}
        opportunity, fingerprint = values["opportunity"], values["fingerprint"]
        return Metadata(str(opportunity), int(values["revision"]), str(fingerprint))
    except (ValueError, TypeError, KeyError):
        return None


def _action(opportunity: Opportunity) -> str:
    label = opportunity.resource.label
    if opportunity.kind is WasteKind.ORPHAN_VOLUME:
        return f"Remove unattached volume {label}"
    changes = opportunity.changes
    if not changes:
        return f"Change {label}"
    first = changes[0]
    what = f"{_verb(first)}{_WORDS[first.setting]} of {label}{_span(first)}"
    more = f" and {_count(len(changes) - 1, 'more setting')}" if len(changes) > 1 else ""
    return what[0].upper() + what[1:] + more


def _verb(change: Change) -> str:
    if change.current is None:
        return "set "
    return "raise " if change.proposed > change.current else "lower "


def _span(change: Change) -> str:
    start = "" if change.current is None else f" from {_value(change.setting, change.current)}"
    return f"{start} to {_value(change.setting, change.proposed)}"


def _value(setting: Setting, value: int | None) -> str:
    if value is None:
        return "not set"
    if setting is Setting.PRESENT:
        return "yes" if value else "no"
    if setting is Setting.DESIRED_SIZE:
        return str(value)
    is_cpu = setting in (Setting.CPU_REQUEST, Setting.CPU_LIMIT)
    return format_cpu(value) if is_cpu else format_memory(value)


def _changes(opportunity: Opportunity) -> str:
    rows = [
        (_WORDS[c.setting], _value(c.setting, c.current), _value(c.setting, c.proposed))
        for c in opportunity.changes
    ]
    return _table(("Setting", "Current", "Proposed"), rows)


def _saving(saving: Saving) -> str:
    cashable, freed = saving.cashable_usd_per_month, saving.freed_usd_per_month
    cash = (
        f"about **{format_usd(cashable)} a month** leaves the bill."
        if cashable
        else "nothing leaves the bill by this change alone."
    )
    room = (
        f"room worth about **{format_usd(freed)} a month** becomes free inside what is paid for "
        "anyway."
        if freed
        else "no room is freed besides."
    )
    return f"### Saving (estimate)\n\n- Cashable: {cash}\n- Freed: {room}"


def _confidence(opportunity: Opportunity) -> str:
    restart = "Pods restart when it is applied." if opportunity.restart_needed else "No restart."
    return (
        "### Confidence and risk\n\n"
        f"- Confidence: **{opportunity.confidence:.0%}**, {_odds(opportunity.confidence)}: the "
        "chance that the proposal holds for the next 14 days.\n"
        f"- Risk: **{_risk(opportunity.risk)}** ({opportunity.risk:.0%}): how bad it would be if "
        f"it does not hold. {restart} Replicas affected: {opportunity.blast_replicas}."
    )


def _odds(confidence: float) -> str:
    for bound, words in ((0.95, "very likely"), (0.8, "likely"), (0.6, "more likely than not")):
        if confidence >= bound:
            return words
    return "uncertain"


def _risk(risk: float) -> str:
    return "low" if risk < 0.3 else "medium" if risk < 0.6 else "high"


def _evidence(evidence: Sequence[Evidence]) -> str:
    rows = [(each.label, each.value, each.source) for each in evidence]
    return f"### Evidence\n\n{_table(('Fact', 'Value', 'Source'), rows)}" if rows else ""


def _rollback(opportunity: Opportunity) -> str:
    text = opportunity.rollback or "Revert this pull request and apply again."
    warning = "" if opportunity.rollback_possible else "**It cannot be undone.** "
    return f"### Rollback\n\n{warning}{_escape(text)}"


def _proof(proof: Proof) -> str:
    rows = [(e.path or proof.path, e.where, e.before or "—", e.after or "—") for e in proof.entries]
    return (
        "### Proof\n\n"
        f"{_table(('File', 'Place', 'Before', 'After'), rows)}\n\n"
        f"{_count(proof.lines_changed, 'line')} changed, {proof.unintended_lines_changed} "
        "unintended. The files were parsed before and after, and compared."
    )


def _approval(approved_by: str, now: datetime) -> str:
    by = f"Approved by {_escape(approved_by)}. " if approved_by else ""
    return f"{by}Planned {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC by finops-bot."


def _listing(title: str, texts: Iterable[str]) -> str:
    lines = [f"- {_escape(text)}" for text in texts]
    return "\n".join([f"### {title}\n", *lines]) if lines else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [list(head), ["---"] * len(head), *([_escape(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _metadata(opportunity: Opportunity) -> str:
    values = {
        "opportunity": opportunity.id,
        "revision": opportunity.revision,
        "fingerprint": opportunity.fingerprint,
    }
    # `-->` would end the comment early; JSON reads the escapes back.
    text = json.dumps(values).replace("--", "-\\u002d").replace(">", "\\u003e")
    return f"<!-- finops-bot {text} -->"


def _escape(text: str) -> str:
    """One line of Markdown that shows `text` and does nothing."""
    plain = _one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINKS.sub(rf"\1{_ZERO_WIDTH_SPACE}", _SIGNS.sub(r"\\\1", plain))


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _shortened(text: str) -> str:
    if len(text) <= MAX_BODY:
        return text
    return text[:MAX_BODY].rsplit("\n", 1)[0] + "\n\n(Shortened: it was longer than GitHub takes.)"
