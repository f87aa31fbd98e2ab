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
    Setting.HPA_CPU_TARGET: "autoscaler's CPU target",
    Setting.HPA_MEMORY_TARGET: "autoscaler's memory target",
    Setting.DESIRED_SIZE: "desired size",
    Setting.PRESENT: "volume",
}
_SHOWN_CHECKS = 12  # a base may have many overlays
_METADATA = re.compile(r"<!-- finops-bot (\{[^\n]*\}) -->")
_SIGNS = re.compile(r"([\\`*_\[\]|~])")
# A zero-width space behind these keeps GitHub from pinging people and linking issues.
_LINKS = re.compile(r"(@|#|:(?=//)|\bwww\.|\bGH-)", re.IGNORECASE)
_LONG_PRICE = re.compile(r"\$(\d*\.\d{5,})")
_WHOLE_DOLLARS = re.compile(r"(\$[\d,]+)\.00\b")
_SLACK_ID = re.compile(r"^[UW][A-Z0-9]{8,12}$")
_ZERO_WIDTH_SPACE = "\u200b"


@dataclass(frozen=True, slots=True)
class Metadata:
    """Which opportunity a pull request is for, as its body says it."""

    opportunity: str
    revision: int
    fingerprint: str


def render_title(opportunity: Opportunity) -> str:
    """`Lower CPU request of shop/frontend (server) from 500m to 120m`; plain text, one line."""
    return _one_line(action_words(opportunity))[:MAX_TITLE]


def render_commit_message(opportunity: Opportunity, proof: Proof) -> str:
    """Subject, why, what it saves, and trailers that name the opportunity."""
    lines = [
        render_title(opportunity),
        "",
        _one_line(opportunity.summary),
        f"Estimated {_money(opportunity)}.",
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
        short_figures(_escape(opportunity.summary)),
        _changes(opportunity),
        _at_a_glance(opportunity),
        _listing("Before you merge", (*opportunity.caveats, *edit.notes)),
        _evidence(opportunity.evidence),
        _proof(edit.proof),
        _listing("Guardrails at approval", guardrail_reasons),
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


def action_words(opportunity: Opportunity) -> str:
    """`Lower CPU request of shop/frontend (server) from 500m to 120m`: what cards say too."""
    resource, changes = opportunity.resource, opportunity.changes
    if not changes:
        return f"Review {resource.label}"
    first, *others = changes
    if first.setting is Setting.PRESENT:
        is_orphan = opportunity.kind is WasteKind.ORPHAN_VOLUME
        what = "Delete unattached volume" if is_orphan else f"Remove {resource.kind.lower()}"
        name = resource.cloud_tags.get("Name", "")  # people know a disk by this, not by its id
        return f"{what} {name} ({resource.label})" if name else f"{what} {resource.label}"
    if first.setting is Setting.DESIRED_SIZE:
        verb = "Shrink" if first.proposed < (first.current or 0) else "Set"
        return f"{verb} node group {resource.label}{_span(first)} nodes"
    parts = [f"{_verb(first)} {_WORDS[first.setting]} of {resource.label}{_span(first)}"]
    parts += [f"{_verb(c).lower()} {_WORDS[c.setting]}{_span(c)}" for c in others]
    return " and ".join(parts)


def confidence_words(confidence: float) -> str:
    """`95 %`; rounded down, because it is a promise."""
    # A hair is added because 0.29 × 100 is 28.999… in floating point.
    percent = int(confidence * 100 + 1e-6)
    return f"{percent} %" if percent < 100 else "over 99 %"


def risk_words(risk: float) -> str:
    """How bad it would be if the proposal did not hold: `low`, `medium` or `high`."""
    return "low" if risk < 0.3 else "medium" if risk < 0.6 else "high"


def short_figures(words: str) -> str:
    """`$80.00` as `$80` and `$0.0310337718437` as `$0.031`: what a person reads of a price."""
    rounded = _LONG_PRICE.sub(lambda price: f"${float(price[1]):.3g}", words)
    return _WHOLE_DOLLARS.sub(r"\1", rounded)


def _verb(change: Change) -> str:
    raised = change.current is not None and change.proposed > change.current
    return "Set" if change.current is None else "Raise" if raised else "Lower"


def _span(change: Change) -> str:
    start = "" if change.current is None else f" from {_value(change.setting, change.current)}"
    return f"{start} to {_value(change.setting, change.proposed)}"


def _value(setting: Setting, value: int | None) -> str:
    if value is None or setting is Setting.DESIRED_SIZE:
        return "not set" if value is None else str(value)
    if setting is Setting.PRESENT:
        return "exists" if value else "deleted"
    return format_cpu(value) if "cpu" in setting else format_memory(value)


def _changes(opportunity: Opportunity) -> str:
    values = ((c.setting, c.current, c.proposed) for c in opportunity.changes)
    rows = [(_heading(_WORDS[s]), _value(s, now), _value(s, then)) for s, now, then in values]
    return _table(("Setting", "Now", "Proposed"), rows)


def _at_a_glance(opportunity: Opportunity) -> str:
    """What a reviewer weighs, in four lines."""
    pods = f"{_count(opportunity.blast_replicas, 'pod')} restart when it is applied"
    restart = pods if opportunity.restart_needed else "no restart"
    warning = "" if opportunity.rollback_possible else "**It cannot be undone.** "
    back = _escape(opportunity.rollback or "Revert this pull request and apply again.")
    return (
        f"{_worth(opportunity)}\n"
        f"- **Confidence:** {confidence_words(opportunity.confidence)}, the chance that the "
        "proposal holds for the next 14 days\n"
        f"- **Risk:** {risk_words(opportunity.risk)} if it does not hold; {restart}\n"
        f"- **Way back:** {warning}{back}"
    )


def _money(opportunity: Opportunity) -> str:
    if opportunity.kind.is_for_reliability:
        return f"cost: {cost_words(opportunity)}"
    return f"saving: {short_figures(str(opportunity.saving))}"


def _worth(opportunity: Opportunity) -> str:
    if opportunity.kind.is_for_reliability:
        return (
            f"- **Cost (estimate):** {cost_words(opportunity)}, for reliability; it saves nothing"
        )
    return f"- **Saving (estimate):** {_saving(opportunity.saving)}"


def cost_words(opportunity: Opportunity) -> str:
    """`$1.86/month more room`: what a raise takes of what is paid for anyway."""
    return f"{short_figures(format_usd(opportunity.cost_usd_per_month))}/month more room"


def _saving(saving: Saving) -> str:
    cashable, freed = saving.cashable_usd_per_month, saving.freed_usd_per_month
    cash, room = short_figures(format_usd(cashable)), short_figures(format_usd(freed))
    left = f"**{cash}/month**" if cashable else "nothing"
    alone = "" if cashable else " by this change alone"
    inside = f"room worth **{room}/month** is freed inside what is paid for anyway"
    return f"{left} leaves the bill{alone}; {inside if freed else 'no room is freed'}"


def _evidence(evidence: Sequence[Evidence]) -> str:
    rows = [(_heading(each.label), short_figures(each.value), each.source) for each in evidence]
    return f"### Evidence\n\n{_table(('Fact', 'Value', 'Read from'), rows)}" if rows else ""


def _proof(proof: Proof) -> str:
    rows = [(e.path or proof.path, e.where, e.before or "—", e.after or "—") for e in proof.entries]
    checks = "".join(f"\n- {_escape(each)}." for each in proof.checks[:_SHOWN_CHECKS])
    checks = f" What is deployed was rendered too:\n{checks}" if checks else ""
    return (
        "### Proof\n\n"
        f"{_table(('File', 'Place', 'Before', 'After'), rows)}\n\n"
        f"{_count(proof.lines_changed, 'line')} changed, {proof.unintended_lines_changed} "
        "unintended. Every file was parsed before and after, and the two were compared."
        f"{checks}"
    )


def _approval(approved_by: str, now: datetime) -> str:
    by = _SLACK_ID.sub(r"\g<0> in Slack", _escape(approved_by))
    by = f"Approved by {by}. " if approved_by else ""
    return f"{by}Planned {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC by finops-bot."


def _listing(title: str, texts: Iterable[str]) -> str:
    lines = [f"- {_escape(short_figures(text))}" for text in texts]
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


def _heading(words: str) -> str:
    return words[:1].upper() + words[1:]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _shortened(text: str) -> str:
    kept = text[:MAX_BODY].rsplit("\n", 1)[0]
    return text if len(text) <= MAX_BODY else f"{kept}\n\n(Shortened to what GitHub takes.)"
