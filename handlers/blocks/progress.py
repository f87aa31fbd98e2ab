"""Where an opportunity stands, as the record that follows it from the decision to the bill."""

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation

from finops.domain.currency import DOLLARS, Currency
from finops.domain.lifecycle import Status
from finops.domain.opportunity import Approval, OpportunityRecord
from finops.domain.retelling import status_reason_in
from finops.domain.verdict import Verdict
from handlers.blocks import text

_VERDICT_WORDS = {
    Verdict.REALISED: "The bill confirms it",
    Verdict.PARTIAL: "The bill confirms a part of it",
    Verdict.UNPROVEN: "The bill neither confirms nor denies it",
    Verdict.REVERSED: "The change was undone; nothing is counted as saved",
}


def progress(
    record: OpportunityRecord, approvals: Sequence[Approval] = (), *, currency: Currency = DOLLARS
) -> str:
    """One to four short lines of mrkdwn: who decided, what came of it, what comes next.

    Last comes what is the matter beside its state, such as a limit that it waits for. `approvals`
    are all who agreed, where it took several.
    """
    note = text.sentence(currency.beside(record.note), 500) if record.note else ""
    words = _lines(_WORDS[record.status](record, currency), note)
    if len(approvals) < 2 or not record.decided_by or record.status is Status.DENIED:
        return words
    everybody = " and ".join(text.person(one.approver) for one in approvals)
    return words.replace(text.person(record.decided_by), everybody, 1)


def agreed_so_far(approvals: Sequence[Approval], needed: int) -> str:
    """`1 of 2 approvals: @dana. 1 more person must agree.`; empty where one is enough."""
    if needed < 2:
        return ""
    if not approvals:
        return f"{needed} people must approve; nobody has yet."
    names = ", ".join(text.person(one.approver) for one in approvals[:5])
    left = needed - len(approvals)
    return f"{len(approvals)} of {needed} approvals: {names}. {left} more must agree."


def _decided(verb: str, record: OpportunityRecord) -> str:
    at = record.decided_at or record.status_changed_at
    return f"{verb} by {text.person(record.decided_by)} · {text.date(at, with_time=True)}"


def _pull_request(record: OpportunityRecord) -> str:
    if record.pull_request_number is None:
        return "Pull request"
    return text.link(record.pull_request_url, f"PR #{record.pull_request_number}")


def _reason(record: OpportunityRecord, limit: int = 500, *, currency: Currency) -> str:
    reason = status_reason_in(record, currency)
    return text.sentence(reason, limit) if reason else ""


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _waiting(record: OpportunityRecord, currency: Currency) -> str:
    since = text.date(record.status_changed_at)
    # A card that came back says why; a fresh one has no reason.
    return _lines(f"Waiting since {since}", _reason(record, 200, currency=currency))


def _approved(record: OpportunityRecord, _currency: Currency) -> str:
    # What it waits for is said by its note.
    coming = "" if record.note else "Next: the bot opens the pull request."
    return _lines(_decided("Approved", record), coming)


def _open(record: OpportunityRecord, _currency: Currency) -> str:
    return _lines(
        f"{_decided('Approved', record)} · {_pull_request(record)}",
        "Next: somebody reviews and merges the pull request.",
    )


def _merged(record: OpportunityRecord, _currency: Currency) -> str:
    when = text.date(record.merged_at or record.status_changed_at)
    return _lines(
        f"{_decided('Approved', record)} · {_pull_request(record)}",
        f"Merged {when}. Next: the cluster shows the new value.",
    )


def _implemented(record: OpportunityRecord, _currency: Currency) -> str:
    when = text.date(record.implemented_at or record.status_changed_at)
    return _lines(
        f"{_decided('Approved', record)} · {_pull_request(record)}",
        f"In effect since {when}. Next: the bill proves it, or does not.",
    )


def _verified(record: OpportunityRecord, currency: Currency) -> str:
    known = set(Verdict)
    verdict = str(record.verdict.get("verdict", ""))
    words = _VERDICT_WORDS[Verdict(verdict)] if verdict in known else "Verified"
    proved = f": {text.saved(record.realised, currency)}" if record.realised else ""
    return _lines(
        f"{_decided('Approved', record)} · {_pull_request(record)}",
        f"{words}{proved}{_interval(record, currency)}.",
    )


def _interval(record: OpportunityRecord, currency: Currency) -> str:
    try:
        low = Decimal(str(record.verdict["low_usd_per_month"]))
        high = Decimal(str(record.verdict["high_usd_per_month"]))
    except (KeyError, InvalidOperation):
        return ""
    if not (low.is_finite() and high.is_finite()):
        return ""
    return f" (4 in 5 chance: {currency.short(low)} to {currency.short(high)})"


def _denied(record: OpportunityRecord, currency: Currency) -> str:
    return _lines(_decided("Denied", record), _reason(record, currency=currency))


def _snoozed(record: OpportunityRecord, currency: Currency) -> str:
    until = text.date(record.snoozed_until)
    return _lines(
        f"{_decided('Snoozed', record)} · back on {until}", _reason(record, currency=currency)
    )


def _expired(record: OpportunityRecord, _currency: Currency) -> str:
    when = text.date(record.status_changed_at)
    return f"Expired {when}: nobody decided. It comes back when the proposal clearly changes."


def _obsolete(record: OpportunityRecord, currency: Currency) -> str:
    return _lines(
        f"Closed {text.date(record.status_changed_at)}", _reason(record, currency=currency)
    )


_WORDS: dict[Status, Callable[[OpportunityRecord, Currency], str]] = {
    # A found one looks like a notified one, so that its fresh card needs no second update.
    Status.DETECTED: _waiting,
    Status.NOTIFIED: _waiting,
    Status.APPROVED: _approved,
    Status.DENIED: _denied,
    Status.SNOOZED: _snoozed,
    Status.EXPIRED: _expired,
    Status.PULL_REQUEST_OPEN: _open,
    Status.MERGED: _merged,
    Status.IMPLEMENTED: _implemented,
    Status.VERIFIED: _verified,
    Status.OBSOLETE: _obsolete,
}
