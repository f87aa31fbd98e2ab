"""The plan of the week: a team's proposals in one message, ticked, approved with one click.

Ticks belong to everybody who sees the message. Its block_ids change with what is ticked and with
each revision, so that Slack shows the ticks of the ledger and not of an old screen.
"""

import hashlib
from collections.abc import Sequence

from finops.domain.money import Saving
from finops.domain.opportunity import Opportunity, OpportunityRecord
from finops.domain.plans import Pick
from finops.engine.plan_scores import K
from finops.engine.planning import PlanView
from handlers.blocks import text
from handlers.blocks.controls import DECIDABLE
from handlers.blocks.elements import (
    Block,
    actions,
    button,
    confirm,
    context,
    option,
    section,
    select,
)
from handlers.blocks.progress import progress
from handlers.blocks.proposal import odds_alone, short_label, worth
from handlers.ids import ActionId
from handlers.reference import Reference

# Slack's limit for one group of checkboxes.
_GROUP = 10
_PREFIX = "plan"


def plan_message(view: PlanView, *, instance: str) -> tuple[str, list[Block]]:
    """Text and blocks. What is decided is a line; what waits can be ticked."""
    waiting = [r for r in view.records if _is_open(view, r)]
    decided = [r for r in view.records if r not in waiting]
    title = _title(view, waiting)
    blocks = [
        section(f"{text.bold(title)}\n{_takeaway(view, waiting)}"),
        *(_choices(view, waiting, instance) if waiting else ()),
        *_decided(view, decided),
        context(_foot(view)),
    ]
    return title, blocks


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


def plan_reference(block_id: str) -> str:
    """The reference that `plan_message` wrote into a group's block_id."""
    return block_id.split(":", 3)[-1]


def _is_open(view: PlanView, record: OpportunityRecord) -> bool:
    is_theirs = record.opportunity.team.lower() == view.plan.team.lower()
    return view.plan.is_newest and is_theirs and record.status in DECIDABLE


def _title(view: PlanView, waiting: Sequence[OpportunityRecord]) -> str:
    team = text.team(view.plan.team)
    if not view.plan.is_newest:
        return f"The plan of {team} for week {_week(view)} is over"
    if not waiting:
        return f"The plan of {team} for week {_week(view)} is decided"
    many = text.count(len(waiting), "change")
    return f"{many} for {team} this week: {_sum(waiting)}"


def _week(view: PlanView) -> str:
    return text.safe(view.plan.week.partition("-W")[2].lstrip("0"), 4)


def _sum(records: Sequence[OpportunityRecord]) -> str:
    return text.saved(sum((r.opportunity.saving for r in records), Saving()))


def _takeaway(view: PlanView, waiting: Sequence[OpportunityRecord]) -> str:
    if not view.plan.is_newest:
        return "What was not decided in it stands in the newer plan below."
    if not waiting:
        return "Nothing in it waits any more. The next one comes next week."
    return "Best saving for its disruption first. Untick what should wait, then approve the rest."


def _choices(view: PlanView, waiting: Sequence[OpportunityRecord], instance: str) -> list[Block]:
    reference = Reference(instance, view.plan.id, 1)
    ticked = [r for r in waiting if r.id not in view.plan.struck]
    version = _version(view, waiting)
    groups = [waiting[at : at + _GROUP] for at in range(0, len(waiting), _GROUP)]
    rows = [
        actions(f"{_PREFIX}:{number}:{version}:{reference}", [_checkboxes(view, group)])
        for number, group in enumerate(groups)
    ]
    looks = [
        (short_label(r.opportunity), str(Reference(instance, r.id, r.opportunity.revision)))
        for r in waiting
    ]
    controls = [
        *([_approve(ticked, waiting, reference)] if ticked else []),
        select("Look at One", ActionId.PLAN_LOOK, looks),
    ]
    return [*rows, actions(f"{_PREFIX}:do:{version}:{reference}", controls)]


def _version(view: PlanView, waiting: Sequence[OpportunityRecord]) -> str:
    shown = [*map(pick_value, waiting), *sorted(view.plan.struck)]
    return hashlib.sha256(" ".join(shown).encode()).hexdigest()[:8]


def _checkboxes(view: PlanView, group: Sequence[OpportunityRecord]) -> Block:
    offered = {r.id: _option(view, r) for r in group}
    chosen = [offered[r.id] for r in group if r.id not in view.plan.struck]
    made: Block = {
        "type": "checkboxes",
        "action_id": ActionId.PLAN_PICK.value,
        "options": list(offered.values()),
    }
    return made | ({"initial_options": chosen} if chosen else {})


def _option(view: PlanView, record: OpportunityRecord) -> Block:
    """`CPU 600m → 290m · shop/frontend (server)` and what it gives for what."""
    opportunity = record.opportunity
    agreed = len(view.approvals.get(record.id, ()))
    facts = [worth(opportunity), odds_alone(opportunity.confidence), _restarts(opportunity)]
    said = " · ".join(fact for fact in facts if fact)
    more = f"{text.count(agreed, 'approval')} · " if agreed else ""
    return option(short_label(opportunity), pick_value(record), description=f"{more}{said}")


def _restarts(opportunity: Opportunity) -> str:
    pods = text.count(opportunity.blast_replicas, "pod")
    return f"restarts {pods}" if opportunity.restart_needed else ""


def _approve(
    ticked: Sequence[OpportunityRecord],
    waiting: Sequence[OpportunityRecord],
    reference: Reference,
) -> Block:
    many, all_of_them = len(ticked), len(waiting)
    label = f"Approve {many} of {all_of_them}" if all_of_them > 1 else "Approve"
    restarts = sum(r.opportunity.blast_replicas for r in ticked if r.opportunity.restart_needed)
    words = f"{text.count(many, 'pull request')} will be opened. "
    if restarts:
        words += f"{text.count(restarts, 'pod')} restart once they are merged and deployed."
    question = confirm(f"Approve {text.count(many, 'change')}?", words, yes="Approve")
    return button(
        label, ActionId.PLAN_APPROVE, value=str(reference), style="primary", confirm=question
    )


def _decided(view: PlanView, decided: Sequence[OpportunityRecord]) -> list[Block]:
    """One line each: what it was and where it stands."""
    lines = []
    for record in decided:
        label = text.safe(short_label(record.opportunity), 90)
        lines.append(f"• {text.bold(label)}: {_outcome(view, record)}")
    # A section takes 3,000 characters, and a link may not be cut in two.
    some = (
        [lines[at : at + 3] for at in range(0, len(lines), 3)]
        if len(str(lines)) > 2_900
        else ([lines] if lines else [])
    )
    return [section("\n".join(few)) for few in some]


def _outcome(view: PlanView, record: OpportunityRecord) -> str:
    if record.opportunity.team.lower() != view.plan.team.lower():
        return f"now with {text.team(record.opportunity.team)}"
    if record.status in DECIDABLE:
        return "not decided"
    return progress(record, view.approvals.get(record.id, ())).split("\n", 1)[0]


def _foot(view: PlanView) -> str:
    how = f"Ranked by share of the saving ÷ share of the disruption; 1/{K} is the least."
    if not view.plan.left_out:
        return how
    many = view.plan.left_out
    wait = "gives" if many == 1 else "give"
    return f"{how} {text.count(many, 'other')} {wait} less for the disruption: `/finops list`."
