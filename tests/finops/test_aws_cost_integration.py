from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.aws_cost_integration import AwsCostIntegration
from finops.billing.bill_lines import RateLine
from finops.billing.bill_rates import rates_of, resource_price
from finops.billing.known_rates import KnownRates
from finops.billing.price_list_api import PriceListApi
from finops.domain.billed_rates import BillRates, Pricing
from finops.domain.checks import Outcome
from finops.domain.cloud import CloudKind, CloudResource
from finops.domain.errors import InvalidInput
from finops.domain.estate import Container, Node, Snapshot, UnitPrices, Volume, Workload
from finops.domain.money import Saving
from finops.domain.opportunity import Effort, Opportunity, Resource, WasteKind
from finops.domain.prices import MachinePrice, PriceList
from finops.domain.quantities import GIB
from finops.domain.verdict import CostBaseline, DailyCost
from tests.finops.billing.price_server import Memory, Reply, m5_large, refusal, serving

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


def machine(prices: AwsCostIntegration, **more: str) -> MachinePrice:
    found = prices.machine_price("m5.large", **{"region": "eu-central-1", **more})
    assert found is not None
    return found


class Learnt:
    """What was learnt from a bill, without a ledger (a BillRateStore)."""

    def __init__(self, rates: BillRates) -> None:
        self.rates = rates
        self.at: datetime | None = datetime(2026, 11, 28, tzinfo=UTC)

    def learnt_at(self) -> datetime | None:
        return self.at

    def load(self) -> BillRates:
        return self.rates


def hours(day: int, resource: str, usd: str, **more: object) -> RateLine:
    fields: dict[str, object] = {
        "day": date(2026, 11, day),
        "resource_id": resource,
        "effective_cost": Decimal(usd),
        "list_cost": Decimal("2.76"),
        "region": "eu-central-1",
        "instance_type": "m5.large",
        "hours": Decimal(24),
    }
    return RateLine(**(fields | more))  # type: ignore[arg-type]  # named fields of one dataclass


@pytest.fixture
def bill() -> KnownRates:
    """Three m5.large (on demand, Savings Plan, spot) and a volume, on 20 and 21 November."""
    spot = {"pricing": Pricing.SPOT, "list_cost": None}
    lines = [
        line
        for day in (20, 21)
        for line in (
            hours(day, "i-0ondemand1", "2.64"),
            hours(day, "i-0plan00001", "1.68", pricing=Pricing.SAVINGS_PLAN),
            hours(day, "i-0spot00001", "0.96", **spot),
            hours(day, "i-0new000001", "0.12", instance_type="c5.large", hours=Decimal(2)),
        )
    ]
    price = resource_price("vol-0a1b2c3d", Decimal("0.24"), days=3, last=date(2026, 11, 20))
    rates = rates_of(lines, newest=date(2026, 11, 21), resources={"vol-0a1b2c3d": price})
    return KnownRates(Learnt(rates), clock=lambda: datetime(2026, 11, 28, tzinfo=UTC))


@pytest.fixture
def frankfurt() -> Iterator[PriceListApi]:
    """A Price List API that knows an m5.large in Frankfurt and refuses everything else."""

    def reply(question: dict[str, str]) -> Reply:
        is_known = question.get("instanceType") == "m5.large"
        return m5_large() if is_known else refusal("AccessDeniedException")

    with serving(reply) as server:
        yield PriceListApi(
            server.clients(), Memory(), clock=lambda: datetime(2026, 11, 28, tzinfo=UTC)
        )


def test_the_bill_is_asked_first_and_knows_the_very_machine(
    bill: KnownRates, frankfurt: PriceListApi
) -> None:
    prices = AwsCostIntegration(bill_rates=bill, api=frankfurt, discount_percent=12)
    on_demand = machine(prices, instance_id="i-0ondemand1")
    covered = machine(prices, instance_id="i-0plan00001")
    spot = machine(prices, capacity_type="spot")

    assert on_demand.usd_per_hour == Decimal("0.11")
    assert covered.usd_per_hour == Decimal("0.07")
    assert covered.list_usd_per_hour == Decimal("0.115")
    assert covered.source == (
        "bill: median effective rate of i-0plan00001 over 1 day to 2026-11-20 (Savings Plan, 39 % "
        "under list)"
    )
    assert covered.is_own_rate
    assert spot.usd_per_hour == Decimal("0.04")
    assert not spot.is_own_rate
    assert (spot.list_usd_per_hour, spot.capacity_type) == (Decimal("0.115"), "spot")


def test_a_covered_machine_says_what_of_it_is_cash(bill: KnownRates) -> None:
    covered = machine(AwsCostIntegration(bill_rates=bill), instance_id="i-0plan00001")

    assert covered.cashable_limit_usd_per_hour == Decimal("0.11")
    assert covered.cashable_usd_per_hour == covered.usd_per_hour
    assert "but for $0.11 an hour on demand" in covered.cashable_reason


def test_a_discount_is_taken_off_lists_only_and_shown(
    bill: KnownRates, frankfurt: PriceListApi
) -> None:
    listed = machine(AwsCostIntegration(api=frankfurt, discount_percent=12))
    billed = machine(AwsCostIntegration(bill_rates=bill, discount_percent=12))
    bundled = machine(AwsCostIntegration(discount_percent=12.5), region="us-east-1")

    assert listed.usd_per_hour == Decimal("0.1012")
    assert listed.list_usd_per_hour == Decimal("0.115")
    assert listed.source == "AWS Price List API, eu-central-1, 2026-11-28, − 12 % EDP"
    assert billed.usd_per_hour == Decimal("0.09")
    assert "EDP" not in billed.source
    assert bundled.usd_per_hour == Decimal("0.084")
    assert bundled.source.endswith("us-east-1, July 2026, − 12.5 % EDP")


@given(st.floats(0, 99.9), st.sampled_from(["m5.large", "c7g.medium", "g5.xlarge"]))
def test_no_discount_makes_a_machine_dearer_than_its_list(percent: float, kind: str) -> None:
    price = AwsCostIntegration(discount_percent=percent).machine_price(kind)

    assert price is not None
    assert price.list_usd_per_hour is not None
    assert 0 < price.usd_per_hour <= price.list_usd_per_hour
    assert price.cashable_usd_per_hour == price.usd_per_hour


def test_an_impossible_discount_is_refused() -> None:
    for percent in (-1, 100):
        with pytest.raises(InvalidInput, match="is not between 0 and 100"):
            AwsCostIntegration(discount_percent=percent)


def test_the_bundled_facts_help_out_and_say_why(frankfurt: PriceListApi) -> None:
    prices = AwsCostIntegration(api=frankfurt)
    price = prices.machine_price("c5.large", region="eu-central-1")

    assert price is not None
    assert price.source == (
        "AWS public on-demand price list, us-east-1, July 2026 (eu-central-1 is not in it; AWS "
        "Price List API refused access)"
    )


def test_what_the_bill_saw_too_briefly_is_priced_by_a_list_and_says_so(bill: KnownRates) -> None:
    price = AwsCostIntegration(bill_rates=bill).machine_price("c5.large", region="eu-central-1")

    assert price is not None
    assert price.source.endswith(
        " (the bill has 2 hours of c5.large in eu-central-1 until 2026-11-20, under 24)"
    )


def test_another_region_is_not_passed_off_as_known() -> None:
    assert machine(COSTS).source.endswith("us-east-1, July 2026 (eu-central-1 is not in it)")


def test_a_spot_machine_that_nobody_knows_has_no_price() -> None:
    assert COSTS.machine_price("m5.large", capacity_type="spot") is None
    assert COSTS.machine_price("m99.large") is None


def test_a_billed_volume_costs_what_it_cost(bill: KnownRates) -> None:
    prices = AwsCostIntegration(bill_rates=bill)
    mine = prices.volume_price("gp3", 100, region="eu-central-1", volume_id="vol-0a1b2c3d")
    other = prices.volume_price("gp3", 100, volume_id="vol-0ffffffff")

    assert mine is not None
    assert round(mine.usd_per_month, 2) == Decimal("7.30")
    assert mine.source == ("bill: median effective cost of vol-0a1b2c3d over 3 days to 2026-11-20")
    assert other is not None
    assert other.source == (
        "AWS public EBS price list, us-east-1, July 2026: 100 GiB × $0.08, storage only"
    )


def test_a_billed_resource_is_found_by_its_id(bill: KnownRates) -> None:
    volume = CloudResource(
        kind=CloudKind.NAT_GATEWAY, resource_id="vol-0a1b2c3d", account="1", region="eu-central-1"
    )
    price = AwsCostIntegration(bill_rates=bill).resource_price(volume)

    assert price is not None
    assert price.source.startswith("bill: ")


def test_doctor_hears_of_each_layer(bill: KnownRates, frankfurt: PriceListApi) -> None:
    checks = AwsCostIntegration(bill_rates=bill, api=frankfurt).check()

    assert [check.outcome for check in checks] == [Outcome.OK, Outcome.FAILED, Outcome.OK]
    assert [check.subject for check in COSTS.check()] == ["bundled list"]


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
