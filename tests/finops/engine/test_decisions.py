from concurrent.futures import ThreadPoolExecutor

import pytest

from finops.domain.errors import AlreadyDecided, InvalidInput, NotPermitted, Refused
from finops.domain.lifecycle import Status
from finops.domain.people import Actor, Directory
from finops.finops_engine import FinOpsEngine
from finops.guardrails import Guardrails, GuardrailSettings
from tests.finops.engine.conftest import APPROVER, OUTSIDER, OWNER, World


def test_an_approver_approves_and_the_pull_request_is_asked_for_in_the_same_breath(
    world: World,
) -> None:
    record = world.approved()

    assert (record.status, record.decided_by) == (Status.APPROVED, APPROVER.id)
    assert world.intents()[-1] == "post_note"
    assert "open_pull_request" in world.intents()


def test_a_member_of_an_approving_group_may_approve(world: World) -> None:
    card = world.card()

    record = world.engine.approve(
        card.id, revision=1, actor=Actor("U0SOMEBODY", frozenset({"S0APPROVERS"}))
    )

    assert record.status is Status.APPROVED


@pytest.mark.parametrize("actor", [OWNER, OUTSIDER])
def test_others_are_refused_with_who_may_and_leave_an_audit_row(world: World, actor: Actor) -> None:
    card = world.card()

    with pytest.raises(NotPermitted) as caught:
        world.engine.approve(card.id, revision=1, actor=actor)

    assert caught.value.users == (APPROVER.id,)
    assert caught.value.user_groups == ("S0APPROVERS",)
    assert world.engine.ledger.get(card.id).status is Status.NOTIFIED
    assert world.engine.ledger.history_of(card.id)[-1].action == "refused"


def test_nobody_configured_means_nobody_may(world: World) -> None:
    card = world.card()
    engine = FinOpsEngine(world.engine.ledger, directory=Directory(), now=lambda: world.estate.now)

    with pytest.raises(NotPermitted, match="Nobody may approve"):
        engine.approve(card.id, revision=1, actor=APPROVER)


def test_an_approval_of_an_old_revision_is_refused(world: World) -> None:
    card = world.card()
    world.estate.cpu_used *= 1.5
    world.pass_days(1)
    newer = world.card()

    with pytest.raises(Refused, match="revision 1, now 2"):
        world.engine.approve(card.id, revision=1, actor=APPROVER)

    assert newer.opportunity.revision == 2


def test_fifty_clicks_at_once_approve_once(world: World) -> None:
    card = world.card()

    def click(_: int) -> str:
        try:
            world.engine.approve(card.id, revision=1, actor=APPROVER)
        except AlreadyDecided:
            return "second"
        return "first"

    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(click, range(50)))

    assert outcomes.count("first") == 1
    assert world.intents().count("open_pull_request") == 1


def test_the_second_click_is_told_who_was_first(world: World) -> None:
    record = world.approved()

    with pytest.raises(AlreadyDecided, match=f"approved by {APPROVER.id}") as caught:
        world.engine.deny(record.id, revision=1, actor=OWNER, reason="no")

    assert caught.value.decided_by == APPROVER.id


def test_a_guardrail_that_denies_refuses_the_click_with_its_sentence(world: World) -> None:
    card = world.card()
    strict = Guardrails(GuardrailSettings(min_confidence=1.0))
    engine = FinOpsEngine(
        world.engine.ledger,
        directory=world.engine.directory,
        guardrails=strict,
        now=lambda: world.estate.now,
    )

    with pytest.raises(Refused, match="confidence"):
        engine.approve(card.id, revision=1, actor=APPROVER)

    assert world.engine.ledger.get(card.id).status is Status.NOTIFIED


def test_the_daily_limit_holds_when_clicks_come_at_the_same_moment(world: World) -> None:
    world.engine.parts.guardrails.settings = GuardrailSettings(max_changes_per_day=2)
    cards = [world.card(name) for name in ("frontend", "cart", "search")]

    def click(record_id: str) -> bool:
        try:
            world.engine.approve(record_id, revision=1, actor=APPROVER)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        approved = list(pool.map(click, [card.id for card in cards]))

    assert sum(approved) == 2


def test_a_denial_needs_a_reason_and_keeps_the_proposal_away(world: World) -> None:
    card = world.card()
    with pytest.raises(InvalidInput, match="reason"):
        world.engine.deny(card.id, revision=1, actor=OWNER, reason="  \n ")
    world.engine.deny(card.id, revision=1, actor=OWNER, reason="Load test next week.")
    world.estate.cpu_used *= 1.05
    world.pass_days(1)
    world.scan()

    record = world.engine.ledger.get(card.id)

    assert (record.status, record.status_reason) == (Status.DENIED, "Load test next week.")


def test_a_denied_waste_is_asked_about_again_only_when_the_offer_is_clearly_another(
    world: World,
) -> None:
    card = world.card()
    world.engine.deny(card.id, revision=1, actor=OWNER, reason="Not now.")
    world.estate.cpu_used *= 0.6
    world.pass_days(1)
    world.scan()

    record = world.engine.ledger.get(card.id)

    assert (record.status, record.opportunity.revision) == (Status.DETECTED, 2)


def test_a_snoozed_card_comes_back_by_itself(world: World) -> None:
    card = world.card()
    world.engine.snooze(card.id, revision=1, actor=OWNER, days=7)
    world.pass_days(6.9)
    world.engine.wake_and_expire()
    early = world.engine.ledger.get(card.id).status
    world.pass_days(0.2)
    world.engine.wake_and_expire()

    assert early is Status.SNOOZED
    assert world.engine.ledger.get(card.id).status is Status.NOTIFIED


def test_a_card_nobody_answers_expires_and_silence_is_never_a_yes(world: World) -> None:
    card = world.card()
    world.pass_days(14.1)
    world.engine.wake_and_expire()

    record = world.engine.ledger.get(card.id)

    assert (record.status, record.status_reason) == (
        Status.EXPIRED, "Nobody decided for 14 days.",
    )  # fmt: skip


def test_with_auto_approve_an_unobjectionable_change_needs_no_click(world: World) -> None:
    world.engine.parts.guardrails.settings = GuardrailSettings(
        auto_approve=True, max_risk_without_approval=1.0
    )

    record = world.card()

    assert (record.status, record.decided_by) == (Status.APPROVED, "policy")
    assert "open_pull_request" in world.intents()
