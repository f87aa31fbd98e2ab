"""Crashes between two effects, two doers at once, and things that come back later."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from finops.domain.errors import Refused, TryAgainLater, WillNeverWork
from finops.domain.estate import EVERYTHING, Gap, Snapshot
from finops.domain.lifecycle import Status
from finops.domain.people import Actor, Directory
from finops.engine import announce
from finops.engine.aftermath import verify
from finops.guardrails import GuardrailSettings
from finops.ledger.outbox import Intent
from finops.ledger.tables import savings_reports
from tests.finops.engine.conftest import APPROVER, OWNER, World
from tests.finops.engine.test_aftermath import prove


def lease_all(world: World) -> list[Intent]:
    later = datetime.now(world.estate.now.tzinfo) + timedelta(days=1)
    return world.engine.ledger.lease_intents(owner="w", now=later, limit=100)


def bury(world: World, kind: str) -> None:
    """Deliver nothing until that intent comes up, and give up on it."""
    later = datetime.now(world.estate.now.tzinfo) + timedelta(days=1)
    while True:
        for intent in lease_all(world):
            if intent.kind == kind:
                world.engine.ledger.bury_intent(intent, now=later, error="down")
                return
            world.engine.ledger.finish_intent(intent.id, now=later)


@dataclass
class Partial:
    """The estate, with a source that failed."""

    estate: Any
    lacks: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = (Gap("git", "One folder could not be read.", hides=EVERYTHING),)

    def snapshot(self, *, now: datetime) -> Snapshot:
        whole: Snapshot = self.estate.snapshot(now=now)
        kept = tuple(w for w in whole.workloads if w.name not in self.lacks)
        return replace(whole, workloads=kept, gaps=self.gaps)


# Clicks and cards


def test_a_click_on_a_card_whose_posting_was_not_yet_recorded_counts(world: World) -> None:
    world.scan()
    found = world.record()

    record = world.engine.approve(found.id, revision=1, actor=APPROVER)

    actions = [entry.action for entry in world.engine.ledger.history_of(found.id)]
    assert (record.status, actions) == (Status.APPROVED, ["new", "notified", "approved"])


def test_auto_approval_is_one_step_with_the_card_and_its_repetition_changes_nothing(
    world: World,
) -> None:
    world.engine.parts.guardrails.settings = GuardrailSettings(
        auto_approve=True, max_risk_without_approval=1.0
    )
    world.card()
    record = world.card()

    assert (record.status, record.decided_by) == (Status.APPROVED, "policy")
    assert world.intents().count("open_pull_request") == 1
    assert world.engine.ledger.verify_audit().is_intact


def test_a_pull_request_does_not_wait_for_a_card_that_slack_does_not_take(world: World) -> None:
    record = world.approved()

    head_kinds = {i.kind for i in lease_all(world) if record.id in i.subject}

    assert "open_pull_request" in head_kinds


def test_a_card_the_worker_gave_up_is_offered_again_on_another_day(world: World) -> None:
    world.scan()
    bury(world, "post_card")
    announce.offer_cards(world.engine.parts, now=world.estate.now)
    at_once = world.engine.ledger.outbox_counts()["dead"]
    tomorrow = datetime.now(world.estate.now.tzinfo) + timedelta(days=2, hours=1)
    world.engine.ledger._wall_clock = lambda: tomorrow
    world.pass_days(2)
    announce.offer_cards(world.engine.parts, now=world.estate.now)

    assert at_once == 1
    assert "dead" not in world.engine.ledger.outbox_counts()


def test_an_approval_whose_pull_request_was_given_up_goes_back_to_people(world: World) -> None:
    record = world.approved()
    world.engine.watch_pull_requests()
    patient = world.engine.ledger.get(record.id).status
    bury(world, "open_pull_request")
    world.engine.watch_pull_requests()
    world.engine.watch_pull_requests()

    after = world.engine.ledger.get(record.id)

    assert (patient, after.status) == (Status.APPROVED, Status.NOTIFIED)
    assert world.intents().count("tell_person") == 1


def test_a_reason_with_bytes_no_database_takes_is_kept_without_them(world: World) -> None:
    card = world.card()

    record = world.engine.deny(card.id, revision=1, actor=OWNER, reason="no\0t \ud800now")

    assert record.status_reason == "no t ?now"
    assert world.engine.ledger.verify_audit().is_intact


# Pull requests


def test_a_pull_request_opened_before_a_crash_is_kept_though_guardrails_now_object(
    world: World,
) -> None:
    record = world.approved()
    assert world.engine.parts.pull_requests is not None
    host, proposed, _ = world.engine.parts.pull_requests.plan(record, now=world.estate.now)
    host.open_pull_request(proposed)
    world.engine.parts.guardrails.settings = GuardrailSettings(max_risk=0.0)
    world.engine.open_pull_request(record.id, revision=1)

    after = world.engine.ledger.get(record.id)

    assert (after.status, after.pull_request_number) == (Status.PULL_REQUEST_OPEN, 1)


def test_a_pull_request_that_cannot_be_read_does_not_hide_the_merge_of_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = world.opened("frontend"), world.opened("cart")
    world.host.merge(second.pull_request_number or 0, by="U0MERGER", at=world.estate.now)
    real = type(world.host).pull_request

    def fail_for_the_first(self: Any, number: int) -> Any:
        if number == first.pull_request_number:
            raise WillNeverWork("it is gone")
        return real(self, number)

    monkeypatch.setattr(type(world.host), "pull_request", fail_for_the_first)

    assert world.engine.watch_pull_requests() == 1


def test_a_host_that_is_down_is_asked_once_a_tick_and_not_for_each_pull_request(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("frontend", "cart", "search"):
        world.opened(name)
    asked: list[int] = []

    def down(self: object, number: int) -> object:
        asked.append(number)
        raise TryAgainLater("down")

    monkeypatch.setattr(type(world.host), "pull_request", down)
    world.engine.watch_pull_requests()

    assert len(asked) == 1


def test_a_pull_request_of_what_became_obsolete_while_it_was_opened_is_told_about(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = world.approved()
    real = type(world.host).open_pull_request

    def open_slowly(self: Any, proposed: Any) -> Any:
        opened = real(self, proposed)
        del world.estate.cpu_request["frontend"]
        world.pass_days(0.1)
        world.scan()
        return opened

    monkeypatch.setattr(type(world.host), "open_pull_request", open_slowly)
    world.engine.open_pull_request(record.id, revision=1)

    notes = [str(i.payload["sentence"]) for i in delivered(world) if i.kind == "post_note"]

    assert world.engine.ledger.get(record.id).status is Status.OBSOLETE
    assert any("close it" in note for note in notes)


def delivered(world: World) -> list[Intent]:
    """Every intent, in the order of delivery."""
    done: list[Intent] = []
    while intents := lease_all(world):
        for intent in intents:
            world.engine.ledger.finish_intent(intent.id, now=world.estate.now)
        done += intents
    return done


def test_a_closed_pull_request_is_not_the_approvers_no(world: World) -> None:
    record = world.opened()
    world.host.close(record.pull_request_number or 0, by="U0CLOSER", at=world.estate.now)
    world.engine.watch_pull_requests()

    after = world.engine.ledger.get(record.id)

    assert (after.status, after.decided_by) == (Status.DENIED, "")


def test_two_replicas_that_watch_at_once_see_one_merge(world: World) -> None:
    record = world.opened()
    world.host.merge(record.pull_request_number or 0, by="U0MERGER", at=world.estate.now)

    with ThreadPoolExecutor(4) as pool:
        seen = sum(pool.map(lambda _: world.engine.watch_pull_requests(), range(4)))

    assert seen == 1
    assert world.intents().count("run_cycle") == 1


# What guardrails look at


def test_a_tag_that_came_later_counts_at_the_click(world: World) -> None:
    card = world.card()
    whole = world.estate.snapshot(now=world.estate.now)
    tagged = tuple(replace(w, tags={"critical": "true"}) for w in whole.workloads)
    world.pass_days(0.1)
    world.engine.run_cycle(replace(whole, workloads=tagged, taken_at=world.estate.now))

    with pytest.raises(Refused, match="critical"):
        world.engine.approve(card.id, revision=1, actor=APPROVER)


def test_what_moved_to_another_team_is_put_before_that_team(world: World) -> None:
    card = world.card()
    whole = world.estate.snapshot(now=world.estate.now)
    moved = tuple(replace(w, team="search") for w in whole.workloads)
    world.pass_days(0.1)
    world.engine.run_cycle(replace(whole, workloads=moved, taken_at=world.estate.now))

    after = world.engine.ledger.get(card.id)
    with pytest.raises(Refused, match="revision 1, now 2"):
        world.engine.approve(card.id, revision=1, actor=APPROVER)

    assert (after.opportunity.team, after.opportunity.revision) == ("search", 2)


def test_evidence_for_another_proposal_does_not_keep_an_approval_fresh(world: World) -> None:
    record = world.approved()
    world.estate.cpu_used *= 1.8
    for _ in range(3):
        world.pass_days(1)
        world.scan()
    world.engine.open_pull_request(record.id, revision=1)

    assert world.engine.ledger.get(record.id).status is Status.NOTIFIED


def test_who_declined_the_former_offer_is_not_named_for_the_next(world: World) -> None:
    card = world.card()
    world.engine.deny(card.id, revision=1, actor=OWNER, reason="Not now.")
    world.estate.cpu_used *= 0.6
    world.pass_days(1)
    world.scan()

    assert world.engine.ledger.get(card.id).decided_by == ""


# Estates that cannot be seen whole


def test_an_emptied_repository_closes_nothing(world: World) -> None:
    card = world.card()
    world.estate.cpu_request.clear()
    world.pass_days(1)
    world.scan()

    assert world.engine.ledger.get(card.id).status is Status.NOTIFIED


def test_a_week_without_usage_data_forgets_nothing(world: World) -> None:
    card = world.card()
    whole = world.estate.snapshot(now=world.estate.now)
    blind = tuple(
        replace(w, containers=tuple(replace(c, cpu_usage=None) for c in w.containers))
        for w in whole.workloads
    )
    for _ in range(9):
        world.pass_days(1)
        world.engine.run_cycle(replace(whole, workloads=blind, taken_at=world.estate.now))
    early = world.engine.ledger.get(card.id).status

    assert early is Status.NOTIFIED


def test_a_no_is_not_forgotten_because_the_waste_was_away_for_a_week(world: World) -> None:
    card = world.card()
    world.engine.deny(card.id, revision=1, actor=OWNER, reason="Load test.")
    usual = world.estate.cpu_used
    world.estate.cpu_used = 470
    for _ in range(9):
        world.pass_days(1)
        world.scan()
    world.estate.cpu_used = usual
    world.scan()

    assert world.record().id == card.id
    assert world.record().status is Status.DENIED


def test_a_saving_is_not_reversed_because_a_source_failed_on_the_day(world: World) -> None:
    record = world.implemented()
    world.bill(record, "1.08", days=20, until=world.estate.now)
    world.pass_days(8)
    world.bill(record, "0.40", days=7, until=world.estate.now)
    world.engine.read_bill()
    partial = Partial(world.estate, lacks=("frontend",)).snapshot(now=world.estate.now)
    verify(world.engine.parts, partial)
    during = world.engine.ledger.get(record.id).status
    world.scan()

    after = world.engine.ledger.get(record.id)

    assert during is Status.IMPLEMENTED
    assert after.verdict["verdict"] == "realised"


def test_a_resource_deleted_before_it_was_proved_proves_nothing(world: World) -> None:
    record = world.implemented()
    del world.estate.cpu_request["frontend"]
    world.pass_days(8)
    world.scan()

    after = world.engine.ledger.get(record.id)

    assert (after.status, after.status_reason) == (
        Status.OBSOLETE, "The resource is gone from the estate.",
    )  # fmt: skip


def test_a_merged_change_whose_resource_is_gone_does_not_stay_in_flight(world: World) -> None:
    record = world.opened()
    world.host.merge(record.pull_request_number or 0, by="U0MERGER", at=world.estate.now)
    world.engine.watch_pull_requests()
    del world.estate.cpu_request["frontend"]
    world.pass_days(1)
    world.scan()

    assert world.engine.ledger.get(record.id).status is Status.OBSOLETE


# The number that counts


def test_a_verified_saving_that_is_taken_back_later_is_no_longer_counted(world: World) -> None:
    prove(world, before="1.08", after="0.40")
    counted = world.engine.ledger.get_total_realized_savings()
    record = world.record()
    world.estate.cpu_request["frontend"] = 500
    world.pass_days(10)
    world.scan()

    after = world.engine.ledger.get(record.id)

    assert counted
    assert not world.engine.ledger.get_total_realized_savings()
    assert (after.status, after.verdict["verdict"]) == (Status.VERIFIED, "reversed")
    assert world.engine.ledger.history_of(record.id)[-1].actor == "engine"


def test_a_second_saving_on_the_same_resource_does_not_count_the_first_again(
    world: World,
) -> None:
    prove(world, before="1.08", after="0.40")
    world.estate.cpu_used *= 0.5
    world.pass_days(10)
    world.scan()
    second = next(r for r in world.engine.ledger.find() if r.opportunity.generation == 2)
    world.engine.card_posted(second.id, channel="C0WEB", message_id="2.0", render_hash="h")
    world.engine.approve(second.id, revision=1, actor=APPROVER)
    world.engine.open_pull_request(second.id, revision=1)
    number = world.engine.ledger.get(second.id).pull_request_number or 0
    world.host.merge(number, by="U0MERGER", at=world.estate.now)
    world.engine.watch_pull_requests()
    world.estate.cpu_request["frontend"] = second.opportunity.changes[0].number
    world.bill(second, "0.40", days=10, until=world.estate.now)
    world.pass_days(0.01)
    world.scan()
    world.pass_days(9)
    world.bill(second, "0.40", days=8, until=world.estate.now)  # it saved nothing more
    world.engine.read_bill()
    world.scan()

    after = world.engine.ledger.get(second.id)

    assert not after.realised


def test_a_day_on_which_a_share_was_not_measured_is_not_a_day_without_cost(world: World) -> None:
    record = world.implemented()
    world.bill(record, "1.08", days=20, until=world.estate.now)
    world.pass_days(8)
    other = replace(record.opportunity.resource, name="other")
    elsewhere = replace(record, opportunity=replace(record.opportunity, resource=other))
    world.bill(elsewhere, "5.00", days=7, until=world.estate.now)
    world.engine.read_bill()
    world.scan()

    assert world.engine.ledger.get(record.id).status is Status.IMPLEMENTED


# Said once


def test_a_scan_asked_for_twice_runs_once_and_can_be_asked_for_again_afterwards(
    world: World,
) -> None:
    somebody = Actor("U0SOMEBODY")
    first = world.engine.request_scan(actor=somebody)
    world.pass_days(0.01)
    second = world.engine.request_scan(actor=somebody)
    delivered(world)
    third = world.engine.request_scan(actor=somebody)

    assert (first, second, third) == (True, False, True)


def test_the_same_event_told_twice_is_one_message(world: World) -> None:
    for _ in range(2):
        world.engine.tell_person("U1", "The scan is done.", about="scan/7")
        world.pass_days(0.01)

    assert world.intents().count("tell_person") == 1


def test_reports_of_one_day_are_one_row(world: World) -> None:
    for _ in range(3):
        world.engine.generate_weekly_report()
        world.estate.now += timedelta(minutes=1)

    count = world.engine.ledger.read(
        lambda c: c.execute(select(func.count()).select_from(savings_reports)).scalar()
    )

    assert count == 1


def test_an_owner_hears_of_what_a_slower_cycle_found_earlier(world: World) -> None:
    early = world.estate.now
    slow = replace(world.estate.snapshot(now=early), cluster="other")
    slow = replace(slow, workloads=tuple(replace(w, cluster="other") for w in slow.workloads))
    world.estate.now += timedelta(minutes=5)
    world.scan()  # tells the owners of today
    world.engine.run_cycle(slow)
    world.pass_days(1)
    world.scan()

    told = [i for i in delivered(world) if i.kind == "tell_owner"]
    ids = {str(one) for i in told for one in i.payload["opportunities"]}  # type: ignore[attr-defined]
    others = {r.id for r in world.engine.ledger.find(cluster="other")}

    assert others <= ids


def test_snoozing_twice_in_one_revision_wakes_twice(world: World) -> None:
    card = world.card()
    for _ in range(2):
        world.engine.snooze(card.id, revision=1, actor=OWNER, days=1)
        world.pass_days(1.1)
        world.engine.wake_and_expire()

    actions = [entry.action for entry in world.engine.ledger.history_of(card.id)]

    assert actions.count("snoozed") == 2
    assert world.engine.ledger.get(card.id).status is Status.NOTIFIED


def test_two_replicas_that_wake_and_expire_at_once_do_it_once(world: World) -> None:
    card = world.card()
    world.pass_days(15)

    with ThreadPoolExecutor(4) as pool:
        done = sum(pool.map(lambda _: world.engine.wake_and_expire(), range(4)))

    actions = [entry.action for entry in world.engine.ledger.history_of(card.id)]
    assert (done, actions.count("expired")) == (1, 1)


def test_two_cycles_at_once_find_everything_once(world: World) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: world.scan(), range(3)))

    assert len(world.engine.ledger.find()) == 3
    assert world.intents().count("post_card") == 3
    assert world.intents().count("tell_owner") == 1


def test_each_team_has_a_daily_limit_of_its_own(world: World) -> None:
    world.engine.parts.guardrails.settings = GuardrailSettings(max_changes_per_day=1)
    pay = replace(world.engine.directory.teams[0], name="pay")
    world.engine.parts = replace(
        world.engine.parts, directory=Directory(teams=(*world.engine.directory.teams, pay))
    )
    whole = world.estate.snapshot(now=world.estate.now)
    shared = tuple(replace(w, team="pay") if w.name == "cart" else w for w in whole.workloads)
    world.engine.run_cycle(replace(whole, workloads=shared))
    cards = [world.record(name).id for name in ("frontend", "cart", "search")]
    for card in cards[:2]:
        world.engine.approve(card, revision=1, actor=APPROVER)

    with pytest.raises(Refused, match="1 of 1"):
        world.engine.approve(cards[2], revision=1, actor=APPROVER)
