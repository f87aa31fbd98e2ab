"""Uses the real ledger: what was changed a few days ago is left alone for a while."""

from finops.domain.lifecycle import Status
from tests.finops.engine.conftest import World


def verified(world: World) -> str:
    record = world.implemented()
    world.bill(record, "1.08", days=20, until=world.estate.now)
    world.pass_days(8)
    world.bill(record, "0.40", days=8, until=world.estate.now)
    world.engine.read_bill()
    world.scan()
    assert world.engine.ledger.get(record.id).status is Status.VERIFIED
    world.estate.cpu_used *= 0.5
    return record.id


def reasons(world: World) -> list[str]:
    return [skip.reason for skip in world.engine.skips() if "frontend" in skip.resource_key]


def test_a_resource_that_was_just_changed_waits_and_says_until_when(world: World) -> None:
    verified(world)
    world.pass_days(1)
    world.scan()

    assert [r.opportunity.generation for r in world.engine.ledger.find()] == [1, 1, 1]
    assert any("the next change waits until" in reason for reason in reasons(world))


def test_after_two_weeks_the_next_step_is_proposed(world: World) -> None:
    first = verified(world)
    world.pass_days(7)
    world.scan()

    second = [r for r in world.engine.ledger.find() if r.opportunity.generation == 2]

    assert [r.opportunity.resource.name for r in second] == ["frontend"]
    assert first != second[0].id
    assert not any("the next change waits until" in reason for reason in reasons(world))


def test_what_was_changed_before_falls_by_a_quarter_or_not_at_all(world: World) -> None:
    verified(world)
    world.pass_days(7)
    world.estate.cpu_request["frontend"], world.estate.cpu_used = 2000, 1280
    world.scan()

    assert [r for r in world.engine.ledger.find() if r.opportunity.generation == 2] == []
    assert any("falls by 25% or not at all" in reason for reason in reasons(world))
