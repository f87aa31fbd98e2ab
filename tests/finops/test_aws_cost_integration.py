from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from finops.aws_cost_integration import AwsCostIntegration
from finops.domain.estate import Container, Node, Snapshot, UnitPrices, Volume, Workload
from finops.domain.money import Saving
from finops.domain.opportunity import Effort, Opportunity, Resource, WasteKind
from finops.domain.prices import PriceList
from finops.domain.quantities import GIB
from finops.domain.verdict import CostBaseline, DailyCost

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
COSTS = AwsCostIntegration()
CONTAINER = Resource(
    cluster="prod", namespace="shop", kind="Deployment", name="web", container="server"
)
VOLUME = Resource(cluster="prod", kind="Volume", name="vol-1")
GROUP = Resource(cluster="prod", kind="NodeGroup", name="general")


def node(name: str, usd: str | None) -> Node:
    return Node(
        cluster="prod",
        name=name,
        instance_type="m5.large",
        cpu_millicores=2000,
        memory_bytes=8 * GIB,
        node_group="general",
        price_usd_per_hour=Decimal(usd) if usd else None,
        price_source="the list",
    )


def snapshot(*nodes: Node) -> Snapshot:
    server = Container(name="server", cpu_request_millicores=500, memory_request_bytes=GIB)
    web = Workload(
        cluster="prod",
        namespace="shop",
        kind="Deployment",
        name="web",
        replicas=2,
        containers=(server,),
    )
    volume = Volume(
        volume_id="vol-1",
        size_gib=100,
        volume_type="gp3",
        is_attached=False,
        price_usd_per_month=Decimal("8.00"),
        price_source="the list",
    )
    return Snapshot(
        cluster="prod",
        taken_at=NOW,
        workloads=(web,),
        nodes=nodes,
        volumes=(volume,),
        unit_prices=UnitPrices(Decimal("0.03"), Decimal("0.004"), "the nodes"),
    )


def baseline(resource: Resource, *costs: DailyCost, seen: Snapshot | None = None) -> CostBaseline:
    opportunity = Opportunity(
        id="op-1",
        fingerprint="f",
        kind=WasteKind.ORPHAN_VOLUME,
        resource=resource,
        changes=(),
        saving=Saving(),
        confidence=0.5,
        risk=0.5,
        effort=Effort.LOW,
        restart_needed=False,
        rollback_possible=True,
        summary="",
        rollback="",
        detected_at=NOW,
        revision=3,
    )
    return COSTS.baseline_of(opportunity, seen or snapshot(), costs)


def paid(days_ago: int, usd: str, key: str) -> DailyCost:
    return DailyCost(
        day=NOW.date() - timedelta(days=days_ago),
        resource_key=key,
        category="billed",
        effective_cost=Decimal(usd),
    )


def test_the_facade_is_a_price_list() -> None:
    prices: PriceList = COSTS

    assert prices.machine_price("m5.large") is not None
    assert prices.volume_price("gp3", 1) is not None
    assert "default" in prices.unit_prices([]).source


def test_the_bill_is_believed_before_the_price_list() -> None:
    rows = [paid(days, "2", VOLUME.key) for days in range(1, 11)]
    stray = [paid(0, "99", VOLUME.key), paid(40, "99", VOLUME.key), paid(1, "99", "prod/Volume/x")]
    found = baseline(VOLUME, *rows, *stray)

    assert found.effective_cost_usd_per_month == Decimal("60.83")
    assert found.method == "bill: mean EffectiveCost of 10 days × 730 ÷ 24"
    assert (found.period_start, found.period_end) == (date(2026, 7, 5), date(2026, 7, 15))
    assert (found.opportunity_id, found.revision) == ("op-1", 3)


def test_a_container_is_billed_as_its_workload() -> None:
    found = baseline(CONTAINER, paid(1, "1", "prod/shop/Deployment/web"))

    assert found.resource_key == "prod/shop/Deployment/web"
    assert found.effective_cost_usd_per_month == Decimal("30.42")


def test_a_volume_without_rows_costs_its_price() -> None:
    found = baseline(VOLUME)

    assert found.effective_cost_usd_per_month == Decimal("8.00")
    assert found.method == "price list: the list"


def test_a_workload_without_rows_costs_its_requests() -> None:
    found = baseline(CONTAINER)

    # 2 × (0.5 × 0.03 + 1 × 0.004) × 730
    assert found.effective_cost_usd_per_month == Decimal("27.74")
    assert found.method == "price list: requests × 730 h, the nodes"


def test_a_node_group_costs_its_nodes() -> None:
    found = baseline(GROUP, seen=snapshot(node("a", "0.096"), node("b", "0.096")))

    assert found.effective_cost_usd_per_month == Decimal("140.16")
    assert found.method == "price list: 2 nodes × 730 h, the list"


def test_what_has_no_price_is_unknown_and_not_a_crash() -> None:
    unpriced = baseline(GROUP, seen=snapshot(node("a", "0.096"), node("b", None)))
    gone = baseline(Resource(cluster="prod", namespace="x", kind="Job", name="y"))
    no_volume = baseline(Resource(cluster="prod", kind="Volume", name="vol-9"))

    for found in (unpriced, gone, no_volume):
        assert found.effective_cost_usd_per_month == 0
        assert found.method.startswith("unknown: prod/")
