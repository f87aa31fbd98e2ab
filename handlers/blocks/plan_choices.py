"""The ticks of a plan of the week: what can be ticked, what is, and what approving it would do.

The message and the form that shows all of a long plan are made of them alike.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from finops.domain.currency import DOLLARS, Currency
from finops.domain.opportunity import Opportunity, OpportunityRecord
from finops.domain.plans import Pick
from finops.engine.planning import PlanView
from handlers.blocks import text
from handlers.blocks.controls import DECIDABLE
from handlers.blocks.elements import Block, option, select
from handlers.blocks.proposal import odds_alone, short_label, worth
from handlers.ids import ActionId
from handlers.reference import Reference

# Slack's limit for one group of checkboxes.
_GROUP = 10
# Each option stands twice in a message, as offered and as chosen; more would leave no room in it
# for what is decided.
MOST_IN_MESSAGE = 10


def waiting_of(view: PlanView) -> list[OpportunityRecord]:
    """What of a plan can still be decided in it, in its order."""
    return [record for record in view.records if _is_open(view, record)]


def pick_value(record: OpportunityRecord) -> str:
    """What a tick stands for: the revision that was on the screen."""
    return f"{record.id}.{record.opportunity.revision}"


def read_picks(values: Sequence[str]) -> list[Pick]:
    """The ticked revisions; what cannot be read is left out."""
    found = []
    for value in values:
        opportunity, _, revision = value.rpartition(".")
        if opportunity and revision.isdecimal():
            found.append(Pick(opportunity, int(revision)))
    return found


def offered_values(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The values of all ticks that a message or form shows, ticked or not."""
    for block in blocks:
        for element in (block.get("element"), *(block.get("elements") or ())):
            if isinstance(element, dict) and element.get("action_id") == ActionId.PLAN_PICK:
                yield from (str(one.get("value", "")) for one in element.get("options") or ())


def groups_of(records: Sequence[OpportunityRecord]) -> list[Sequence[OpportunityRecord]]:
    """As many at a time as one group of checkboxes takes."""
    return [records[at : at + _GROUP] for at in range(0, len(records), _GROUP)]


def checkboxes(
    view: PlanView,
    group: Sequence[OpportunityRecord],
    *,
    ticked: Collection[str],
    currency: Currency = DOLLARS,
) -> Block:
    """One group; `ticked` are ids of opportunities."""
    offered = {record.id: _option(view, record, currency=currency) for record in group}
    chosen = [shown for id_, shown in offered.items() if id_ in ticked]
    made: Block = {
        "type": "checkboxes",
        "action_id": ActionId.PLAN_PICK.value,
        "options": list(offered.values()),
    }
    return made | ({"initial_options": chosen} if chosen else {})


def look_at_one(records: Sequence[OpportunityRecord], *, instance: str) -> Block:
    """The select that opens one of them, with its evidence and its buttons."""
    looks = [
        (short_label(r.opportunity), str(Reference(instance, r.id, r.opportunity.revision)))
        for r in records
    ]
    return select("Look at One", ActionId.PLAN_LOOK, looks)


def version_of(values: Sequence[str]) -> str:
    """A name for what is shown: other content makes another block, whose old ticks Slack drops."""
    return hashlib.sha256(" ".join(values).encode()).hexdigest()[:8]


def consequences_now(view: PlanView, ticked: Sequence[OpportunityRecord]) -> str:
    """`4 pull requests will be opened. 12 pods restart once they are merged and deployed.`

    With what today's guardrails would hold back; for a form, which is drawn anew at each tick.
    """
    opening = view.room.opening(ticked) if view.room else ticked
    said = [f"{text.count(len(opening), 'pull request')} will be opened."]
    if held := len(ticked) - len(opening):
        waits = "waits" if held == 1 else "wait"
        said.append(
            f"{held} {waits}: today's guardrails are at their limit or ask for more people."
        )
    return " ".join([*said, *_restarted(opening)])


def consequences(ticked: Sequence[OpportunityRecord]) -> str:
    """The same without today's guardrails, for a message that stands for days."""
    opened = f"{text.count(len(ticked), 'pull request')} will be opened"
    return " ".join([f"{opened}, unless a guardrail holds it back.", *_restarted(ticked)])


def _restarted(records: Sequence[OpportunityRecord]) -> list[str]:
    restarts = sum(r.opportunity.blast_replicas for r in records if r.opportunity.restart_needed)
    if not restarts:
        return []
    verb = "restarts" if restarts == 1 else "restart"
    merged = "it is" if len(records) == 1 else "they are"
    return [f"{text.count(restarts, 'pod')} {verb} once {merged} merged and deployed."]


def _is_open(view: PlanView, record: OpportunityRecord) -> bool:
    is_theirs = record.opportunity.team.lower() == view.plan.team.lower()
    return view.plan.is_newest and is_theirs and record.status in DECIDABLE


def _option(view: PlanView, record: OpportunityRecord, *, currency: Currency) -> Block:
    """`CPU 600m → 290m · shop/frontend (server)` and what it gives for what."""
    opportunity = record.opportunity
    agreed = len(view.approvals.get(record.id, ()))
    facts = [
        worth(opportunity, currency=currency),
        odds_alone(opportunity.confidence),
        _restarts(opportunity),
    ]
    said = " · ".join(fact for fact in facts if fact)
    more = f"{text.count(agreed, 'approval')} · " if agreed else ""
    return option(short_label(opportunity), pick_value(record), description=f"{more}{said}")


def _restarts(opportunity: Opportunity) -> str:
    pods = text.count(opportunity.blast_replicas, "pod")
    return f"restarts {pods}" if opportunity.restart_needed else ""
