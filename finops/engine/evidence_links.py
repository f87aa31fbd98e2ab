"""The chain's links up to the decision, and all of them in order. Pure."""

from datetime import timedelta

from finops.domain.lifecycle import Status
from finops.domain.opportunity import Evidence
from finops.domain.ownership import OWNER
from finops.domain.retelling import status_reason_in, summary_in
from finops.engine.evidence_after import (
    bill_link,
    deployment_link,
    pull_request_link,
    verdict_link,
)
from finops.engine.evidence_known import AGREED, UNDECIDED, Known, day_words
from finops.reports.evidence_chain import Link, LinkState, Step

_THERE, _WAITING, _STOPPED = LinkState.THERE, LinkState.WAITING, LinkState.STOPPED


def links_of(known: Known) -> tuple[Link, ...]:
    """The eight links in order."""
    return (
        _metrics(known),
        _price(known),
        _guardrails(known),
        _approval(known),
        pull_request_link(known),
        deployment_link(known),
        bill_link(known),
        verdict_link(known),
    )


def _metrics(known: Known) -> Link:
    found = known.record.opportunity
    facts = tuple(e for e in found.evidence if "$" not in e.value and e.label != OWNER)
    window = next((e for e in facts if e.label == "history"), None)
    if not facts:
        words = "No measurement was recorded; the next cycle measures again."
        return Link(step=Step.METRICS, state=_WAITING, words=words, at=found.detected_at)
    read = f"{window.value}, read from {window.source}" if window else f"{len(facts)} facts"
    words = f"{read}. {summary_in(found, known.currency)}"
    return Link(step=Step.METRICS, state=_THERE, words=words, at=found.detected_at, facts=facts)


def _price(known: Known) -> Link:
    found, baseline = known.record.opportunity, known.baseline
    facts = tuple(e for e in found.evidence if "$" in e.value)
    if baseline is not None:
        cost = f"{known.currency.format(baseline.effective_cost_usd_per_month)}/month"
        facts = (*facts, Evidence("cost before", cost, baseline.method))
    if not facts:
        words = "No price was recorded with it; a bill or a price list gives one at the next cycle."
        return Link(step=Step.PRICE, state=_WAITING, words=words)
    said = "; ".join(f"{e.label} {e.value}, from {e.source}" for e in facts[:3])
    words = said[:1].upper() + said[1:]
    at = found.detected_at
    return Link(step=Step.PRICE, state=_THERE, words=f"{words}.", at=at, facts=facts)


def _guardrails(known: Known) -> Link:
    record = known.record
    is_open = record.status in UNDECIDED
    sentences = [known.currency.beside(sentence) for sentence in known.sentences]
    facts = tuple(Evidence("guardrail", sentence, "policies") for sentence in sentences)
    if facts:
        when = "now" if is_open else "at the decision"
        words = f"{len(facts)} said something {when}: {sentences[0]}"
    elif is_open:
        words = "None objects now; they are asked again at the click and before the pull request."
    else:
        words = "None objected at the decision."
    at = None if is_open else record.decided_at
    return Link(step=Step.GUARDRAILS, state=_THERE, words=words, at=at, facts=facts)


def _approval(known: Known) -> Link:
    record = known.record
    approved = known.newest(Status.APPROVED)
    if record.status in AGREED or (record.status is Status.OBSOLETE and approved):
        by = approved.actor if approved else record.decided_by
        at = approved.at if approved else record.decided_at
        words = f"Approved by {by}, revision {record.opportunity.revision}."
        return Link(step=Step.APPROVAL, state=_THERE, words=words, at=at)
    state, words = _no_approval(known)
    return Link(step=Step.APPROVAL, state=state, words=words)


def _no_approval(known: Known) -> tuple[LinkState, str]:
    record, pace = known.record, known.pace
    if record.status is Status.DENIED:
        by = f" by {record.decided_by}" if record.decided_by else ""
        return _STOPPED, f"Denied{by}: {record.status_reason or 'no reason was given'}"
    if record.status is Status.SNOOZED:
        return _WAITING, f"Snoozed; the question comes back on {day_words(record.snoozed_until)}."
    if record.status is Status.EXPIRED:
        return _STOPPED, "Nobody decided in time; it is asked again when the proposal changes."
    if record.status is Status.OBSOLETE:
        return _STOPPED, f"Closed before a decision: {status_reason_in(record, known.currency)}"
    if record.status is Status.DETECTED:
        return _WAITING, "No card was posted yet; it comes within the channel's daily budget."
    end = record.status_changed_at + timedelta(days=pace.expire_after_days)
    return _WAITING, f"Nobody has decided yet; without an answer it expires on {day_words(end)}."
