from decimal import Decimal

from finops.domain.lifecycle import Status
from tests.finops.engine.conftest import World


def prove(world: World, *, before: str, after: str) -> None:
    """Implement one opportunity and let eight days of bills come in."""
    record = world.implemented()
    world.bill(record, before, days=20, until=world.estate.now)
    world.pass_days(8)
    world.bill(record, after, days=7, until=world.estate.now)
    world.engine.read_bill()
    world.scan()


def test_a_deployed_value_counts_as_implemented(world: World) -> None:
    record = world.implemented()

    assert record.status is Status.IMPLEMENTED


def test_nothing_is_judged_before_its_time(world: World) -> None:
    record = world.implemented()
    world.pass_days(6)
    world.scan()

    assert world.engine.ledger.get(record.id).status is Status.IMPLEMENTED


def test_a_saving_that_the_bill_shows_is_realised(world: World) -> None:
    prove(world, before="1.08", after="0.40")

    record = world.record()
    realised = world.engine.ledger.get_total_realized_savings()

    assert (record.status, record.verdict["verdict"]) == (Status.VERIFIED, "realised")
    assert Decimal(19) < realised.freed_usd_per_month < Decimal(23)
    assert realised.cashable_usd_per_month == 0


def test_a_bill_that_did_not_move_proves_nothing_and_counts_for_nothing(world: World) -> None:
    prove(world, before="1.08", after="1.08")
    early = world.record().status
    world.pass_days(28)
    world.bill(world.record(), "1.08", days=28, until=world.estate.now)
    world.engine.read_bill()
    world.scan()

    record = world.record()

    assert early is Status.IMPLEMENTED  # unproven so far: it waits for more of the bill
    assert (record.status, record.verdict["verdict"]) == (Status.VERIFIED, "unproven")
    assert not world.engine.ledger.get_total_realized_savings()


def test_a_change_that_was_taken_back_is_reversed(world: World) -> None:
    record = world.implemented()
    world.bill(record, "1.08", days=20, until=world.estate.now)
    world.pass_days(8)
    world.bill(record, "0.40", days=7, until=world.estate.now)
    world.estate.cpu_request["frontend"] = 500
    world.engine.read_bill()
    world.scan()

    [verified] = world.engine.ledger.find(statuses=[Status.VERIFIED])

    assert verified.verdict["verdict"] == "reversed"
    assert not world.engine.ledger.get_total_realized_savings()


def test_the_whole_way_is_in_the_audit_log(world: World) -> None:
    prove(world, before="1.08", after="0.40")

    record = world.record()
    actions = [entry.action for entry in world.engine.ledger.history_of(record.id)]

    assert actions == [
        "new", "notified", "approved", "pull_request_open", "merged", "four eyes", "implemented",
        "verified",
    ]  # fmt: skip
    assert world.engine.ledger.verify_audit().is_intact
