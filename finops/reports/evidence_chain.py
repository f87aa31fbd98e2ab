"""The chain of evidence of one opportunity: from what was measured to what the bill said.

A link that is not there yet says what it waits for and when it will come; one that will never come
says why.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from finops.domain.currency import DOLLARS, Currency
from finops.domain.opportunity import Evidence
from finops.reports.display_columns import with_currency


class Step(StrEnum):
    """The links in their order."""

    METRICS = "metric window"
    PRICE = "price"
    GUARDRAILS = "guardrails"
    APPROVAL = "approval"
    PULL_REQUEST = "pull request"
    DEPLOYMENT = "deployment"
    BILL = "bill"
    VERDICT = "verdict"


class LinkState(StrEnum):
    """`there`, `waiting` for something that will come, `stopped` here, or `not reached`."""

    THERE = "there"
    WAITING = "waiting"
    STOPPED = "stopped"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link. `words` say what it shows, or what is missing and when it comes."""

    step: Step
    state: LinkState
    words: str
    at: datetime | None = None
    facts: tuple[Evidence, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class CostDay:
    """What the resource cost on one day of the bill."""

    day: date
    effective_cost_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceChain:
    """All eight links; `days` are the resource's days on the bill around the change."""

    opportunity_id: str
    title: str
    team: str
    worth: str
    as_of: datetime
    links: tuple[Link, ...]
    days: tuple[CostDay, ...] = ()
    changed_on: date | None = None
    audit_rows: int = 0
    newest_hash: str = ""
    people: Mapping[str, str] = field(default_factory=dict)
    currency: Currency = DOLLARS

    def with_names(self) -> "EvidenceChain":
        """The same with people's names in the place of their ids, for readers outside the chat."""
        if not self.people:
            return self
        ids = re.compile("|".join(rf"\b{re.escape(who)}\b" for who in self.people))
        links = (
            replace(link, words=ids.sub(lambda who: self.people[who[0]], link.words))
            for link in self.links
        )
        return replace(self, links=tuple(links))

    @property
    def takeaway(self) -> str:
        """How far the chain holds, and what it waits for."""
        there = sum(link.state is LinkState.THERE for link in self.links)
        open_ones = [link for link in self.links if link.state is not LinkState.THERE]
        if not open_ones:
            return f"The chain is whole: all {len(self.links)} links are there."
        first = open_ones[0]
        said = "it stops at" if first.state is LinkState.STOPPED else "next comes"
        return f"{there} of {len(self.links)} links are there; {said} the {first.step.value}."

    def as_dict(self) -> dict[str, object]:
        """For JSON: times as ISO 8601, money as text."""
        plain = {
            "opportunity_id": self.opportunity_id,
            "title": self.title,
            "team": self.team,
            "worth": self.worth,
            "takeaway": self.takeaway,
            "as_of": self.as_of.isoformat(),
            "links": [_link_json(link) for link in self.links],
            "bill_days": [
                {"day": day.day.isoformat(), "effective_cost_usd": str(day.effective_cost_usd)}
                for day in self.days
            ],
            "changed_on": self.changed_on and self.changed_on.isoformat(),
            "audit": {"rows": self.audit_rows, "newest_hash": self.newest_hash},
        }
        return with_currency(plain, self.currency)


def _link_json(link: Link) -> dict[str, object]:
    return {
        "step": link.step.value,
        "state": link.state.value,
        "words": link.words,
        "at": link.at and link.at.isoformat(),
        "facts": [
            {"label": fact.label, "value": fact.value, "source": fact.source} for fact in link.facts
        ],
        "url": link.url,
    }


def before_and_after(
    days: Sequence[CostDay], changed_on: date | None
) -> tuple[Decimal | None, Decimal | None]:
    """The mean day before the change and after it, without the day itself; None without days."""
    if changed_on is None:
        return _mean(days), None
    before = [day for day in days if day.day < changed_on]
    return _mean(before), _mean([day for day in days if day.day > changed_on])


def _mean(days: Sequence[CostDay]) -> Decimal | None:
    if not days:
        return None
    return sum((day.effective_cost_usd for day in days), Decimal(0)) / len(days)
