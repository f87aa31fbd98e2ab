from dataclasses import replace
from typing import Any

import pytest

from finops.code_hosts.local_git import LocalGitHost
from finops.domain.errors import TryAgainLater
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.pull_request import ProposedPullRequest, PullRequest
from finops.guardrails import GuardrailSettings
from finops.pr_generator import PullRequestGenerator
from tests.finops.engine.conftest import APPROVER, World


def test_the_pull_request_changes_exactly_one_line(world: World) -> None:
    record = world.opened()
    [(path, diff)] = world.host.diff(record.pull_request_number or 0)

    changed = [
        line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]

    assert path == "apps/frontend.yaml"
    assert changed[0] == "-              cpu: 500m"
    assert len(changed) == 2


def test_delivering_the_same_intent_again_opens_nothing_more(world: World) -> None:
    record = world.opened()
    world.engine.open_pull_request(record.id, revision=1)

    assert len(world.host.list_pull_requests()) == 1


def test_a_crash_after_opening_and_before_writing_it_down_is_healed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = world.approved()
    proposed: list[ProposedPullRequest] = []

    def open_and_die(self: LocalGitHost, what: ProposedPullRequest) -> PullRequest:
        proposed.append(what)
        real(self, what)
        raise TryAgainLater("the answer was lost")

    real = type(world.host).open_pull_request
    with monkeypatch.context() as patched:
        patched.setattr(type(world.host), "open_pull_request", open_and_die)
        with pytest.raises(TryAgainLater):
            world.engine.open_pull_request(record.id, revision=1)
    world.engine.open_pull_request(record.id, revision=1)

    after = world.engine.ledger.get(record.id)

    assert (after.status, after.pull_request_number) == (Status.PULL_REQUEST_OPEN, 1)
    assert len(world.host.list_pull_requests()) == len(proposed) == 1


def test_a_crash_whose_pull_request_was_merged_meanwhile_keeps_the_credit(world: World) -> None:
    record = world.approved()
    host, proposed, _ = world.engine.parts.pull_requests.plan(record, now=world.estate.now)  # type: ignore[union-attr]
    host.open_pull_request(proposed)
    world.host.merge(1, by="U0MERGER", at=world.estate.now)

    world.engine.open_pull_request(record.id, revision=1)
    world.engine.watch_pull_requests()

    assert world.engine.ledger.get(record.id).status is Status.MERGED


def test_guardrails_are_checked_again_when_it_is_opened(world: World) -> None:
    record = world.approved()
    world.engine.parts.guardrails.settings = GuardrailSettings(max_risk=0.0)
    world.engine.open_pull_request(record.id, revision=1)

    after = world.engine.ledger.get(record.id)

    assert after.status is Status.NOTIFIED
    assert "risk" in after.status_reason
    assert world.intents()[-1] == "tell_person"
    assert world.host.list_pull_requests() == []


def test_old_evidence_opens_nothing(world: World) -> None:
    record = world.approved()
    world.pass_days(3)
    world.engine.open_pull_request(record.id, revision=1)

    assert world.engine.ledger.get(record.id).status is Status.NOTIFIED


def test_a_repository_without_the_file_sends_the_approval_back_with_the_reason(
    world: World,
) -> None:
    world.estate.cpu_request["elsewhere"] = 500
    record = world.opened("elsewhere")

    assert record.status is Status.NOTIFIED
    assert "acme/platform" in record.status_reason


def test_a_merge_is_seen_and_a_cycle_is_asked_for(world: World) -> None:
    record = world.opened()
    world.host.merge(record.pull_request_number or 0, by="U0MERGER", at=world.estate.now)

    changed = world.engine.watch_pull_requests()
    after = world.engine.ledger.get(record.id)

    assert (changed, after.status, after.merged_at) == (1, Status.MERGED, world.estate.now)
    assert world.intents()[-1] == "run_cycle"


def test_closing_without_a_merge_is_a_no_for_that_revision(world: World) -> None:
    record = world.opened()
    world.host.close(record.pull_request_number or 0, by="U0CLOSER", at=world.estate.now)
    world.engine.watch_pull_requests()
    world.pass_days(1)
    world.scan()

    assert world.engine.ledger.get(record.id).status is Status.DENIED
    assert len(world.host.list_pull_requests()) == 1


def test_the_pull_request_calls_the_approver_by_name(world: World) -> None:
    card = world.card()
    named = replace(APPROVER, name="aya")
    world.engine.approve(card.id, revision=1, actor=named)
    world.engine.open_pull_request(card.id, revision=1)

    [pull_request] = world.host.list_pull_requests()

    assert "Approved by aya" in pull_request.body


def test_an_idle_tick_plans_nothing_and_a_moved_branch_is_followed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned: list[str] = []
    plan = PullRequestGenerator.plan

    def counted(self: PullRequestGenerator, subject: OpportunityRecord, **rest: Any) -> Any:
        planned.append(subject.id)
        return plan(self, subject, **rest)

    first, second = world.opened("frontend"), world.opened("cart")
    monkeypatch.setattr(PullRequestGenerator, "plan", counted)
    world.engine.watch_pull_requests()
    once = len(planned)
    for _ in range(3):
        world.engine.watch_pull_requests()
    idle = len(planned)
    world.host.merge(second.pull_request_number or 0, by="U0MERGER", at=world.estate.now)
    world.engine.watch_pull_requests()

    assert (once, idle) == (2, 2)
    assert planned[2:] == [first.id]
