"""The plan of the week keeps every limit of Slack, with the longest names and with nothing left."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.plans import Plan, PlanItem
from finops.engine.planning import MOST_ITEMS, PlanView
from handlers.blocks.plan import plan_message, read_picks
from sandbox.slack.block_rules import message_characters, problems
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
    assert "12 pods restart" in button_of(four)["confirm"]["text"]["text"]


def test_new_ticks_make_new_blocks_so_that_slack_forgets_the_old_screen() -> None:
    records = numbered(3)
    _, before = plan_message(plan_of(records), instance=INSTANCE)
    struck = frozenset({records[0].id})
    _, after = plan_message(plan_of(records, struck=struck), instance=INSTANCE)

    ids = [{b["block_id"] for b in blocks if "block_id" in b} for blocks in (before, after)]
    assert ids[0].isdisjoint(ids[1])


def test_more_than_ten_stand_in_two_groups() -> None:
    _, blocks = plan_message(plan_of(numbered(12)), instance=INSTANCE)

    groups = [e for b in blocks for e in b.get("elements", []) if e["type"] == "checkboxes"]
    assert [len(group["options"]) for group in groups] == [10, 2]


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
