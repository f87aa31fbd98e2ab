"""Several people must agree: counted in the ledger, each once, for the revision they saw."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from finops.domain.errors import Refused
from finops.domain.lifecycle import Status
from finops.domain.people import Actor
from finops.finops_engine import FinOpsEngine
from finops.guardrails import ApprovalRules, Guardrails, GuardrailSettings
from tests.finops.engine.conftest import APPROVER, OWNER, World

SECOND = Actor("U0SECOND", frozenset({"S0APPROVERS"}), name="sam")


def four_eyes(world: World, **rules: object) -> FinOpsEngine:
    """The same ledger under guardrails that ask for more people."""
    asked = ApprovalRules(**(rules or {"required": 2}))  # type: ignore[arg-type]  # by name
    parts = world.engine.parts
    return FinOpsEngine(
        world.engine.ledger,
        directory=parts.directory,
        guardrails=Guardrails(GuardrailSettings(approvals=asked)),
        pull_requests=parts.pull_requests,
        now=parts.now,
    )


def test_the_first_of_two_waits_for_the_second(world: World) -> None:
    card = world.card()
    engine = four_eyes(world)
    first = engine.approve(card.id, revision=1, actor=APPROVER)

    assert first.status is Status.NOTIFIED
    assert [one.approver for one in engine.approvals([card.id])[card.id]] == [APPROVER.id]
    assert "open_pull_request" not in world.intents()
    assert engine.approve(card.id, revision=1, actor=SECOND).status is Status.APPROVED
    assert world.intents().count("open_pull_request") == 1


def test_the_same_person_counts_once(world: World) -> None:
    card = world.card()
    engine = four_eyes(world)
    engine.approve(card.id, revision=1, actor=APPROVER)

    with pytest.raises(Refused, match="You have approved this already; 1 more of 2"):
        engine.approve(card.id, revision=1, actor=APPROVER)


def test_forty_clicks_of_two_people_approve_once(world: World) -> None:
    card = world.card()
    engine = four_eyes(world)

    def click(number: int) -> str:
        try:
            after = engine.approve(card.id, revision=1, actor=APPROVER if number % 2 else SECOND)
        except Refused:
            return "refused"
        return after.status

    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(click, range(40)))

    assert outcomes.count(Status.NOTIFIED) == 1
    assert outcomes.count(Status.APPROVED) == 1
    assert world.intents().count("open_pull_request") == 1


def test_a_changed_proposal_needs_both_again(world: World) -> None:
    card = world.card()
    engine = four_eyes(world)
    engine.approve(card.id, revision=1, actor=APPROVER)
    engine.edit(card.id, revision=1, actor=OWNER, value=400)

    assert engine.approvals([card.id]) == {}
    assert engine.approve(card.id, revision=2, actor=SECOND).status is Status.NOTIFIED


def test_what_was_sent_back_needs_both_again(world: World) -> None:
    card = world.card()
    engine = four_eyes(world)
    engine.approve(card.id, revision=1, actor=APPROVER)
    engine.approve(card.id, revision=1, actor=SECOND)
    FinOpsEngine(engine.ledger, directory=engine.directory, now=engine.parts.now).open_pull_request(
        card.id, revision=1
    )

    assert engine.ledger.get(card.id).status is Status.NOTIFIED
    assert engine.approvals([card.id]) == {}


def test_a_no_ends_it_whoever_agreed_before(world: World) -> None:
    card = world.card()
    engine = four_eyes(world)
    engine.approve(card.id, revision=1, actor=APPROVER)
    denied = engine.deny(card.id, revision=1, actor=OWNER, reason="no")

    assert denied.status is Status.DENIED


@pytest.mark.parametrize(
    ("rules", "status"),
    [
        ({"two_from_usd_per_month": 1}, Status.NOTIFIED),
        ({"two_from_usd_per_month": 1000}, Status.APPROVED),
        ({"two_from_risk": 0.1}, Status.NOTIFIED),
        ({"two_from_risk": 0.9}, Status.APPROVED),
    ],
)
def test_dollars_and_risk_say_how_many(
    world: World, rules: dict[str, object], status: Status
) -> None:
    card = world.card()

    assert four_eyes(world, **rules).approve(card.id, revision=1, actor=APPROVER).status is status


def test_the_pull_request_names_everybody_who_agreed(world: World) -> None:
    card = world.card()
    engine = four_eyes(world)
    engine.approve(card.id, revision=1, actor=APPROVER)
    engine.approve(card.id, revision=1, actor=SECOND)
    engine.open_pull_request(card.id, revision=1)

    [opened] = world.host.list_pull_requests()
    assert "U0APPROVER" in opened.body
    assert "and sam" in opened.body
