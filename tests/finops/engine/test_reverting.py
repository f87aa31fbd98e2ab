from dataclasses import replace
from decimal import Decimal

import pytest

from finops.code_hosts.local_git import LocalGitHost
from finops.domain.errors import AlreadyDecided, NotPermitted, Refused, TryAgainLater
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.domain.pull_request import PullRequest, revert_branch_for
from finops.domain.verdict import Verdict
from finops.guardrails import GuardrailSettings, GuardrailVerdict
from tests.finops.engine.conftest import APPROVER, MANIFEST, OWNER, World
from tests.finops.engine.test_good_manners import push

PATH = "apps/frontend.yaml"
BEFORE = MANIFEST.format(name="frontend").encode()


def merged(world: World) -> OpportunityRecord:
    record = world.opened()
    world.host.merge(record.pull_request_number or 0, by="U0MERGER", at=world.estate.now)
    world.engine.watch_pull_requests()
    return world.engine.ledger.get(record.id)


def on_main(world: World) -> bytes:
    return world.host.read_files().files[PATH]


def revert(world: World, record: OpportunityRecord, reason: str = "") -> OpportunityRecord:
    world.engine.revert(record.id, actor=APPROVER, reason=reason)
    world.engine.open_revert(record.id)
    return world.engine.ledger.get(record.id)


def merge_newest(world: World) -> None:
    newest = world.host.list_pull_requests()[0]
    world.host.merge(newest.number, by="U0MERGER", at=world.estate.now)
    world.engine.watch_pull_requests()


def test_a_revert_restores_every_byte_by_a_pull_request_of_its_own(world: World) -> None:
    record = merged(world)
    changed = on_main(world)

    after = revert(world, record, "It got slow.")
    [pull_request, _] = world.host.list_pull_requests()
    merge_newest(world)

    assert changed != BEFORE
    assert pull_request.branch == revert_branch_for(record.id)
    assert pull_request.title.startswith("Revert: Lower CPU request")
    assert "It got slow." in pull_request.body
    assert "byte for byte" in pull_request.body
    assert (after.status, "#2 is open" in after.note) == (Status.MERGED, True)
    assert on_main(world) == BEFORE


def test_a_merged_revert_ends_the_saving_with_its_reason(world: World) -> None:
    record = world.implemented()
    in_flight = world.engine.savings().in_flight
    revert(world, record, "It got slow.")
    merge_newest(world)

    after = world.engine.ledger.get(record.id)

    assert in_flight
    assert after.status is Status.OBSOLETE
    assert after.status_reason == (
        "Reverted: pull request #2 was merged by U0MERGER. Reason: It got slow."
    )
    assert after.verdict["verdict"] == Verdict.REVERSED
    assert not world.engine.savings().in_flight


def test_what_the_bill_had_proved_is_reversed_and_no_longer_counts(world: World) -> None:
    record = world.implemented()
    world.bill(record, "2.00", days=20, until=world.estate.now)
    world.pass_days(8)
    world.bill(record, "0.50", days=8, until=world.estate.now)
    world.engine.read_bill()
    world.scan()
    proved = world.engine.ledger.get(record.id)
    revert(world, proved)
    merge_newest(world)

    after = world.engine.ledger.get(record.id)

    assert (proved.status, bool(proved.realised)) == (Status.VERIFIED, True)
    assert after.verdict["verdict"] == Verdict.REVERSED
    assert after.realised.larger_usd_per_month == Decimal(0)


def test_the_same_waste_is_not_offered_again_the_day_after(world: World) -> None:
    record = merged(world)
    revert(world, record)
    merge_newest(world)
    world.pass_days(1)
    world.scan()

    found = [r for r in world.engine.ledger.find() if r.opportunity.resource.name == "frontend"]

    assert [r.id for r in found] == [record.id]


def test_a_file_that_moved_on_gets_its_old_value_back_and_keeps_the_rest(world: World) -> None:
    record = merged(world)
    push(world, "main", PATH, on_main(world) + b"# a neighbour\n")

    revert(world, record)
    merge_newest(world)

    assert on_main(world) == BEFORE + b"# a neighbour\n"


def test_a_value_that_somebody_changed_since_is_not_overwritten(world: World) -> None:
    record = merged(world)
    push(world, "main", PATH, BEFORE.replace(b"500m", b"777m"))

    after = revert(world, record)

    assert "777m" in after.note
    assert after.status is Status.MERGED
    assert len(world.host.list_pull_requests()) == 1
    assert world.intents()[-1] == "tell_person"


def test_what_was_taken_back_by_hand_needs_no_pull_request(world: World) -> None:
    record = merged(world)
    push(world, "main", PATH, BEFORE)

    after = revert(world, record)

    assert (after.status, after.status_reason[:18]) == (Status.OBSOLETE, "Nothing to revert:")


def test_delivering_it_again_opens_nothing_more(world: World) -> None:
    record = merged(world)
    revert(world, record)
    world.engine.open_revert(record.id)

    assert len(world.host.list_pull_requests()) == 2


def test_a_crash_after_opening_it_is_healed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    record = merged(world)
    real = LocalGitHost.open_pull_request

    def open_and_die(self: LocalGitHost, proposed: object) -> PullRequest:
        real(self, proposed)  # type: ignore[arg-type]
        raise TryAgainLater("the answer was lost")

    with monkeypatch.context() as patched:
        patched.setattr(LocalGitHost, "open_pull_request", open_and_die)
        with pytest.raises(TryAgainLater):
            revert(world, record)
    world.engine.open_revert(record.id)

    after = world.engine.ledger.get(record.id)
    assert "#2 is open" in after.note
    assert len(world.host.list_pull_requests()) == 2


def test_a_revert_that_is_closed_leaves_the_change_and_may_be_asked_again(world: World) -> None:
    record = merged(world)
    revert(world, record)
    world.host.close(2, by="U0CLOSER", at=world.estate.now)
    world.engine.watch_pull_requests()
    closed = world.engine.ledger.get(record.id)

    assert (closed.status, closed.note) == (
        Status.MERGED, "The revert #2 was closed without a merge.",
    )  # fmt: skip
    assert world.engine.can_revert(closed)


def test_only_approvers_may_and_a_refusal_is_audited(world: World) -> None:
    record = merged(world)

    with pytest.raises(NotPermitted):
        world.engine.revert(record.id, actor=OWNER)

    assert world.engine.ledger.history_of(record.id)[-1].action == "refused"


def test_a_second_click_is_told_who_was_first(world: World) -> None:
    record = merged(world)
    world.engine.revert(record.id, actor=APPROVER)

    with pytest.raises(AlreadyDecided, match=APPROVER.id):
        world.engine.revert(record.id, actor=APPROVER)

    assert world.intents().count("open_revert") == 1


def test_what_is_not_merged_is_not_reverted(world: World) -> None:
    record = world.opened()

    with pytest.raises(Refused, match="is pull request open; only what"):
        world.engine.revert(record.id, actor=APPROVER)

    assert not world.engine.can_revert(record)


def test_a_protected_tag_protects_from_reverts_too(world: World) -> None:
    record = merged(world)
    tagged = replace(record.opportunity, tags={"tier": "critical"})
    strict = GuardrailSettings(protected_tags={"critical": GuardrailVerdict.DENY})
    world.engine.parts.guardrails.settings = strict
    with world.engine.ledger.transaction() as tx:
        tx.record(tagged, seen_at=world.estate.now)

    with pytest.raises(Refused, match="critical"):
        world.engine.revert(record.id, actor=APPROVER)


def test_a_stale_limit_or_an_hour_never_holds_a_revert_back(world: World) -> None:
    from tests.finops.engine.test_good_manners import behave

    record = merged(world)
    behave(world, max_open=1, max_per_hour=1)
    world.pass_days(0.1)
    world.opened("cart")

    after = revert(world, record)

    assert "#3 is open" in after.note


def test_a_revert_nobody_could_open_is_told_and_may_be_asked_again(world: World) -> None:
    record = merged(world)
    world.engine.revert(record.id, actor=APPROVER)
    with world.engine.ledger.transaction() as tx:
        from sqlalchemy import update

        from finops.ledger.tables import outbox

        tx.connection.execute(
            update(outbox).where(outbox.c.kind == "open_revert").values(status="dead")
        )
    world.engine.watch_pull_requests()

    after = world.engine.ledger.get(record.id)

    assert after.note == "No revert could be opened after many tries."
    assert world.engine.can_revert(after)
