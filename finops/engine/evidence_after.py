"""The chain's links after the decision: pull request, deployment, bill and verdict. Pure."""

import re
from datetime import timedelta

from finops.domain.lifecycle import Status
from finops.domain.money import DAYS_PER_MONTH
from finops.domain.opportunity import Evidence
from finops.domain.retelling import status_reason_in, verdict_in
from finops.domain.verdict import Verdict
from finops.engine.evidence_known import Known, after, day_words
from finops.pr_body import short_figures
from finops.reports.evidence_chain import Link, LinkState, Step, before_and_after
from finops.verification.verdicts import MIN_DAYS

_THERE, _WAITING, _STOPPED = LinkState.THERE, LinkState.WAITING, LinkState.STOPPED
_MERGED_BY = re.compile(r"was merged by (.+?)\.$")


def pull_request_link(known: Known) -> Link:
    """Opened, merged, or what keeps it from that."""
    record, step = known.record, Step.PULL_REQUEST
    if record.pull_request_number is None:
        is_coming = record.status is Status.APPROVED
        words = "It is opened within minutes of the approval." if is_coming else after("approval")
        return Link(step=step, state=_WAITING if is_coming else known.later, words=words)
    name = f"{record.repository} #{record.pull_request_number}".strip()
    if record.merged_at is not None:
        merged = known.newest(Status.MERGED)
        by = _MERGED_BY.search(str(merged.detail.get("reason", ""))) if merged else None
        words = f"{name} was merged{f' by {by[1]}' if by else ''}."
        return Link(
            step=step, state=_THERE, words=words, at=record.merged_at, url=record.pull_request_url
        )
    opened = known.newest(Status.PULL_REQUEST_OPEN)
    words = f"{name} is open; it counts once somebody has merged it."
    state = _WAITING
    if record.status is not Status.PULL_REQUEST_OPEN:
        reason = status_reason_in(record, known.currency)
        state, words = _STOPPED, f"{name} was not merged: {reason}"
    at = opened.at if opened else None
    return Link(step=step, state=state, words=words, at=at, url=record.pull_request_url)


def deployment_link(known: Known) -> Link:
    """When the estate showed the proposed value."""
    record, step = known.record, Step.DEPLOYMENT
    if record.implemented_at is not None:
        words = "The estate shows the proposed value."
        return Link(step=step, state=_THERE, words=words, at=record.implemented_at)
    if record.status is Status.MERGED:
        words = "Merged; the next cycle that sees the new value in the estate completes this."
        return Link(step=step, state=_WAITING, words=words)
    return Link(step=step, state=known.later, words=after("merge"))


def bill_link(known: Known) -> Link:
    """What the resource cost before and after."""
    record, step = known.record, Step.BILL
    if record.opportunity.kind.is_for_reliability:
        words = "A raise is for reliability; no line of the bill has to prove it."
        return Link(step=step, state=_THERE, words=words)
    facts = _bill_facts(known)
    if record.implemented_at is None:
        return Link(step=step, state=known.later, words=after("deployment"), facts=facts)
    later = [day for day in known.days if known.changed_on and day.day > known.changed_on]
    if len(later) < MIN_DAYS:
        first = record.implemented_at + timedelta(days=MIN_DAYS + 1)
        words = (
            f"{len(later)} of {MIN_DAYS} days after the change are on the bill; a bill comes a day "
            f"or two late, so look again from {day_words(first)} on."
        )
        return Link(step=step, state=_WAITING, words=words, facts=facts)
    words = "; ".join(f"{fact.label}: {fact.value}" for fact in facts)
    at = record.verified_at or known.now
    return Link(step=step, state=_THERE, words=f"{words}.", at=at, facts=facts)


def _bill_facts(known: Known) -> tuple[Evidence, ...]:
    before, since = before_and_after(known.days, known.changed_on)
    counts, told = _counts(known), known.currency.format
    means = (("Before", before, counts[0]), ("after", since, counts[1]))
    return tuple(
        Evidence(
            label,
            f"{told(mean)} a day, {told(mean * DAYS_PER_MONTH)} a month ({count} days)",
            "the bill, effective cost",
        )
        for label, mean, count in means
        if mean is not None
    )


def _counts(known: Known) -> tuple[int, int]:
    if known.changed_on is None:
        return len(known.days), 0
    before = sum(day.day < known.changed_on for day in known.days)
    return before, sum(day.day > known.changed_on for day in known.days)


def verdict_link(known: Known) -> Link:
    """What the bill proved, or when it is judged."""
    record, step = known.record, Step.VERDICT
    if record.verdict:
        found = str(record.verdict.get("verdict", ""))
        sentence = short_figures(verdict_in(record, known.currency))
        state = _STOPPED if found == Verdict.REVERSED else _THERE
        is_said = sentence.lower().startswith(found)
        words = sentence if is_said else f"{found.capitalize()}: {sentence}"
        facts = (Evidence("method", str(record.verdict.get("method", "")), "verification"),)
        return Link(step=step, state=state, words=words, at=record.verified_at, facts=facts)
    if record.implemented_at is None:
        return Link(step=step, state=known.later, words=after("bill"))
    first = record.implemented_at + timedelta(days=known.pace.verify_after_days)
    last = record.implemented_at + timedelta(days=known.pace.give_up_verifying_after_days)
    words = (
        f"It is judged from {day_words(first)} on; if the bill has not shown it by "
        f"{day_words(last)} it is called unproven."
    )
    return Link(step=step, state=_WAITING, words=words)
