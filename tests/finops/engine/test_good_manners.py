"""Limits, updates in place, frozen branches, stale ones: how the bot behaves in a repository."""

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from finops.code_hosts.git_plumbing import BareRepository
from finops.code_hosts.local_git import LocalGitHost
from finops.domain.errors import TryAgainLater, WillNeverWork
from finops.domain.lifecycle import Status
from finops.domain.manners import Manners
from finops.domain.opportunity import OpportunityRecord
from finops.domain.pull_request import PullRequest, Stage, branch_for
from finops.engine import tending, watching
from finops.guardrails import ChangeWindows, GuardrailSettings
from finops.ledger import pull_requests as rows
from finops.pr_generator import parse_metadata
from tests.finops.engine.conftest import APPROVER, NAMES, World

REPOSITORY = "acme/platform"


def behave(world: World, **manners: object) -> None:
    """Give the repository its manners."""
    rules = {REPOSITORY: Manners(**manners)}  # type: ignore[arg-type]
    world.engine.parts = replace(world.engine.parts, manners=rules)


def push(world: World, branch: str, path: str, content: bytes) -> None:
    """A person commits to a branch."""
    git = BareRepository(world.host._git.path)
    head = git.ref(f"refs/heads/{branch}")
    assert head is not None
    with tempfile.TemporaryDirectory() as folder:
        blob = {path: ("100644", git.write_blob(content))}
        tree = git.write_tree(head, blob, Path(folder) / "index")
    git.move_refs({f"refs/heads/{branch}": (head, git.write_commit(tree, [head], "By hand\n"))})


def comments(world: World, record: OpportunityRecord) -> list[str]:
    return world.host.comments(record.pull_request_number or 0)


def reopened(world: World, record: OpportunityRecord) -> OpportunityRecord:
    """The next cycle finds clearly another value while the pull request is open."""
    world.estate.cpu_used *= 1.6
    world.pass_days(1)
    world.scan()
    return world.engine.ledger.get(record.id)


def approve_again(world: World, record: OpportunityRecord) -> OpportunityRecord:
    revision = record.opportunity.revision
    world.engine.card_posted(record.id, channel="C0WEB", message_id="1.0", render_hash="i")
    world.engine.approve(record.id, revision=revision, actor=APPROVER)
    world.engine.open_pull_request(record.id, revision=revision)
    return world.engine.ledger.get(record.id)


# Limits


def test_the_limit_of_open_ones_makes_the_next_one_wait_and_its_card_says_so(world: World) -> None:
    behave(world, max_open=1)
    world.opened("frontend")
    second = world.approved("cart")

    with pytest.raises(TryAgainLater, match="1 is its limit"):
        world.engine.open_pull_request(second.id, revision=1)

    waiting = world.engine.ledger.get(second.id)
    assert waiting.status is Status.APPROVED
    assert waiting.note.startswith("Waits: acme/platform has 1 pull requests of finops-bot open")
    assert len(world.host.list_pull_requests()) == 1


def test_waiting_is_said_once_however_often_it_is_tried(world: World) -> None:
    behave(world, max_open=1)
    world.opened("frontend")
    second = world.approved("cart")
    before = len(world.intents())
    for _ in range(3):
        with pytest.raises(TryAgainLater):
            world.engine.open_pull_request(second.id, revision=1)

    assert len(world.intents()) - before == 1


def test_a_merge_makes_room_and_the_note_goes(world: World) -> None:
    behave(world, max_open=1, max_per_hour=0)
    first = world.opened("frontend")
    second = world.approved("cart")
    with pytest.raises(TryAgainLater):
        world.engine.open_pull_request(second.id, revision=1)
    world.host.merge(first.pull_request_number or 0, by="U0MERGER", at=world.estate.now)
    world.engine.watch_pull_requests()
    world.engine.open_pull_request(second.id, revision=1)

    after = world.engine.ledger.get(second.id)

    assert (after.status, after.note) == (Status.PULL_REQUEST_OPEN, "")


def test_the_limit_of_an_hour_ends_with_the_hour(world: World) -> None:
    behave(world, max_per_hour=1)
    world.opened("frontend")
    second = world.approved("cart")
    with pytest.raises(TryAgainLater, match="opened in acme/platform within an hour"):
        world.engine.open_pull_request(second.id, revision=1)
    world.pass_days(1.01 / 24)
    world.engine.open_pull_request(second.id, revision=1)

    assert world.engine.ledger.get(second.id).status is Status.PULL_REQUEST_OPEN


def test_workers_at_the_same_moment_hold_a_limit_together(world: World) -> None:
    behave(world, max_open=2)
    approved = [world.approved(name) for name in NAMES]

    def open_one(record: OpportunityRecord) -> bool:
        try:
            world.engine.open_pull_request(record.id, revision=1)
        except TryAgainLater:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        opened = list(pool.map(open_one, approved))

    assert sum(opened) == 2
    assert len(world.host.list_pull_requests()) == 2


def test_a_claim_of_a_worker_that_died_is_taken_up_and_not_counted_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    behave(world, max_open=1)
    record = world.approved()

    def die(*_: object) -> PullRequest:
        raise TryAgainLater("The host is away.")

    with monkeypatch.context() as patched:
        patched.setattr(LocalGitHost, "open_pull_request", die)
        with pytest.raises(TryAgainLater, match="away"):
            world.engine.open_pull_request(record.id, revision=1)
    world.engine.open_pull_request(record.id, revision=1)

    assert world.engine.ledger.get(record.id).status is Status.PULL_REQUEST_OPEN


def test_what_is_refused_gives_its_place_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    behave(world, max_open=1)
    first, second = world.approved("frontend"), world.approved("cart")

    def refuse(*_: object) -> PullRequest:
        raise WillNeverWork("acme/platform is archived, so it takes no pull requests.")

    with monkeypatch.context() as patched:
        patched.setattr(LocalGitHost, "open_pull_request", refuse)
        world.engine.open_pull_request(first.id, revision=1)
    world.engine.open_pull_request(second.id, revision=1)

    refused = world.engine.ledger.get(first.id)
    assert (refused.status, "archived" in refused.status_reason) == (Status.NOTIFIED, True)
    assert world.engine.ledger.get(second.id).status is Status.PULL_REQUEST_OPEN


# Another revision


def test_a_clearly_other_proposal_is_asked_again_while_its_pull_request_is_held(
    world: World,
) -> None:
    record = world.opened()
    changed = reopened(world, record)
    for _ in range(2):
        world.engine.watch_pull_requests()

    [held] = world.host.list_pull_requests()
    assert (changed.status, changed.opportunity.revision) == (Status.DETECTED, 2)
    assert held.is_draft
    [said] = comments(world, record)
    assert "revision 2" in said
    assert "do not merge" in said


def test_approved_anew_it_is_the_same_pull_request_with_other_bytes(world: World) -> None:
    record = world.opened()
    first = world.host.diff(record.pull_request_number or 0)
    changed = reopened(world, record)
    world.engine.watch_pull_requests()

    after = approve_again(world, changed)
    world.engine.watch_pull_requests()

    [pull_request] = world.host.list_pull_requests()
    metadata = parse_metadata(pull_request.body)
    assert after.status is Status.PULL_REQUEST_OPEN
    assert metadata is not None
    assert metadata.revision == 2
    assert not pull_request.is_draft
    assert world.host.diff(pull_request.number) != first
    assert any("approved anew" in said for said in comments(world, record))


def test_an_update_that_dies_half_way_is_finished_by_the_next_try(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = reopened(world, world.opened())
    real = LocalGitHost.update_pull_request

    def update_and_die(self: LocalGitHost, *arguments: object, **more: object) -> PullRequest:
        real(self, *arguments, **more)  # type: ignore[arg-type]
        raise TryAgainLater("The answer was lost.")

    with monkeypatch.context() as patched:
        patched.setattr(LocalGitHost, "update_pull_request", update_and_die)
        with pytest.raises(TryAgainLater):
            approve_again(world, changed)
    world.engine.open_pull_request(changed.id, revision=2)

    assert world.engine.ledger.get(changed.id).status is Status.PULL_REQUEST_OPEN
    assert len(world.host.list_pull_requests()) == 1


def test_a_former_revision_that_was_merged_all_the_same_is_looked_at_anew(world: World) -> None:
    record = world.opened()
    reopened(world, record)
    world.host.merge(record.pull_request_number or 0, by="U0HASTY", at=world.estate.now)
    world.engine.watch_pull_requests()

    after = world.engine.ledger.get(record.id)

    assert after.status is Status.OBSOLETE
    assert "former revision was merged" in after.status_reason


def test_a_declined_new_revision_closes_the_former_one_with_a_word(world: World) -> None:
    record = world.opened()
    changed = reopened(world, record)
    world.engine.card_posted(changed.id, channel="C0WEB", message_id="1.0", render_hash="i")
    world.engine.deny(changed.id, revision=2, actor=APPROVER, reason="Peak in December.")
    world.engine.watch_pull_requests()

    [pull_request] = world.host.list_pull_requests()
    assert pull_request.state == "closed"
    assert "Peak in December." in comments(world, record)[-1]
    assert world.engine.ledger.get(record.id).status_reason == "Peak in December."


# A person's commit


def test_a_persons_commit_freezes_it_and_is_said_once(world: World) -> None:
    record = world.opened()
    push(world, branch_for(record.id), "apps/frontend.yaml", b"mine: true\n")
    for _ in range(3):
        world.engine.watch_pull_requests()

    after = world.engine.ledger.get(record.id)

    assert comments(world, record) == [tending.TOUCHED]
    assert after.note == tending.TOUCHED
    assert after.status is Status.PULL_REQUEST_OPEN


def test_replicas_that_see_it_at_once_say_it_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = world.opened()
    push(world, branch_for(record.id), "apps/frontend.yaml", b"mine: true\n")
    said: list[int] = []
    monkeypatch.setattr(LocalGitHost, "comment", lambda _, number, *__, **___: said.append(number))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: world.engine.watch_pull_requests(), range(4)))

    assert said == [1]


def test_a_word_that_could_not_be_said_is_said_at_the_next_tick(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = world.opened()
    push(world, branch_for(record.id), "apps/frontend.yaml", b"mine: true\n")

    def away(*_: object, **__: object) -> None:
        raise TryAgainLater("The host is away.")

    with monkeypatch.context() as patched:
        patched.setattr(LocalGitHost, "comment", away)
        world.engine.watch_pull_requests()
    world.engine.watch_pull_requests()

    assert comments(world, record) == [tending.TOUCHED]


def test_a_frozen_one_is_neither_rebased_nor_closed_nor_proposed_anew(world: World) -> None:
    behave(world, stale_after_days=1)
    record = world.opened()
    branch = branch_for(record.id)
    push(world, branch, "apps/frontend.yaml", b"mine: true\n")
    world.engine.watch_pull_requests()
    push(world, "main", "apps/frontend.yaml", b"other: true\n")
    same = reopened(world, record)
    world.pass_days(5)
    world.engine.watch_pull_requests()

    [pull_request] = world.host.list_pull_requests()
    git = BareRepository(world.host._git.path)
    content = git.run("show", f"refs/heads/{branch}:apps/frontend.yaml").output
    assert (pull_request.state, same.opportunity.revision) == ("open", 1)
    assert content == b"mine: true\n"


def test_a_frozen_one_that_is_merged_is_merged(world: World) -> None:
    record = world.opened()
    push(world, branch_for(record.id), "README.md", b"mine\n")
    world.engine.watch_pull_requests()
    world.host.merge(record.pull_request_number or 0, by="U0MERGER", at=world.estate.now)
    world.engine.watch_pull_requests()

    after = world.engine.ledger.get(record.id)

    assert (after.status, after.note) == (Status.MERGED, "")


# Stale ones


def test_one_that_nobody_touches_is_closed_with_a_word_and_expires(world: World) -> None:
    behave(world, stale_after_days=30)
    record = world.opened()
    world.pass_days(29)
    world.engine.watch_pull_requests()
    early = world.engine.ledger.get(record.id).status
    world.pass_days(2)
    world.engine.watch_pull_requests()

    after = world.engine.ledger.get(record.id)
    assert (early, after.status) == (Status.PULL_REQUEST_OPEN, Status.EXPIRED)
    assert "Nobody has touched it for 30 days" in after.status_reason
    assert "approve it again" in comments(world, record)[-1]


def test_a_crash_between_closing_and_noting_it_is_no_persons_no(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    behave(world, stale_after_days=30)
    record = world.opened()
    world.pass_days(31)

    def die(*_: object) -> bool:
        raise TryAgainLater("The process ends here.")

    with monkeypatch.context() as patched:
        patched.setattr(tending, "follow", die)
        world.engine.watch_pull_requests()
    world.engine.watch_pull_requests()

    assert world.engine.ledger.get(record.id).status is Status.EXPIRED


def test_zero_days_close_nothing(world: World) -> None:
    behave(world, stale_after_days=0)
    record = world.opened()
    world.pass_days(400)
    world.engine.watch_pull_requests()

    assert world.engine.ledger.get(record.id).status is Status.PULL_REQUEST_OPEN


# Dress


def test_draft_labels_and_reviewers_come_from_the_repository(
    world: World, bare_repository: Callable[..., Path]
) -> None:
    behave(world, draft=True, labels=("money",))
    push(world, "main", ".github/CODEOWNERS", b"* @acme/ops\n/apps/ @maria @acme/web me@x.io\n")
    world.opened()

    [record] = world.host._read_shelf().records.values()

    assert (record.is_draft, record.labels) == (True, ("money",))
    assert record.reviewers == ("@maria", "@acme/web", "me@x.io")


def test_the_approver_alone_is_not_asked_to_review(world: World) -> None:
    push(world, "main", "CODEOWNERS", b"* @Aya\n")
    card = world.card()
    world.engine.approve(card.id, revision=1, actor=replace(APPROVER, name="aya"))
    world.engine.open_pull_request(card.id, revision=1)

    [record] = world.host._read_shelf().records.values()

    assert record.reviewers == ()


def test_a_bare_repository_merges_nothing_by_itself_and_says_why(world: World) -> None:
    world.engine.parts.guardrails.settings = GuardrailSettings(
        auto_merge=True, max_risk_without_approval=1.0, change_windows=ChangeWindows(windows=())
    )

    record = world.opened()

    assert record.note.startswith("A person merges it: acme/platform runs no checks")


def test_without_the_guardrail_nothing_is_said_of_merging(world: World) -> None:
    assert world.opened().note == ""


# A host that is gone


def test_a_repository_that_is_gone_is_said_on_the_card_until_it_is_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = world.opened()

    def gone(_: LocalGitHost) -> str:
        raise WillNeverWork("GitHub shows no acme/platform.")

    with monkeypatch.context() as patched:
        patched.setattr(LocalGitHost, "newest_commit", gone)
        world.engine.watch_pull_requests()
        world.engine.watch_pull_requests()
        away = world.engine.ledger.get(record.id)
    world.engine.watch_pull_requests()

    assert away.note == f"{watching.UNREADABLE}GitHub shows no acme/platform."
    assert world.engine.ledger.get(record.id).note == ""


# Rows


def test_the_row_of_a_pull_request_follows_it_to_its_end(world: World) -> None:
    record = world.opened()
    with world.engine.ledger.reading() as tx:
        opened = rows.of_branch(tx.connection, REPOSITORY, branch_for(record.id))
    world.host.close(record.pull_request_number or 0, by="U0CLOSER", at=world.estate.now)
    world.engine.watch_pull_requests()
    with world.engine.ledger.reading() as tx:
        closed = rows.of_branch(tx.connection, REPOSITORY, branch_for(record.id))

    assert opened is not None
    assert (opened.stage, opened.number) == (Stage.OPEN, 1)
    assert closed is not None
    assert closed.stage is Stage.CLOSED


def test_an_approval_of_what_a_person_works_on_is_sent_back(
    world: World,
) -> None:
    changed = reopened(world, world.opened())
    push(world, branch_for(changed.id), "apps/frontend.yaml", b"mine: true\n")

    after = approve_again(world, changed)

    assert after.status is Status.NOTIFIED
    assert "A person has worked on the branch" in after.status_reason
