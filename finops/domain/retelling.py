"""Recorded sentences of an opportunity, told in the currency that people read.

A detector and a verdict write dollars into their sentences, and those stand in the ledger. What
they quote of the opportunity's own amounts is known exactly, so it is converted exactly.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from finops.domain.currency import Currency
from finops.domain.lifecycle import Status
from finops.domain.opportunity import Opportunity, OpportunityRecord

# What a change of the value is called beside the statuses.
EDITED = "edited"
_OF_PERSONS = frozenset({Status.DENIED.value, Status.SNOOZED.value})


def summary_in(opportunity: Opportunity, currency: Currency) -> str:
    """What was found, in a sentence."""
    return currency.retold(opportunity.summary, amounts_of(opportunity))


def verdict_in(record: OpportunityRecord, currency: Currency) -> str:
    """What the bill said, in a sentence; empty before it was judged."""
    sentence = str(record.verdict.get("sentence", ""))
    known = (*amounts_of(record.opportunity), *record.realised.amounts, *_interval(record.verdict))
    return currency.retold(sentence, known)


def status_reason_in(record: OpportunityRecord, currency: Currency) -> str:
    """Why it stands where it stands."""
    return said_in(record, record.status_reason, currency, action=record.status)


def said_in(record: OpportunityRecord, sentence: str, currency: Currency, *, action: str) -> str:
    """What was recorded about it when `action` was done (a status, or `edited`).

    A guardrail's limit is quoted as it was checked, with the other currency beside it. What a
    person gave as a reason is theirs and stays as it was typed.
    """
    if sentence and sentence == record.verdict.get("sentence"):
        return verdict_in(record, currency)
    if action == EDITED:
        return currency.retold(sentence, amounts_of(record.opportunity))
    return sentence if action in _OF_PERSONS else currency.beside(sentence)


def caveats_in(opportunity: Opportunity, currency: Currency) -> tuple[str, ...]:
    """What a person should know before agreeing."""
    return tuple(currency.retold(caveat) for caveat in opportunity.caveats)


def amounts_of(opportunity: Opportunity) -> tuple[Decimal, ...]:
    """The amounts a month that its sentences may quote, in US dollars."""
    joint = opportunity.joint
    together = (joint.usd_per_month, joint.share_usd_per_month) if joint else ()
    return (*opportunity.saving.amounts, opportunity.cost_usd_per_month, *together)


def _interval(verdict: Mapping[str, object]) -> list[Decimal]:
    found = []
    for end in ("low_usd_per_month", "high_usd_per_month"):
        try:
            found.append(Decimal(str(verdict.get(end))))
        except InvalidOperation:
            continue
    return [amount for amount in found if amount.is_finite()]
