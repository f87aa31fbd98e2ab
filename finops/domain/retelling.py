"""Recorded sentences of an opportunity, told in the currency that people read.

A detector and a verdict write dollars into their sentences, and those stand in the ledger. What
they quote of the opportunity's own amounts is known exactly, so it is converted exactly.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from finops.domain.currency import Currency
from finops.domain.opportunity import Opportunity, OpportunityRecord


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
    return said_in(record, record.status_reason, currency)


def said_in(record: OpportunityRecord, sentence: str, currency: Currency) -> str:
    """Something that was recorded about it: the verdict, a guardrail's limit, anything else.

    Whatever else it is may be a person's own words, and those stay as they were typed.
    """
    if sentence and sentence == record.verdict.get("sentence"):
        return verdict_in(record, currency)
    is_of_a_guardrail = sentence in record.guardrail_reasons
    return currency.beside(sentence) if is_of_a_guardrail else sentence


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
