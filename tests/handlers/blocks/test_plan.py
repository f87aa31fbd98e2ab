"""The plan of the week keeps every limit of Slack, with the longest names and with nothing left."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.plans import Plan, PlanItem
from finops.engine.planning import MOST_ITEMS, PlanOutcome, PlanView
from handlers.blocks.plan import plan_message
from handlers.blocks.plan_choices import MOST_IN_MESSAGE, offered_values, read_picks
from handlers.blocks.plan_outcome import outcome_words
from handlers.blocks.plan_review import review_modal
from sandbox.slack.block_rules import message_characters, problems
from sandbox.slack.view_rules import view_problems
from tests.handlers.blocks.hostile import hostile, names
from tests.handlers.builders import INSTANCE, NOW, record


def plan_of(records: list[OpportunityRecord], **changed: Any) -> PlanView:
    items = tuple(PlanItem(r.id, 1.0) for r in records)
    plan = Plan(
        id="plan-0123456789", team=records[0].opportunity.team, week="2026-W48",
        items=items, created_at=NOW,
    )  # fmt: skip
    return PlanView(replace(plan, **changed), tuple(records), {})


def numbered(count: int, status: Status = Status.NOTIFIED, **changed: Any) -> list[Any]:
    return [record(status, id=f"op-{number:010d}", **changed) for number in range(count)]


@given(name=names, count=st.integers(1, MOST_ITEMS), status=st.sampled_from(list(Status)))
def test_a_plan_holds_with_any_names(name: str, count: int, status: Status) -> None:
    made = hostile(name, status)
    records = [
        replace(made, opportunity=replace(made.opportunity, id=f"op-{n:010d}"))
        for n in range(count)
    ]
    for newest in (True, False):
        _, blocks = plan_message(plan_of(records, is_newest=newest), instance="i" * 40)

        assert problems(blocks, "message") == []
        assert message_characters(blocks) <= 12_000
        assert "<!channel" not in str([b for b in blocks if b["type"] == "section"])


@given(
    name=names,
    waiting=st.integers(0, MOST_ITEMS),
    status=st.sampled_from([s for s in Status if s not in (Status.DETECTED, Status.NOTIFIED)]),
)
def test_a_long_plan_holds_half_decided_in_its_message_and_in_its_form(
    name: str, waiting: int, status: Status
) -> None:
    open_one, decided = hostile(name, Status.NOTIFIED), hostile(name, status)
    records = [
        replace(made, opportunity=replace(made.opportunity, id=f"op-{n:010d}"))
        for n in range(MOST_ITEMS)
        for made in [open_one if n < waiting else decided]
    ]
    view = plan_of(records, left_out=1234)
    _, blocks = plan_message(view, instance="i" * 40)
    form = review_modal(view, ticked={r.id for r in records}, instance="i" * 40, fresh=999)

    assert problems(blocks, "message") == []
    assert message_characters(blocks) <= 12_000
    assert view_problems(form) == []
    assert len([*offered_values(form["blocks"])]) == waiting
    assert len([*offered_values(blocks)]) == min(waiting, MOST_IN_MESSAGE)


def test_a_long_plan_approves_no_more_than_it_shows() -> None:
    _, blocks = plan_message(plan_of(numbered(50)), instance=INSTANCE)
    button = button_of(blocks)

    assert len([*offered_values(blocks)]) == MOST_IN_MESSAGE
    assert button["text"]["text"] == "Approve 10 of 50"
    assert "The 40 that are not shown here wait" in button["confirm"]["text"]["text"]
    assert "Review All 50" in str(blocks)


def test_a_form_counts_over_all_its_groups() -> None:
    records = numbered(50)
    left = {records[3].id, records[14].id, records[49].id}
    form = review_modal(plan_of(records), ticked={r.id for r in records} - left, instance=INSTANCE)
    groups = [e for b in form["blocks"] for e in b.get("elements", []) if e["type"] == "checkboxes"]

    assert form["submit"]["text"] == "Approve 47 of 50"
    assert [len(group["options"]) for group in groups] == [10] * 5
    assert [len(group["initial_options"]) for group in groups] == [9, 9, 10, 10, 9]
    assert "*41 to 50* · $410/month freed as room" in str(form)


def test_a_form_without_a_tick_offers_to_tick_all() -> None:
    form = review_modal(plan_of(numbered(11)), ticked=(), instance=INSTANCE)

    assert "Nothing of 11 is ticked" in str(form["blocks"][0])
    assert "Tick All" in str(form)
    assert "Untick All" not in str(form)
    assert "*11* · " in str(form)


def test_a_plan_that_was_decided_meanwhile_has_nothing_to_send() -> None:
    form = review_modal(plan_of(numbered(2, Status.APPROVED)), ticked=(), instance=INSTANCE)

    assert "submit" not in form
    assert "All of this plan is decided" in str(form)


def test_many_refusals_of_one_reason_are_one_line() -> None:
    names = tuple(f"shop/service-{n}" for n in range(40))
    limit = "Team shop has made 10 of 10 changes today."
    refused = (*((name, limit) for name in names), ("shop/cart", "It was decided."))
    said = outcome_words(PlanOutcome(("a",) * 9, (), refused))

    assert said.splitlines()[0] == "Approved 9 of 50."
    assert len(said.splitlines()) == 3
    assert "shop/service-3 and 36 more. " + limit in said


def button_of(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    [row] = [b for b in blocks if b["type"] == "actions" and ":do:" in b["block_id"]]
    found: dict[str, Any] = row["elements"][0]
    return found


def test_the_label_follows_what_is_ticked() -> None:
    records = numbered(5)
    _, five = plan_message(plan_of(records), instance=INSTANCE)
    struck = frozenset({records[0].id})
    _, four = plan_message(plan_of(records, struck=struck), instance=INSTANCE)

    assert button_of(five)["text"]["text"] == "Approve 5 of 5"
    assert button_of(four)["text"]["text"] == "Approve 4 of 5"
    assert "12 pods restart once they are" in button_of(four)["confirm"]["text"]["text"]


def test_new_ticks_make_new_blocks_so_that_slack_forgets_the_old_screen() -> None:
    records = numbered(3)
    _, before = plan_message(plan_of(records), instance=INSTANCE)
    struck = frozenset({records[0].id})
    _, after = plan_message(plan_of(records, struck=struck), instance=INSTANCE)

    ids = [{b["block_id"] for b in blocks if "block_id" in b} for blocks in (before, after)]
    assert ids[0].isdisjoint(ids[1])


def test_nothing_ticked_has_no_button_to_approve() -> None:
    records = numbered(2)
    struck = frozenset(r.id for r in records)
    _, blocks = plan_message(plan_of(records, struck=struck), instance=INSTANCE)

    assert button_of(blocks)["type"] == "static_select"


def test_a_decided_plan_is_a_record_without_controls() -> None:
    title, blocks = plan_message(plan_of(numbered(2, Status.APPROVED)), instance=INSTANCE)

    assert title == "The plan of payments for week 48 is decided"
    assert all(block["type"] != "actions" for block in blocks)
    assert "Approved by" in str(blocks)


def test_only_readable_ticks_count() -> None:
    assert [one.revision for one in read_picks(["op-1.3", "", "x", "op-2.", ".5", "op-3.x"])] == [3]
