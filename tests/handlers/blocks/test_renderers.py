"""Every renderer keeps every limit of Slack, whatever the names in the estate look like."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.domain.changes import Change, Setting
from finops.domain.lifecycle import Status
from finops.domain.opportunity import JointCash, OpportunityRecord, WasteKind
from finops.finops_engine import CycleInfo
from finops.guardrails import GuardrailVerdict, PolicyReason
from finops.pr_generator import render_title
from handlers.blocks.card import Around, card
from handlers.blocks.digest import Picture, digest, picture_block
from handlers.blocks.direct import note, owner_message, person_message
from handlers.blocks.forms import deny_modal, notice_modal, with_notice
from handlers.blocks.help import help_blocks
from handlers.blocks.home import HomeContent, home_view
from handlers.blocks.listing import PAGE_SIZE, listing
from handlers.blocks.savings import savings
from handlers.blocks.why import why_blocks, why_modal
from handlers.reference import ListQuery
from sandbox.slack.block_rules import Surface, message_characters, problems
from sandbox.slack.view_rules import view_problems
from tests.handlers.blocks.hostile import entries, hostile, names, objections, report, summary
from tests.handlers.builders import DANA, INSTANCE, NOW, PRIYA, reasons, record

Blocks = list[dict[str, Any]]
BUDGET = 12_000


def assert_slack_takes(blocks: Blocks, surface: Surface = "message") -> None:
    assert problems(blocks, surface) == []
    assert message_characters(blocks) <= BUDGET
    for text in texts_of(blocks):
        text.encode()
        assert "\u202e" not in text
    for text in texts_of(blocks, only="mrkdwn"):
        assert "<!channel" not in text


def texts_of(node: Any, *, only: str = "") -> list[str]:
    """All strings of these blocks, or those of one kind of text object."""
    if isinstance(node, dict):
        if only and node.get("type") == only:
            return [str(node["text"])]
        return [t for value in node.values() for t in texts_of(value, only=only)]
    if isinstance(node, list):
        return [t for value in node for t in texts_of(value, only=only)]
    return [node] if isinstance(node, str) and not only else []


@pytest.mark.parametrize("kind", WasteKind)
@pytest.mark.parametrize("status", Status)
def test_a_card_of_every_status_and_kind_is_compact_and_valid(
    status: Status, kind: WasteKind
) -> None:
    made = card(
        record(status, kind=kind), instance=INSTANCE, around=Around(guardrails=reasons("Outside."))
    )

    assert_slack_takes(made.blocks)
    assert len(made.blocks) <= 8
    assert 0 < len(made.text) < 1000


@given(name=names, status=st.sampled_from(list(Status)))
def test_a_card_holds_with_any_names(name: str, status: Status) -> None:
    around = Around(guardrails=objections(name))
    made = card(hostile(name, status), instance=INSTANCE, around=around)

    assert_slack_takes(made.blocks)
    assert_slack_takes([{"type": "section", "text": {"type": "mrkdwn", "text": made.text[:3000]}}])


@given(name=names, status=st.sampled_from(list(Status)))
def test_the_detail_holds_with_any_names(name: str, status: Status) -> None:
    shown: dict[str, Any] = {"guardrails": objections(name), "history": entries(name)}

    assert_slack_takes(why_blocks(hostile(name, status), **shown))
    assert view_problems(why_modal(hostile(name, status), **shown)) == []


@given(name=names, page=st.integers(0, 3))
def test_a_list_holds_with_any_names(name: str, page: int) -> None:
    query = ListQuery(team=name, status=name, page=page)
    records = [hostile(name)] * PAGE_SIZE

    assert_slack_takes(listing(records, query, total=100, instance=INSTANCE))
    assert_slack_takes(listing([], query, total=0, instance=INSTANCE))


@given(name=names)
def test_savings_and_help_hold_with_any_names(name: str) -> None:
    assert_slack_takes(savings(summary(name)))
    assert_slack_takes(savings(summary(name), team=name))
    assert_slack_takes(help_blocks())


@given(name=names)
def test_a_digest_holds_with_any_names_with_and_without_pictures(name: str) -> None:
    picture = picture_block(Picture("F0123456789", name))

    for pictures in ([], [picture, picture, picture]):
        text, blocks = digest(report(name), pictures)
        assert_slack_takes(blocks)
        assert text


@given(name=names)
def test_the_home_tab_holds_with_any_names(name: str) -> None:
    cycle = CycleInfo(name, NOW, 3, 4, (name,) * 5)
    for waiting in ([], [distinct(hostile(name), i) for i in range(20)]):
        content = HomeContent(
            waiting=waiting,
            teams=[name] * 9,
            summary=summary(name),
            freshness=[cycle] * 20,
            notice="Looking.",
        )
        assert view_problems(home_view(content, instance=INSTANCE)) == []


def distinct(known: OpportunityRecord, number: int) -> OpportunityRecord:
    return replace(known, opportunity=replace(known.opportunity, id=f"op-{number:010d}"))


@given(name=names)
def test_forms_and_notices_hold_with_any_names(name: str) -> None:
    form = deny_modal(hostile(name), instance=INSTANCE)

    assert view_problems(form) == []
    assert view_problems(with_notice(form, "Only <@U0PRIYA0001> may.")) == []
    assert view_problems(notice_modal("Nothing was changed.")) == []


@given(name=names)
def test_messages_to_people_hold_with_any_names(name: str) -> None:
    assert_slack_takes(owner_message([hostile(name)] * 30)[1])
    assert_slack_takes(owner_message([hostile(name)])[1])
    assert_slack_takes(person_message(name)[1])
    assert_slack_takes(note(actor=name, event=name, sentence=name)[1])


def first_line(blocks: Blocks) -> str:
    return str(blocks[0]["text"]["text"]).split("\n")[0]


def test_the_first_line_names_action_scope_and_money() -> None:
    first_lines: dict[WasteKind, str] = {
        kind: first_line(card(record(kind=kind), instance=INSTANCE).blocks) for kind in WasteKind
    }

    assert first_lines == {
        WasteKind.OVER_REQUESTED_CPU: "*Lower CPU request of shop/frontend (server) from 480m to "
        "120m · frees $41/month of room*",
        WasteKind.OVER_REQUESTED_MEMORY: "*Lower memory request of shop/frontend (server) from "
        "2Gi to 768Mi and lower memory limit from 2Gi to 1Gi · frees $17.42/month of room*",
        WasteKind.UNDER_REQUESTED_CPU: "*Raise CPU request of shop/frontend (server) from 480m to "
        "900m · costs $1.86/month more room, for reliability*",
        WasteKind.UNDER_REQUESTED_MEMORY: "*Raise memory request of shop/frontend (server) from "
        "1Gi to 1229Mi and raise memory limit from 2Gi to 2560Mi · costs $1.86/month more room, "
        "for reliability*",
        WasteKind.IDLE_NODE: "*Shrink node group workers from 5 to 4 nodes · saves $73/month*",
        WasteKind.ORPHAN_VOLUME: "*Delete unattached volume vol-0a1b2c3d4e5f · saves $8/month*",
    }


def test_the_second_line_is_what_an_owner_weighs_and_each_thing_once() -> None:
    words = card(record(), instance=INSTANCE).blocks[0]["text"]["text"].split("\n")

    assert words[1:] == ["19 in 20 hold for two weeks (95 %) · low risk · restarts 3 pods"]


def test_a_card_and_its_pull_request_say_the_same_words() -> None:
    for kind in WasteKind:
        found = record(kind=kind)
        assert render_title(found.opportunity) in first_line(card(found, instance=INSTANCE).blocks)


def test_a_guardrail_that_blocks_is_named_and_approve_is_no_longer_suggested() -> None:
    ask, deny = GuardrailVerdict.REQUIRE_APPROVAL, GuardrailVerdict.DENY
    against = (PolicyReason("tags", ask, "A tag."), PolicyReason("freeze", deny, "A freeze."))
    _, said, row, _ = card(record(), instance=INSTANCE, around=Around(guardrails=against)).blocks

    assert said["elements"][0]["text"].split("\n")[1:] == ["Blocked for now: A freeze."]
    assert "style" not in row["elements"][0]


def test_the_risk_is_said_once() -> None:
    risk = PolicyReason("max_risk", GuardrailVerdict.REQUIRE_APPROVAL, "The risk of 0.46 is over.")

    blocks = card(record(), instance=INSTANCE, around=Around(guardrails=(risk,))).blocks
    assert "0.46" not in str(blocks)


@pytest.mark.parametrize(
    ("actor", "event", "sentence", "words"),
    [
        (PRIYA, "approved", "", f"Approved by <@{PRIYA}>."),
        (PRIYA, "denied", "Not in December.", f"Denied by <@{PRIYA}>: Not in December."),
        (
            "worker",
            "pull_request_open",
            "Pull request #7 is open: http://host/pull/7",
            "<http://host/pull/7|Pull request #7> is open.",
        ),
        ("code host", "merged", f"#7 was merged by {PRIYA}.", f"#7 was merged by <@{PRIYA}>."),
        ("engine", "verified", "Realised: $80.00/month.", "Verified. Realised: $80/month."),
        ("engine", "obsolete", "", "Obsolete."),
    ],
)
def test_a_thread_reads_as_a_story(actor: str, event: str, sentence: str, words: str) -> None:
    assert note(actor=actor, event=event, sentence=sentence)[0] == words


def test_a_thread_names_people_and_notifies_nobody_of_what_they_did() -> None:
    people = {PRIYA: "priya <!channel>", DANA: "dana"}
    approved = note(actor=PRIYA, event="approved", sentence="", people=people)[0]
    merged = note(actor="code host", event="merged", sentence=f"Merged by {DANA}.", people=people)[
        0
    ]

    assert approved == "Approved by priya &lt;!channel&gt;."
    assert merged == "Merged by dana."


def test_work_that_nobody_owns_is_said_to_have_no_team() -> None:
    foot = card(record(team="unknown"), instance=INSTANCE).blocks[-1]["elements"][0]["text"]

    assert "· no team · prod-eu ·" in foot


def test_only_restarts_and_deletions_ask_again() -> None:
    def asks(kind: WasteKind) -> bool:
        blocks = card(record(kind=kind), instance=INSTANCE).blocks
        approve = next(b for b in blocks if b["type"] == "actions")["elements"][0]
        return "confirm" in approve

    assert {kind for kind in WasteKind if asks(kind)} == {
        WasteKind.OVER_REQUESTED_CPU,
        WasteKind.OVER_REQUESTED_MEMORY,
        WasteKind.UNDER_REQUESTED_CPU,
        WasteKind.UNDER_REQUESTED_MEMORY,
        WasteKind.ORPHAN_VOLUME,
    }


def test_a_new_revision_has_a_new_block_id_and_the_same_action_ids() -> None:
    def ids(revision: int) -> tuple[str, list[str]]:
        blocks = card(record(revision=revision), instance=INSTANCE).blocks
        row = next(b for b in blocks if b["type"] == "actions")
        return row["block_id"], [e["action_id"] for e in row["elements"]]

    assert ids(1)[0] != ids(2)[0]
    assert ids(1)[1] == ids(2)[1]


@pytest.mark.parametrize(
    "status", [s for s in Status if s not in (Status.DETECTED, Status.NOTIFIED)]
)
def test_a_decided_card_has_a_record_instead_of_controls(status: Status) -> None:
    blocks = card(record(status), instance=INSTANCE).blocks

    assert all(block["type"] != "actions" for block in blocks)


def test_the_record_follows_the_pull_request_to_the_verdict() -> None:
    words = card(record(Status.VERIFIED), instance=INSTANCE).blocks[0]["text"]["text"]

    assert f"Approved by <@{PRIYA}>" in words
    assert "<https://github.com/acme/platform/pull/7|PR #7>" in words
    assert "The bill confirms it: $38.20/month off the bill" in words
    assert "$30.10 to $45" in words


JOINT = JointCash(
    usd_per_month=Decimal(280),
    share_usd_per_month=Decimal("23.10"),
    proposals=12,
    nodes=5,
    node_names=("<!channel>", "ip-10-0-1-7", "ip-10-0-1-9"),
)


def test_a_card_says_what_it_is_part_of_and_leaves_its_own_saving_alone() -> None:
    alone = card(record(Status.NOTIFIED), instance=INSTANCE)
    made = card(record(Status.NOTIFIED, joint=JOINT), instance=INSTANCE)
    said = texts_of(made.blocks[0], only="mrkdwn")[0]

    assert_slack_takes(made.blocks)
    assert said.startswith(texts_of(alone.blocks[0], only="mrkdwn")[0])
    assert "With 11 other smaller requests it lets 5 nodes leave" in said
    assert "and 2 more): $280/month off the bill together." in said
    assert made.text == alone.text


def test_a_digest_says_what_right_sizings_do_together_beside_the_totals() -> None:
    _, blocks = digest(replace(report("web"), joint_cash_usd_per_month=Decimal(280)))
    _, without = digest(replace(report("web"), joint_cash_usd_per_month=Decimal(0)))

    assert_slack_takes(blocks)
    assert any("$280" in text and "would empty nodes" in text for text in texts_of(blocks))
    assert len(blocks) == len(without) + 1


def test_an_autoscalers_target_is_named_beside_its_request() -> None:
    pair = (
        Change(Setting.CPU_REQUEST, 1000, 700),
        Change(Setting.HPA_CPU_TARGET, 70, 100, "<!channel>"),
    )
    made = card(record(Status.NOTIFIED, changes=pair), instance=INSTANCE)

    assert_slack_takes(made.blocks)
    assert "raise autoscaler's CPU target from 70 % to 100 %" in made.text


def test_equal_cards_have_equal_hashes_and_others_do_not() -> None:
    def hashed(**changed: Any) -> str:
        return card(record(**changed), instance=INSTANCE).render_hash

    assert hashed() == hashed()
    assert hashed() != hashed(revision=2)
