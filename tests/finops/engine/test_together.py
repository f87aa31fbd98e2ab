"""What right-sizings are worth together, from the simulation to the card, the report and back."""

from dataclasses import replace
from decimal import Decimal

from finops.domain.estate import Snapshot
from finops.domain.lifecycle import Status
from finops.domain.opportunity import JointCash, OpportunityRecord, WasteKind
from finops.pr_body import joint_words
from finops.savings_ledger import SavingsLedger
from tests.finops.engine.conftest import OWNER, World
from tests.finops.examples import NOW, opportunity
from tests.finops.rightsizing.packing.clusters import cluster, machine, pod
from tests.finops.rule_examples import container, snapshot, workload


def two_nodes() -> Snapshot:
    """Two workloads of 2 and 2.8 cores, one on each node of 4 cores and $73 a month.

    With a fifth kept free, neither fits beside the other unless both ask for less.
    """
    nodes = [machine(f"n{n}", price_usd_per_hour=Decimal("0.1")) for n in range(2)]
    held = cluster(nodes, [pod("front", "n0", cpu=2000), pod("back", "n1", cpu=2800)])
    apps = tuple(
        workload(container(cpu_request_millicores=cpu, memory_usage=None), name=name, replicas=1)
        for name, cpu in (("front", 2000), ("back", 2800))
    )
    return replace(
        snapshot(nodes=held.nodes, pods=held.pods, workloads=apps), cluster="prod-1", taken_at=NOW
    )


def cpu_cards(world: World) -> dict[str, OpportunityRecord]:
    return {
        record.opportunity.resource.name: record
        for record in world.engine.ledger.find()
        if record.opportunity.kind is WasteKind.OVER_REQUESTED_CPU
    }


def decline(world: World, name: str) -> None:
    for status in (Status.NOTIFIED, Status.DENIED):
        with world.engine.ledger.transaction() as tx:
            card = cpu_cards(world)[name]
            tx.move(card, status, now=NOW, actor=OWNER.id, reason="Not now.")


def test_each_card_knows_what_it_is_part_of_beside_its_own_saving(world: World) -> None:
    result = world.engine.run_cycle(two_nodes())
    cards = cpu_cards(world)
    parts = {name: card.opportunity.joint for name, card in cards.items()}
    front, back = parts["front"], parts["back"]

    assert result.joint is not None
    assert front is not None
    assert back is not None
    assert front.usd_per_month == back.usd_per_month == Decimal("73.00")
    assert front.share_usd_per_month + back.share_usd_per_month == Decimal("73.00")
    assert (front.proposals, front.nodes) == (2, 1)
    assert front.node_names == result.joint.leaving_by_requests
    assert all(not card.opportunity.saving.cashable_usd_per_month for card in cards.values())
    assert joint_words(cards["front"].opportunity) == (
        "With 1 other smaller request it lets 1 node leave "
        f"({result.joint.leaving_by_requests[0]}): $73/month off the bill together."
    )


def test_what_somebody_declined_empties_nothing(world: World) -> None:
    world.engine.run_cycle(two_nodes())
    decline(world, "back")
    world.engine.run_cycle(two_nodes())

    assert cpu_cards(world)["front"].opportunity.joint is None


def test_the_report_promises_no_more_than_is_still_offered(world: World) -> None:
    world.engine.run_cycle(two_nodes())
    whole = world.engine.generate_weekly_report()
    decline(world, "back")
    half = world.engine.generate_weekly_report()

    assert whole.joint_cash_usd_per_month == Decimal("73.00")
    assert whole.totals.offered.cashable_usd_per_month == 0
    assert 0 < half.joint_cash_usd_per_month < Decimal("73.00")


def test_another_joint_saving_is_no_other_proposal(database_url: str) -> None:
    ledger = SavingsLedger(database_url)
    before = JointCash(
        usd_per_month=Decimal(70), share_usd_per_month=Decimal("12.50"), proposals=3, nodes=1
    )
    after = replace(before, usd_per_month=Decimal(140), nodes=2, node_names=("a", "b"))
    with ledger.transaction() as tx:
        tx.record(opportunity(joint=before), seen_at=NOW)
        tx.record(opportunity(joint=after), seen_at=NOW)
    [kept] = ledger.find()
    ledger.close()

    assert (kept.opportunity.revision, kept.opportunity.joint) == (1, after)


def test_the_words_count_nodes_that_are_not_named() -> None:
    joint = JointCash(
        usd_per_month=Decimal(280),
        share_usd_per_month=Decimal(10),
        proposals=12,
        nodes=5,
        node_names=("a", "b", "c"),
    )

    assert joint_words(opportunity(joint=joint)) == (
        "With 11 other smaller requests it lets 5 nodes leave (a, b, c and 2 more): $280/month off "
        "the bill together."
    )
    assert joint_words(opportunity()) == ""
