from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from finops.domain.changes import Change, Setting
from finops.domain.estate import Container, ContainerRole, Snapshot
from finops.domain.money import Saving
from finops.domain.opportunity import Opportunity, Resource, WasteKind
from finops.domain.quantities import GIB
from finops.rightsizing.packing.from_snapshot import model_of
from finops.rightsizing.packing.joint import joint_saving
from finops.rightsizing.packing.requests_after import requests_after
from finops.rightsizing.packing.saving import split, worth_of
from tests.finops.rightsizing.packing.clusters import cluster, machine, pod
from tests.finops.rule_examples import container, opportunity, snapshot, workload

cents = st.integers(0, 10**7).map(lambda n: Decimal(n) / 100)


def lowered(name: str, cpu: int, *, freed: str = "60") -> Opportunity:
    resource = Resource(
        cluster="prod-1", namespace="shop", kind="Deployment", name=name, container="server"
    )
    return opportunity(
        resource=resource,
        changes=(Change(Setting.CPU_REQUEST, 2000, cpu),),
        saving=Saving(freed_usd_per_month=Decimal(freed)),
    )


def two_nodes() -> Snapshot:
    """Two workloads of 2 cores, one on each node of 4 cores and $0.10 an hour."""
    nodes = [machine(f"n{n}", price_usd_per_hour=Decimal("0.1")) for n in range(2)]
    held = cluster(nodes, [pod("web", "n0", cpu=2000), pod("api", "n1", cpu=2000)])
    server = container(cpu_request_millicores=2000)
    return snapshot(
        nodes=held.nodes,
        pods=held.pods,
        workloads=tuple(workload(server, name=name) for name in ("web", "api")),
    )


@given(cents, st.dictionaries(st.text(max_size=3), cents, max_size=8))
def test_a_split_adds_up_to_the_cent(amount: Decimal, weights: dict[str, Decimal]) -> None:
    shares = split(amount, weights)

    assert sum(shares.values()) == (amount if sum(weights.values()) else 0)
    assert all(share >= 0 for share in shares.values())


def test_a_split_follows_its_worked_line() -> None:
    assert [str(s) for s in split(Decimal(1), dict.fromkeys("abc", Decimal(1))).values()] == [
        "0.34",
        "0.33",
        "0.33",
    ]


def test_a_commitment_limits_the_cash_of_its_family_once() -> None:
    nodes = [
        machine(
            f"n{n}",
            price_usd_per_hour=Decimal("0.06"),
            cashable_limit_usd_per_hour=Decimal("0.1"),
        )
        for n in range(3)
    ]

    assert worth_of(nodes) == Saving(Decimal("73.00"), Decimal("58.40"))


def test_a_node_that_leaves_only_because_of_two_cards_is_shared_between_them() -> None:
    cards = [lowered("web", 1000, freed="60"), lowered("api", 1000, freed="40")]
    joint = joint_saving(two_nodes(), cards)

    assert joint is not None
    assert (joint.leaving_today, len(joint.leaving), joint.nodes_after) == (0, 1, 1)
    assert joint.by_requests == Saving(Decimal("73.00"), Decimal("27.00"))
    assert [joint.shares[card.id] for card in cards] == [
        Saving(Decimal("43.80"), Decimal("16.20")),
        Saving(Decimal("29.20"), Decimal("10.80")),
    ]


def test_what_a_node_card_claims_is_not_counted_again() -> None:
    group = Resource(cluster="prod-1", kind="NodeGroup", name="workers")
    node_card = opportunity(
        kind=WasteKind.IDLE_NODE, resource=group, changes=(), saving=Saving(Decimal("73.00"))
    )
    joint = joint_saving(two_nodes(), [lowered("web", 1000), node_card])

    assert joint is not None
    assert joint.by_requests == Saving(Decimal(0), Decimal(60))
    assert joint.total == Saving(Decimal("73.00"), Decimal(60))


def test_nodes_that_could_leave_today_are_nobodys_by_requests() -> None:
    nodes = [machine(f"n{n}", price_usd_per_hour=Decimal("0.1")) for n in range(2)]
    joint = joint_saving(cluster(nodes, [pod("web", "n0", cpu=100)]), [lowered("web", 50)])

    assert joint is not None
    assert (joint.unclaimed, joint.by_requests) == (
        Saving(Decimal("73.00"), Decimal(0)),
        Saving(Decimal(0), Decimal(60)),
    )


def test_without_pods_nobody_can_say() -> None:
    assert joint_saving(snapshot(nodes=(machine("n0"),)), [lowered("web", 50)]) is None


def test_an_init_container_that_is_larger_keeps_the_pods_request() -> None:
    server = Container(name="server", cpu_request_millicores=2000, memory_request_bytes=GIB)
    loader = Container(name="load", cpu_request_millicores=1800, role=ContainerRole.INIT)
    held = snapshot(
        nodes=(machine("n0"),),
        pods=(pod("web", "n0", cpu=2100),),
        workloads=(workload(server, loader, name="web"),),
    )
    model = model_of(held)

    assert requests_after(model, held, [lowered("web", 500)])[0].tolist() == [1900, GIB, 1]
