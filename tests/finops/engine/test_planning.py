"""Plans of the week: what stands in them, when, and what one click does."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from finops.domain.changes import Change, Setting
from finops.domain.errors import NotPermitted, Refused, TryAgainLater
from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.mutes import MuteReach
from finops.domain.opportunity import WasteKind
from finops.domain.people import Actor, Directory
from finops.domain.plans import Pick
from finops.domain.sending import SendingHours
from finops.engine.parts import Pace
from finops.engine.plan_scores import disruption, ranked
from finops.engine.planning import PlanOutcome, PlanView
from finops.finops_engine import FinOpsEngine
from finops.guardrails import Guardrails, GuardrailSettings
from tests.finops.engine.conftest import APPROVER, OUTSIDER, OWNER, World
from tests.finops.examples import opportunity

DAY = SendingHours(quiet_from=time(20), quiet_until=time(3))


def planned(
    world: World, *, usd: int = 10_000, hours: SendingHours = DAY, **more: Any
) -> FinOpsEngine:
    """The same ledger with an engine that asks about small things once a week."""
    parts = world.engine.parts
    return FinOpsEngine(
        world.engine.ledger,
        directory=more.get("directory") or parts.directory,
        guardrails=more.get("guardrails") or parts.guardrails,
        snapshots=parts.snapshots,
        pull_requests=parts.pull_requests,
        pace=Pace(card_from_usd_per_month=Decimal(usd), hours=hours),
        now=parts.now,
    )


def only_plan(engine: FinOpsEngine) -> PlanView:
    from sqlalchemy import select

    from finops.ledger.tables import plans

    [plan_id] = engine.ledger.read(
        lambda c: c.execute(select(plans.c.id).order_by(plans.c.created_at.desc())).scalars().all()
    )[:1]
    return shown(engine, plan_id)


def shown(engine: FinOpsEngine, plan_id: str) -> PlanView:
    view = engine.plan(plan_id)
    assert view is not None
    return view


def test_the_score_is_saving_share_over_disruption_share_as_documented() -> None:
    a = opportunity(
        "a", kind=WasteKind.ORPHAN_VOLUME, changes=(Change(Setting.CPU_LIMIT, 2, 1),),
        saving=Saving(Decimal(80)), restart_needed=False,
    )  # fmt: skip
    b = opportunity("b", saving=Saving(Decimal(0), Decimal(42)), risk=0.3, blast_replicas=6)
    c = opportunity("c", saving=Saving(Decimal(0), Decimal(3)), risk=0.5, blast_replicas=4)
    scored = ranked([c, b, a])

    assert [round(disruption(one), 2) for one in (a, b, c)] == [1, 4.6, 5]
    assert [each.opportunity.resource.name for each in scored] == ["a", "b", "c"]
    assert [round(each.score, 2) for each in scored] == [6.78, 0.77, 0.05]
    assert [each.is_worth_it for each in scored] == [True, True, False]
    assert ranked([]) == []


def test_small_things_wait_for_the_plan_and_get_no_card(world: World) -> None:
    engine = planned(world)
    engine.scan("shop")
    assert "post_card" not in world.intents()
    assert engine.offer_plans() == 1

    assert world.intents().count("post_plan") == 1
    view = only_plan(engine)
    assert len(view.records) == 3
    engine.plan_posted(view.plan.id)
    assert world.statuses() == {Status.NOTIFIED}


def test_the_large_the_urgent_and_the_unowned_get_a_card_at_once(world: World) -> None:
    planned(world, usd=1).scan("shop")
    assert world.intents().count("post_card") == 3


def test_what_nobody_owns_gets_its_card_to_be_assigned(world: World) -> None:
    nobody = Directory(triage_channel="C0TRIAGE")
    planned(world, directory=nobody).scan("shop")

    assert world.intents().count("post_card") == 3


def test_two_replicas_write_one_plan_a_week(world: World) -> None:
    engine = planned(world)
    engine.scan("shop")
    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda _: engine.offer_plans(), range(8)))

    assert sum(written) == 1
    assert engine.offer_plans() == 0
    assert world.intents().count("post_plan") == 1


def test_the_next_week_takes_over_what_was_not_decided(world: World) -> None:
    engine = planned(world)
    engine.scan("shop")
    engine.offer_plans()
    first = only_plan(engine)
    engine.plan_posted(first.plan.id)
    world.pass_days(7)
    engine.scan("shop")
    assert engine.offer_plans() == 1

    second = only_plan(engine)
    assert second.plan.id != first.plan.id
    assert {r.id for r in second.records} == {r.id for r in first.records}
    assert not shown(engine, first.plan.id).plan.is_newest
    with pytest.raises(Refused, match="newer plan"):
        engine.approve_plan(first.plan.id, picks=[Pick(first.records[0].id, 1)], actor=APPROVER)


def test_nobody_is_written_to_in_quiet_hours(world: World) -> None:
    engine = planned(world, hours=SendingHours(quiet_from=time(3), quiet_until=time(5)))
    engine.scan("shop")
    assert engine.offer_plans() == 0
    world.pass_days(0.1)

    assert engine.offer_plans() == 1


def test_cards_wait_for_the_morning_of_their_own_team(world: World) -> None:
    # 03:30 in UTC is 09:00 in India.
    hours = SendingHours(quiet_from=time(20), quiet_until=time(7))
    team = replace(world.engine.directory.teams[0], time_zone="Asia/Kolkata")
    planned(world, usd=0, hours=hours).scan("shop")
    assert "post_card" not in world.intents()
    assert "tell_owner" not in world.intents()
    engine = planned(world, usd=0, hours=hours, directory=Directory(teams=(team,)))
    engine.wake_and_expire()

    assert world.intents().count("post_card") == 3


def test_a_plan_waits_until_every_cluster_was_looked_at(world: World) -> None:
    engine = planned(world)
    snapshots: Any = engine.parts.snapshots
    snapshots["other"] = world.estate
    engine.run_cycle(world.estate.snapshot(now=world.estate.now))

    assert engine.offer_plans() == 0


def test_a_muted_one_is_in_no_plan(world: World) -> None:
    engine = planned(world)
    engine.scan("shop")
    some = world.record("cart")
    engine.mute(some.id, name="cart", reach=MuteReach.RESOURCE, days=30, actor=OWNER)
    engine.offer_plans()

    assert {r.opportunity.resource.name for r in only_plan(engine).records} == {
        "frontend",
        "search",
    }


def ready(world: World, **more: Any) -> tuple[FinOpsEngine, PlanView]:
    engine = planned(world, **more)
    engine.scan("shop")
    engine.offer_plans()
    view = only_plan(engine)
    engine.plan_posted(view.plan.id)
    return engine, view


def test_one_click_approves_each_ticked_one_by_itself(world: World) -> None:
    engine, view = ready(world)
    picks = [Pick(record.id, 1) for record in view.records]
    outcome = engine.approve_plan(view.plan.id, picks=picks, actor=APPROVER)

    assert len(outcome.approved) == 3
    assert world.intents().count("open_pull_request") == 3
    assert world.statuses() == {Status.APPROVED}
    assert "update_plan" in world.intents()


def test_a_refused_one_is_named_and_keeps_no_other_back(world: World) -> None:
    engine, view = ready(world, guardrails=Guardrails(GuardrailSettings(max_changes_per_day=1)))
    gone, *_ = view.records
    engine.deny(gone.id, revision=1, actor=OWNER, reason="no")
    picks = [Pick(record.id, 1) for record in view.records]
    outcome = engine.approve_plan(view.plan.id, picks=picks, actor=APPROVER)

    assert len(outcome.approved) == 1
    assert outcome.refused[0][1].startswith("This is already denied by U0OWNER")
    assert "1 of 1 changes today" in outcome.refused[1][1]
    assert engine.ledger.history_of(view.records[2].id)[-1].action == "refused"
    assert engine.ledger.verify_audit().is_intact


def test_what_changed_since_it_was_ticked_is_refused(world: World) -> None:
    engine, view = ready(world)
    first = view.records[0]
    engine.edit(first.id, revision=1, actor=OWNER, value=300)
    outcome = engine.approve_plan(view.plan.id, picks=[Pick(first.id, 1)], actor=APPROVER)

    assert outcome.approved == ()
    assert "revision 1, now 2" in outcome.refused[0][1]


@pytest.mark.parametrize("actor", [OWNER, OUTSIDER])
def test_who_may_not_approve_is_told_who_may(world: World, actor: Actor) -> None:
    engine, view = ready(world)

    with pytest.raises(NotPermitted, match="these may"):
        engine.approve_plan(view.plan.id, picks=[Pick(view.records[0].id, 1)], actor=actor)
    assert world.statuses() == {Status.NOTIFIED}


def test_only_what_stands_in_it_can_be_approved_by_it(world: World) -> None:
    engine, view = ready(world)
    outcome = engine.approve_plan(view.plan.id, picks=[Pick("op-ffffffffff", 1)], actor=APPROVER)

    assert (outcome.approved, outcome.refused) == ((), ())


def test_ticks_are_kept_for_everybody_and_not_by_outsiders(world: World) -> None:
    engine, view = ready(world)
    first, *rest = [record.id for record in view.records]
    engine.strike(view.plan.id, shown=[first, "op-unknown"], kept=[], actor=OWNER)
    assert shown(engine, view.plan.id).plan.struck == {first}

    with pytest.raises(NotPermitted):
        engine.strike(view.plan.id, shown=[first], kept=[first], actor=OUTSIDER)
    engine.strike(view.plan.id, shown=rest, kept=rest[:1], actor=OWNER)
    assert shown(engine, view.plan.id).plan.struck == {first, *rest[1:]}  # first was not shown
    engine.strike(view.plan.id, shown=[first, *rest], kept=[first, *rest], actor=OWNER)
    assert shown(engine, view.plan.id).plan.struck == set()


def test_twenty_clicks_on_a_plan_approve_each_once(world: World) -> None:
    engine, view = ready(world)
    picks = [Pick(record.id, 1) for record in view.records]

    def click(_: int) -> PlanOutcome:
        while True:  # on a busy machine the ledger may ask to come again, as it would a person
            with suppress(TryAgainLater):
                return engine.approve_plan(view.plan.id, picks=picks, actor=APPROVER)

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(click, range(20)))

    assert sum(len(outcome.approved) for outcome in outcomes) == 3
    assert world.intents().count("open_pull_request") == 3


def test_what_is_left_undecided_expires_once(world: World) -> None:
    engine, view = ready(world)
    world.estate.now += timedelta(days=15)
    engine.wake_and_expire()

    assert {engine.ledger.get(r.id).status for r in view.records} == {Status.EXPIRED}
