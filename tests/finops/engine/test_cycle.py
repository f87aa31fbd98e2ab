from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from finops.domain.estate import Volume
from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.domain.people import Directory
from finops.finops_engine import FinOpsEngine
from finops.ledger import history
from tests.finops.engine.conftest import World


def test_the_same_estate_twice_gives_the_same_opportunities_and_no_second_card(
    world: World,
) -> None:
    first = [record.id for record in world.scan()]
    cards = world.intents().count("post_card")
    world.pass_days(0.1)

    second = [record.id for record in world.scan()]

    assert sorted(first) == sorted(second)
    assert world.intents().count("post_card") == cards == 3


def test_what_a_detector_left_alone_is_kept_with_its_reason(world: World) -> None:
    world.scan()

    skips = world.engine.skips()

    assert len(skips) == 3  # memory of three containers, which nobody measured
    assert all(skip.reason.endswith(".") for skip in skips)


def test_a_small_drift_is_the_same_proposal_and_a_large_one_a_new_revision(world: World) -> None:
    before = world.card()
    world.estate.cpu_used *= 1.04
    world.pass_days(1)
    world.scan()
    same = world.record()
    world.estate.cpu_used *= 1.3
    world.pass_days(1)
    world.scan()

    changed = world.record()

    assert (same.opportunity.revision, same.status) == (1, Status.NOTIFIED)
    assert (changed.id, changed.opportunity.revision, changed.status) == (
        before.id, 2, Status.DETECTED,
    )  # fmt: skip


def test_waste_that_was_fixed_by_hand_becomes_obsolete(world: World) -> None:
    card = world.card()
    world.estate.cpu_request["frontend"] = card.opportunity.changes[0].number
    world.pass_days(1)
    world.scan()

    record = world.engine.ledger.get(card.id)

    assert record.status is Status.OBSOLETE
    assert "Applied elsewhere" in record.status_reason


def test_a_resource_that_is_gone_takes_its_opportunity_with_it(world: World) -> None:
    card = world.card()
    del world.estate.cpu_request["frontend"]
    world.pass_days(1)
    world.scan()

    record = world.engine.ledger.get(card.id)

    assert (record.status, record.status_reason) == (
        Status.OBSOLETE, "The resource is gone from the estate.",
    )  # fmt: skip


def test_a_waste_that_comes_back_after_it_was_closed_is_a_new_opportunity(world: World) -> None:
    card = world.card()
    world.estate.cpu_request["frontend"] = card.opportunity.changes[0].number
    world.pass_days(1)
    world.scan()
    world.estate.cpu_request["frontend"] = 500
    world.pass_days(1)
    world.scan()

    records = [r for r in world.engine.ledger.find() if r.opportunity.resource.name == "frontend"]

    assert {r.status for r in records} == {Status.OBSOLETE, Status.DETECTED}
    assert card.id in {r.id for r in records}
    assert len({r.id for r in records}) == 2


def test_a_channel_gets_no_more_cards_a_day_than_its_budget(world: World) -> None:
    world.estate.volumes = tuple(
        Volume(
            volume_id=f"vol-{n}",
            size_gib=100 + n,
            volume_type="gp3",
            is_attached=False,
            cluster="shop",
            detached_since=world.estate.now - timedelta(days=90),
            price_usd_per_month=Decimal(8),
            price_source="test",
            team="web",
        )
        for n in range(20)
    )
    world.scan()
    first_day = world.intents().count("post_card")
    world.pass_days(1)
    world.scan()

    assert first_day == 10
    assert world.intents().count("post_card") == 20


def test_an_owner_gets_one_message_a_day_about_all_that_is_new(world: World) -> None:
    world.scan()
    world.pass_days(0.2)
    world.estate.cpu_request["late"] = 500
    world.scan()
    same_day = world.intents().count("tell_owner")
    world.pass_days(1)
    world.scan()

    assert same_day == 1
    assert world.intents().count("tell_owner") == 2


def test_each_new_revision_gets_a_baseline(world: World) -> None:
    card = world.card()

    baseline = world.engine.ledger.read(lambda c: history.baseline(c, card.id))

    assert baseline is not None
    # 0.5 cores × 3 replicas × $0.03 × 730 h
    assert baseline.effective_cost_usd_per_month == Decimal("32.85")


def test_the_quick_start_runs_as_the_design_says(tmp_path: object, monkeypatch: object) -> None:
    monkeypatch.chdir(tmp_path)  # type: ignore[attr-defined]
    cluster_data = {
        "cluster": "shop",
        "workloads": {
            "web": [
                {
                    "name": "frontend",
                    "cpu_request": 2.0,
                    "cpu_usage": 0.3,
                    "memory_request_gb": 4.0,
                    "memory_usage_gb": 0.8,
                    "team": "web",
                }
            ]
        },
    }
    engine = FinOpsEngine()
    opportunities = engine.run_detection_cycle(cluster_data)
    prs = engine.generate_prs(opportunities)
    report = engine.generate_weekly_report()

    estimated = engine.ledger.get_total_estimated_savings()
    realised = engine.ledger.get_total_realized_savings()
    engine.ledger.close()

    assert {o.kind.value for o in opportunities} == {"over_requested_cpu", "over_requested_memory"}
    assert [pr.url for pr in prs] == ["", ""]
    assert all("Not opened" in pr.note for pr in prs)
    assert estimated.freed_usd_per_month > 0
    assert not realised
    assert report.headline


def test_a_card_waits_while_nobody_can_be_asked_and_comes_with_the_first_tick_after(
    world: World,
) -> None:
    parts = world.engine.parts
    world.engine.parts = replace(parts, directory=Directory())
    world.scan()
    world.engine.wake_and_expire()
    before = world.intents().count(IntentKind.POST_CARD)
    world.engine.parts = parts
    world.engine.wake_and_expire()
    after = world.intents().count(IntentKind.POST_CARD)

    assert (before, after) == (0, 3)
