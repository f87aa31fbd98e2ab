"""A request that is too small goes the same way as waste, and no total of savings holds it."""

from decimal import Decimal

from finops.domain.lifecycle import Status
from finops.domain.money import Saving
from finops.domain.opportunity import WasteKind
from finops.pr_generator import render_title
from handlers.blocks.proposal import headline
from tests.finops.engine.conftest import World


def busy(world: World) -> World:
    world.estate.cpu_request = {"frontend": 500}
    world.estate.cpu_used = 900.0
    return world


def test_a_raise_is_kept_with_its_cost_and_counts_as_no_saving(world: World) -> None:
    record = busy(world).card()

    assert record.opportunity.kind is WasteKind.UNDER_REQUESTED_CPU
    assert record.opportunity.cost_usd_per_month == Decimal("41.39")  # 0.63 · 3 · $0.03 · 730
    assert world.engine.ledger.get_total_estimated_savings() == Saving()
    assert headline(record.opportunity) == (
        "Raise CPU request of web/frontend (server) from 500m to 1130m · costs $41.39/month more "
        "room, for reliability"
    )


def test_its_pull_request_says_what_it_costs(world: World) -> None:
    record = busy(world).opened()
    pull = world.host.pull_request(record.pull_request_number or 0)

    assert pull.title == render_title(record.opportunity)
    assert "**Cost (estimate):** $41.39/month more room, for reliability" in pull.body
    assert "Saving" not in pull.body


def test_once_deployed_it_is_closed_without_a_verdict_on_money(world: World) -> None:
    record = busy(world).implemented()
    world.pass_days(8)
    world.scan()

    after = world.engine.ledger.get(record.id)

    assert (after.status, after.verdict["verdict"]) == (Status.VERIFIED, "unproven")
    assert "raised for reliability, at $41.39/month" in after.status_reason
    assert not world.engine.ledger.get_total_realized_savings()


def test_what_was_just_raised_is_not_lowered_at_once(world: World) -> None:
    record = busy(world).implemented()
    world.pass_days(8)
    world.scan()
    world.estate.cpu_used = 100.0
    world.scan()
    early = [r.id for r in world.engine.ledger.find()]
    world.pass_days(7)
    world.scan()

    late = {r.opportunity.kind for r in world.engine.ledger.find()}

    assert early == [record.id]
    assert WasteKind.OVER_REQUESTED_CPU in late


def test_what_was_just_lowered_may_be_raised_at_once(world: World) -> None:
    lowered = world.implemented()
    world.pass_days(8)
    world.bill(lowered, "1.08", days=30, until=world.estate.now)
    world.scan()
    world.estate.cpu_used = 900.0
    world.scan()

    raised = [
        r.opportunity.resource.name
        for r in world.engine.ledger.find()
        if r.opportunity.kind is WasteKind.UNDER_REQUESTED_CPU
    ]

    assert "frontend" in raised
