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

from finops.domain.changes import Change, Setting
from finops.domain.currency import DOLLARS, Currency
from finops.domain.money import Saving
from finops.domain.opportunity import Evidence, Opportunity, Resource, WasteKind
from finops.domain.quantities import format_cpu, format_memory
from finops.domain.retelling import caveats_in, summary_in
from finops.edits import PlannedEdit, Proof
from finops.pr_markdown import count as _count
from finops.pr_markdown import escape as _escape
from finops.pr_markdown import heading as _heading
from finops.pr_markdown import listing_of
from finops.pr_markdown import one_line as _one_line
from finops.pr_markdown import shortened as _shortened
from finops.pr_markdown import table as _table

MAX_TITLE = 200

_WORDS = {
    Setting.CPU_REQUEST: "CPU request",
    Setting.CPU_LIMIT: "CPU limit",
    Setting.MEMORY_REQUEST: "memory request",
    Setting.MEMORY_LIMIT: "memory limit",
    Setting.HEAP: "Java heap (-Xmx)",
    Setting.HPA_CPU_TARGET: "autoscaler's CPU target",
    Setting.HPA_MEMORY_TARGET: "autoscaler's memory target",
    Setting.DESIRED_SIZE: "desired size",
    Setting.MIN_SIZE: "minimum size",
    Setting.MAX_SIZE: "maximum size",
    Setting.PRESENT: "resource",
    Setting.INSTANCE_TYPE: "instance type",
    Setting.INSTANCE_CLASS: "instance class",
    Setting.VOLUME_TYPE: "volume type",
    Setting.VOLUME_SIZE_GIB: "volume size",
    Setting.VOLUME_IOPS: "volume IOPS",
    Setting.VOLUME_THROUGHPUT: "volume throughput",
    Setting.STORAGE_TYPE: "storage type",
    Setting.STORAGE_SIZE_GIB: "allocated storage",
}
_UNITS = {
    Setting.HPA_CPU_TARGET: " %",
    Setting.HPA_MEMORY_TARGET: " %",
    Setting.VOLUME_SIZE_GIB: " GiB",
    Setting.STORAGE_SIZE_GIB: " GiB",
    Setting.VOLUME_THROUGHPUT: " MiB/s",
}
_QUANTITIES = {
    Setting.CPU_REQUEST: format_cpu,
    Setting.CPU_LIMIT: format_cpu,
    Setting.MEMORY_REQUEST: format_memory,
    Setting.MEMORY_LIMIT: format_memory,
    Setting.HEAP: format_memory,
}
_KIND_WORDS = {
    "NodeGroup": "node group",
    "ScalingGroup": "Auto Scaling group",
    "NatGateway": "NAT gateway",
    "LoadBalancer": "load balancer",
    "DatabaseCluster": "database cluster",
    "Address": "Elastic IP address",
}
_SHOWN_CHECKS = 12  # a base may have many overlays
_METADATA = re.compile(r"<!-- finops-bot (\{[^\n]*\}) -->")
_LONG_PRICE = re.compile(r"\$(\d*\.\d{5,})")
# `$80.00`, `CHF 80.00`, `KWD 80.000`, and no version such as `API 1.00.3`.
_WHOLE_AMOUNT = re.compile(r"((?:[$£¥\u20a0-\u20c0]|\b[A-Z]{3} )[\d,]+)\.0{2,3}\b(?!\.\d)")
_SLACK_ID = re.compile(r"^[UW][A-Z0-9]{8,12}$")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Which opportunity a pull request is for, as its body says it."""

    opportunity: str
    revision: int
    fingerprint: str


def render_title(opportunity: Opportunity) -> str:
    """`Lower CPU request of shop/frontend (server) from 500m to 120m`; plain text, one line."""
    return _one_line(action_words(opportunity))[:MAX_TITLE]


def render_commit_message(
    opportunity: Opportunity, proof: Proof, *, currency: Currency = DOLLARS
) -> str:
    """Subject, why, what it saves, and trailers that name the opportunity."""
    lines = [
        render_title(opportunity),
        "",
        _one_line(summary_in(opportunity, currency)),
        f"Estimated {_money(opportunity, currency)}{_rate(currency)}.",
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
    currency: Currency = DOLLARS,
) -> str:
    """The Markdown reviewers read, with the metadata that `parse_metadata` reads at its end."""
    sections = [
        short_figures(_escape(summary_in(opportunity, currency))),
        _changes(opportunity),
        _at_a_glance(opportunity, currency),
        _listing("Before you merge", (*caveats_in(opportunity, currency), *edit.notes)),
        _evidence(opportunity.evidence),
        _proof(edit.proof),
        _listing("Guardrails at approval", map(currency.beside, guardrail_reasons)),
        _approval(approved_by, now, currency),
    ]
    text = "\n\n".join(section for section in sections if section)
    return f"{_shortened(text)}\n\n{metadata_line(opportunity)}\n"


def parse_metadata(body: str) -> Metadata | None:
    """The last metadata of a pull request body, or None when there is none or it is broken."""
    found = _METADATA.findall(body)
    return _parsed(found[-1]) if found else None


def all_metadata(body: str) -> tuple[Metadata, ...]:
    """The metadata of every opportunity in a body; broken ones are left out."""
    return tuple(each for text in _METADATA.findall(body) if (each := _parsed(text)) is not None)


def _parsed(text: str) -> Metadata | None:
    try:
        values = json.loads(text)
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
        what = "Delete unattached volume" if is_orphan else f"Remove {_kind(resource)}"
        name = resource.cloud_tags.get("Name", "")  # people know a disk by this, not by its id
        return f"{what} {name} ({resource.label})" if name else f"{what} {resource.label}"
    if first.setting is Setting.DESIRED_SIZE:
        verb = "Shrink" if first.number < (first.current_number or 0) else "Set"
        machines = "nodes" if resource.kind == "NodeGroup" else "instances"
        parts = [f"{verb} {_kind(resource)} {resource.label}{_span(first)} {machines}"]
    else:
        parts = [f"{_verb(first)} {_WORDS[first.setting]} of {resource.label}{_span(first)}"]
    parts += [f"{_verb(c).lower()} {_WORDS[c.setting]}{_span(c)}" for c in others]
    return " and ".join(parts)


def joint_words(opportunity: Opportunity, currency: Currency = DOLLARS) -> str:
    """What it is part of, in a sentence; empty where it is part of nothing.

    `With 11 other smaller requests it lets 2 nodes leave (a, b): $280/month off the bill together.`
    """
    joint = opportunity.joint
    if joint is None:
        return ""
    others = _count(joint.proposals - 1, "other smaller request")
    who = f"With {others} it" if joint.proposals > 1 else "It"
    hidden = joint.nodes - len(joint.node_names)
    names = ", ".join(joint.node_names) + (f" and {hidden} more" if hidden else "")
    left = f"{_count(joint.nodes, 'node')} leave ({names})" if joint.nodes else "dearer nodes leave"
    amount = currency.short(joint.usd_per_month)
    return f"{who} lets {left}: {amount}/month off the bill together."


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
    return _WHOLE_AMOUNT.sub(r"\1", rounded)


def _verb(change: Change) -> str:
    if change.current is None or change.setting.is_text:
        return "Set" if change.current is None else "Change"
    return "Raise" if change.number > (change.current_number or 0) else "Lower"


def _span(change: Change) -> str:
    start = "" if change.current is None else f" from {_value(change.setting, change.current)}"
    return f"{start} to {_value(change.setting, change.proposed)}"


def _value(setting: Setting, value: int | str | None) -> str:
    if value is None:
        return "not set"
    if setting is Setting.PRESENT:
        return "exists" if value else "deleted"
    if setting in _QUANTITIES and isinstance(value, int):
        return _QUANTITIES[setting](value)
    return f"{value}{_UNITS.get(setting, '')}"


def _kind(resource: Resource) -> str:
    return _KIND_WORDS.get(resource.kind, resource.kind.lower())


def _changes(opportunity: Opportunity) -> str:
    words = _WORDS | {Setting.PRESENT: _kind(opportunity.resource)}
    values = ((c.setting, c.current, c.proposed) for c in opportunity.changes)
    rows = [(_heading(words[s]), _value(s, now), _value(s, then)) for s, now, then in values]
    return _table(("Setting", "Now", "Proposed"), rows)


def _at_a_glance(opportunity: Opportunity, currency: Currency) -> str:
    """What a reviewer weighs, in four lines."""
    pods = f"{_count(opportunity.blast_replicas, 'pod')} restart when it is applied"
    restart = pods if opportunity.restart_needed else "no restart"
    warning = "" if opportunity.rollback_possible else "**It cannot be undone.** "
    back = _escape(opportunity.rollback or "Revert this pull request and apply again.")
    return (
        f"{_worth(opportunity, currency)}\n"
        f"- **Confidence:** {confidence_words(opportunity.confidence)}, the chance that the "
        "proposal holds for the next 14 days\n"
        f"- **Risk:** {risk_words(opportunity.risk)} if it does not hold; {restart}\n"
        f"- **Way back:** {warning}{back}"
    )


def _rate(currency: Currency) -> str:
    return f", at {currency.rate_words}" if currency.rate_words else ""


def _money(opportunity: Opportunity, currency: Currency) -> str:
    if opportunity.kind.is_for_reliability:
        return f"cost: {cost_words(opportunity, currency)}"
    return f"saving: {currency.told_saving(opportunity.saving)}"


def _worth(opportunity: Opportunity, currency: Currency) -> str:
    if opportunity.kind.is_for_reliability:
        cost = cost_words(opportunity, currency)
        return f"- **Cost (estimate):** {cost}, for reliability; it saves nothing"
    together = joint_words(opportunity, currency)
    together = f". {_escape(together)}" if together else ""
    return f"- **Saving (estimate):** {_saving(opportunity.saving, currency)}{together}"


def cost_words(opportunity: Opportunity, currency: Currency = DOLLARS) -> str:
    """`$1.86/month more room`: what a raise takes of what is paid for anyway."""
    return f"{currency.short(opportunity.cost_usd_per_month)}/month more room"


def _saving(saving: Saving, currency: Currency) -> str:
    cashable, freed = saving.cashable_usd_per_month, saving.freed_usd_per_month
    cash, room = currency.short(cashable), currency.short(freed)
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


def _approval(approved_by: str, now: datetime, currency: Currency) -> str:
    by = _SLACK_ID.sub(r"\g<0> in Slack", _escape(approved_by))
    by = f"Approved by {by}. " if approved_by else ""
    rate = f" {_escape(currency.rate_sentence)}" if currency.rate_sentence else ""
    return f"{by}Planned {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC by finops-bot.{rate}"


def metadata_line(opportunity: Opportunity) -> str:
    """The hidden line that `parse_metadata` reads."""
    values = {
        "opportunity": opportunity.id,
        "revision": opportunity.revision,
        "fingerprint": opportunity.fingerprint,
    }
    # `-->` would end the comment early; JSON reads the escapes back.
    text = json.dumps(values).replace("--", "-\\u002d").replace(">", "\\u003e")
    return f"<!-- finops-bot {text} -->"


def _listing(title: str, texts: Iterable[str]) -> str:
    return listing_of(title, (short_figures(text) for text in texts))
