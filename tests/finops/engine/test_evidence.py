"""The chain of evidence as an opportunity goes its way, on a real ledger and a real repository."""

from dataclasses import replace
from datetime import timedelta

import pytest

from finops.domain.errors import InvalidInput
from finops.domain.lifecycle import Status
from finops.reports.evidence_chain import EvidenceChain, Link, LinkState, Step
from tests.finops.engine.conftest import APPROVER, OWNER, World

_LATER = (Step.PULL_REQUEST, Step.DEPLOYMENT, Step.BILL, Step.VERDICT)


def link(chain: EvidenceChain, step: Step) -> Link:
    [found] = [one for one in chain.links if one.step is step]
    return found


def evidence(world: World) -> EvidenceChain:
    return world.engine.evidence(world.record().id)


def test_all_eight_links_are_always_there_in_their_order(world: World) -> None:
    world.scan()

    assert [one.step for one in evidence(world).links] == list(Step)


def test_what_was_measured_and_priced_is_there_from_the_start(world: World) -> None:
    world.scan()
    chain = evidence(world)

    assert link(chain, Step.METRICS).state is LinkState.THERE
    assert "14 days" in link(chain, Step.METRICS).words
    assert "$0.03 per core-hour" in link(chain, Step.PRICE).words
    assert all("$" not in fact.value for fact in link(chain, Step.METRICS).facts)


def test_a_question_says_when_it_expires(world: World) -> None:
    record = world.card()
    end = record.status_changed_at + timedelta(days=14)
    chain = evidence(world)

    assert link(chain, Step.APPROVAL).state is LinkState.WAITING
    assert f"expires on {end.day} {end:%b %Y}" in link(chain, Step.APPROVAL).words
    assert all(link(chain, step).state is LinkState.WAITING for step in _LATER)


def test_a_no_stops_the_chain_and_says_why(world: World) -> None:
    card = world.card()
    world.engine.deny(card.id, revision=1, actor=APPROVER, reason="December needs it.")
    chain = evidence(world)

    assert link(chain, Step.APPROVAL).state is LinkState.STOPPED
    assert "December needs it." in link(chain, Step.APPROVAL).words
    assert all(link(chain, step).state is LinkState.NOT_REACHED for step in _LATER)


def test_a_snooze_says_when_the_question_comes_back(world: World) -> None:
    card = world.card()
    world.engine.snooze(card.id, revision=1, actor=OWNER, days=7)
    until = world.record().snoozed_until
    assert until is not None

    assert f"{until.day} {until:%b %Y}" in link(evidence(world), Step.APPROVAL).words


def test_an_open_pull_request_is_linked_and_waits_for_its_merge(world: World) -> None:
    record = world.opened()
    found = link(evidence(world), Step.PULL_REQUEST)

    assert found.state is LinkState.WAITING
    assert found.url == record.pull_request_url
    assert link(evidence(world), Step.APPROVAL).words == f"Approved by {APPROVER.id}, revision 1."


def test_after_the_deployment_it_says_when_the_verdict_comes(world: World) -> None:
    record = world.implemented()
    chain = evidence(world)
    assert record.implemented_at is not None
    first = record.implemented_at + timedelta(days=7)
    last = record.implemented_at + timedelta(days=35)

    assert "was merged by U0MERGER" in link(chain, Step.PULL_REQUEST).words
    assert link(chain, Step.DEPLOYMENT).at == record.implemented_at
    assert "0 of 3 days after the change" in link(chain, Step.BILL).words
    assert f"{first.day} {first:%b}" in link(chain, Step.VERDICT).words
    assert f"{last.day} {last:%b}" in link(chain, Step.VERDICT).words


def test_a_proved_saving_has_a_whole_chain_with_both_means(world: World) -> None:
    record = world.implemented()
    world.bill(record, "3.00", days=20, until=world.estate.now)
    world.pass_days(9)
    world.bill(record, "1.20", days=8, until=world.estate.now)
    world.engine.read_bill()
    world.scan()
    chain = evidence(world)

    assert world.record().status is Status.VERIFIED
    assert chain.takeaway.startswith("The chain is whole")
    assert "Before: $3.00 a day" in link(chain, Step.BILL).words
    assert "after: $1.20 a day" in link(chain, Step.BILL).words
    assert link(chain, Step.VERDICT).words.startswith("Realised")
    assert len(chain.days) == 28
    assert chain.audit_rows >= 6
    assert len(chain.newest_hash) == 64


def test_outside_the_chat_people_have_their_names(world: World) -> None:
    card = world.card()
    world.engine.approve(card.id, revision=1, actor=replace(APPROVER, name="Priya Raman"))
    chain = evidence(world)

    assert f"Approved by {APPROVER.id}," in link(chain, Step.APPROVAL).words
    assert "Approved by Priya Raman," in link(chain.with_names(), Step.APPROVAL).words
    [line] = [x for x in world.engine.generate_weekly_report().lines if x.decided_by]
    assert line.decider == "Priya Raman"


def test_an_unknown_id_is_refused(world: World) -> None:
    with pytest.raises(InvalidInput, match="There is no opportunity"):
        world.engine.evidence("op-none")


def test_a_page_is_asked_for_once_a_minute(world: World) -> None:
    world.scan()
    first = world.engine.request_evidence(world.record().id, user="U0OWNER")
    again = world.engine.request_evidence(world.record().id, user="U0OWNER")

    assert (first, again) == (True, False)
    assert "show_evidence" in world.intents()
