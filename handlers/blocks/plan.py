"""The plan of the week: a team's proposals in one message, ticked, approved with one click.

Ticks belong to everybody who sees the message. Its block_ids change with what is ticked and with
each revision, so that Slack shows the ticks of the ledger and not of an old screen.
"""

from collections.abc import Sequence

from finops.domain.currency import DOLLARS, Currency
from finops.domain.money import Saving
from finops.domain.opportunity import OpportunityRecord
from finops.engine.plan_scores import K
from finops.engine.planning import PlanView
from handlers.blocks import text
from handlers.blocks.budget import MOST_BLOCKS, MOST_CHARACTERS, characters
from handlers.blocks.controls import DECIDABLE
from handlers.blocks.elements import Block, actions, button, confirm, context, section
from handlers.blocks.plan_choices import (
    MOST_IN_MESSAGE,
    checkboxes,
    consequences,
    look_at_one,
    pick_value,
    version_of,
    waiting_of,
)
from handlers.blocks.progress import progress
from handlers.blocks.proposal import short_label
from handlers.ids import COMMAND, ActionId
from handlers.reference import Reference

_PREFIX = "plan"
_MOST_LINES = 2_900
# What `• … and 38 others: …` takes with the block around it.
_ROOM_FOR_MORE = 150


def plan_message(
    view: PlanView, *, instance: str, currency: Currency = DOLLARS
) -> tuple[str, list[Block]]:
    """Text and blocks. What is decided is a line; what waits can be ticked.

    Of a long plan the first few can be; a form behind a button shows all of it.
    """
    waiting = waiting_of(view)
    decided = [record for record in view.records if record not in waiting]
    title = _title(view, waiting, currency=currency)
    head = [
        section(f"{text.bold(title)}\n{_takeaway(view, waiting)}"),
        *(_choices(view, waiting, instance, currency=currency) if waiting else ()),
    ]
    foot = [context(_foot(view))] if view.plan.is_newest else []
    return title, [*head, *_decided(view, decided, beside=[*head, *foot], currency=currency), *foot]


def plan_reference(block_id: str) -> str:
    """The reference that `plan_message` wrote into a group's block_id."""
    return block_id.split(":", 3)[-1]


def _title(view: PlanView, waiting: Sequence[OpportunityRecord], *, currency: Currency) -> str:
    team = text.team(view.plan.team)
    if not view.plan.is_newest:
        return f"The plan of {team} for week {_week(view)} is over"
    if not waiting:
        return f"The plan of {team} for week {_week(view)} is decided"
    many = text.count(len(waiting), "change")
    return f"{many} for {team} this week: {_sum(waiting, currency=currency)}"


def _week(view: PlanView) -> str:
    return text.safe(view.plan.week.partition("-W")[2].lstrip("0"), 4)


def _sum(records: Sequence[OpportunityRecord], *, currency: Currency) -> str:
    return text.saved(sum((r.opportunity.saving for r in records), Saving()), currency)


def _takeaway(view: PlanView, waiting: Sequence[OpportunityRecord]) -> str:
    if not view.plan.is_newest:
        return "What was not decided in it stands in the newer plan below."
    if not waiting:
        return "Nothing in it waits any more. The next one comes next week."
    if len(waiting) > MOST_IN_MESSAGE:
        return (
            f"Best saving for its disruption first; these are the first {MOST_IN_MESSAGE}. Untick "
            "what should wait, or review all of them."
        )
    return "Best saving for its disruption first. Untick what should wait, then approve the rest."


def _choices(
    view: PlanView, waiting: Sequence[OpportunityRecord], instance: str, *, currency: Currency
) -> list[Block]:
    reference = Reference(instance, view.plan.id, 1)
    shown = waiting[:MOST_IN_MESSAGE]
    ticked = [record for record in shown if record.id not in view.plan.struck]
    ids = {record.id for record in ticked}
    version = version_of([*map(pick_value, waiting), *sorted(view.plan.struck)])
    boxes = checkboxes(view, shown, ticked=ids, currency=currency)
    review = button(f"Review All {len(waiting)}", ActionId.PLAN_REVIEW, value=str(reference))
    controls = [
        *([_approve(ticked, len(shown), len(waiting), reference)] if ticked else []),
        *([review] if len(waiting) > len(shown) else []),
        look_at_one(shown, instance=instance),
    ]
    return [
        actions(f"{_PREFIX}:0:{version}:{reference}", [boxes]),
        actions(f"{_PREFIX}:do:{version}:{reference}", controls),
    ]


def _approve(
    ticked: Sequence[OpportunityRecord], shown: int, waiting: int, reference: Reference
) -> Block:
    many = len(ticked)
    label = f"Approve {many} of {waiting}" if waiting > 1 else "Approve"
    words = consequences(ticked)
    if waiting > shown:
        words += f" The {waiting - shown} that are not shown here wait for Review All."
    question = confirm(f"Approve {text.count(many, 'change')}?", words, yes="Approve")
    return button(
        label, ActionId.PLAN_APPROVE, value=str(reference), style="primary", confirm=question
    )


def _decided(
    view: PlanView,
    decided: Sequence[OpportunityRecord],
    *,
    beside: Sequence[Block],
    currency: Currency,
) -> list[Block]:
    """One line each, what it was and where it stands, as far as the message has room."""
    kept: list[Block] = []
    lines = [_decided_line(view, record, currency=currency) for record in decided]
    # A section takes 3,000 characters, and a link may not be cut in two.
    step = 3 if len(str(lines)) > _MOST_LINES else len(lines) or 1
    for at in range(0, len(lines), step):
        few = section("\n".join(lines[at : at + step]))
        if not _fits([*beside, *kept, few], is_last=at + step >= len(lines)):
            more = f"• … and {text.count(len(lines) - at, 'other')}: `{COMMAND} list`."
            return [*kept, section(more)]
        kept.append(few)
    return kept


def _decided_line(view: PlanView, record: OpportunityRecord, *, currency: Currency) -> str:
    label = text.safe(short_label(record.opportunity), 90)
    return f"• {text.bold(label)}: {_outcome(view, record, currency=currency)}"


def _fits(blocks: Sequence[Block], *, is_last: bool) -> bool:
    """Whether they fit, and behind them the line that says how many do not."""
    room = 0 if is_last else _ROOM_FOR_MORE
    return len(blocks) < MOST_BLOCKS and characters(blocks) + room <= MOST_CHARACTERS


def _outcome(view: PlanView, record: OpportunityRecord, *, currency: Currency) -> str:
    if record.opportunity.team.lower() != view.plan.team.lower():
        return f"now with {text.team(record.opportunity.team)}"
    if record.status in DECIDABLE:
        return "not decided"
    return progress(record, view.approvals.get(record.id, ()), currency=currency).split("\n", 1)[0]


def _foot(view: PlanView) -> str:
    how = f"Listed is what saves at least 1/{K} of the average for its disruption."
    if not view.plan.left_out:
        return how
    many = view.plan.left_out
    verb = "waits" if many == 1 else "wait"
    return f"{how} {text.count(many, 'other')} {verb} in `{COMMAND} list`."
