"""The form that shows all of a long plan: ticks of one person, sent off with one click."""

from collections.abc import Collection, Sequence

from finops.domain.currency import DOLLARS, Currency
from finops.domain.money import Saving
from finops.domain.opportunity import OpportunityRecord
from finops.engine.planning import PlanView
from handlers.blocks import text
from handlers.blocks.elements import (
    Block,
    actions,
    button,
    context,
    modal,
    plain_text,
    section,
)
from handlers.blocks.plan_choices import (
    checkboxes,
    consequences_now,
    groups_of,
    look_at_one,
    pick_value,
    version_of,
    waiting_of,
)
from handlers.ids import ActionId, ViewId
from handlers.reference import Reference

_PICKS = "plan-review"


def review_modal(
    view: PlanView,
    *,
    ticked: Collection[str],
    instance: str,
    fresh: int = 0,
    currency: Currency = DOLLARS,
) -> Block:
    """All that waits in a plan, with `ticked` (ids) ticked.

    Slack keeps what a person ticks for as long as a block has the same id; `fresh` counts up when
    all of it was ticked or unticked by a button, so that the new ticks are shown.
    """
    waiting = waiting_of(view)
    chosen = [record for record in waiting if record.id in ticked]
    title = f"Plan of week {text.plain(view.plan.week.partition('-W')[2].lstrip('0'), 4)}"
    reference = Reference(instance, view.plan.id, 1, str(fresh))
    if not waiting:
        said = "All of this plan is decided. The next one comes next week."
        return modal(title, [section(said)], callback_id=ViewId.PLAN_REVIEW)
    groups = _groups(view, waiting, ticked=ticked, fresh=fresh, currency=currency)
    controls = [_tick_all(chosen, reference), look_at_one(waiting, instance=instance)]
    return modal(
        title,
        [
            section(_summary(view, chosen, waiting, currency=currency)),
            actions(f"{_PICKS}:do:{reference}", controls),
            *groups,
            context("What you untick stays in the plan for later, for everybody in the team."),
        ],
        callback_id=ViewId.PLAN_REVIEW,
        submit=plain_text(f"Approve {len(chosen)} of {len(waiting)}"),
        private_metadata=str(reference),
    )


def _groups(
    view: PlanView,
    waiting: Sequence[OpportunityRecord],
    *,
    ticked: Collection[str],
    fresh: int,
    currency: Currency,
) -> list[Block]:
    """Ten at a time, each under what they save together."""
    made, first = [], 1
    for number, group in enumerate(groups_of(waiting)):
        last = first + len(group) - 1
        places = f"{first} to {last}" if last > first else str(first)
        version = version_of([pick_value(record) for record in group])
        boxes = checkboxes(view, group, ticked=ticked, currency=currency)
        made += [
            section(f"{text.bold(places)} · {_saved(group, currency=currency)}"),
            actions(f"{_PICKS}:{number}:{version}:{fresh}", [boxes]),
        ]
        first = last + 1
    return made


def _saved(records: Sequence[OpportunityRecord], *, currency: Currency) -> str:
    return text.saved(sum((r.opportunity.saving for r in records), Saving()), currency)


def _summary(
    view: PlanView,
    chosen: Sequence[OpportunityRecord],
    waiting: Sequence[OpportunityRecord],
    *,
    currency: Currency,
) -> str:
    if not chosen:
        return f"{text.bold(f'Nothing of {len(waiting)} is ticked')}\nTick what should be done."
    title = text.bold(
        f"{len(chosen)} of {len(waiting)} ticked: {_saved(chosen, currency=currency)}"
    )
    return f"{title}\n{consequences_now(view, chosen)}"


def _tick_all(chosen: Sequence[OpportunityRecord], reference: Reference) -> Block:
    label = "Untick All" if chosen else "Tick All"
    return button(label, ActionId.PLAN_TICK_ALL, value=str(reference))
