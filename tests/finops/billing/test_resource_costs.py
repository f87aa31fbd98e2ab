from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from finops.aws_cost_integration import AwsCostIntegration
from finops.billing.price_lists import PriceLists
from finops.billing.resource_costs import resource_cost
from finops.billing.volume_costs import volume_cost
from finops.domain.cloud import CloudKind, CloudResource, MetricSummary
from finops.domain.quantities import GIB

PRICES = AwsCostIntegration()
LISTS = PriceLists(api=None, discount_percent=0)
TODAY = date(2026, 11, 28)


def resource(kind: CloudKind, **attributes: Any) -> CloudResource:
    return CloudResource(
        kind=kind, resource_id="x", account="1", region="us-east-1", attributes=attributes
    )


def metric(name: str, **figures: Any) -> dict[str, MetricSummary]:
    return {name: MetricSummary(name=name, window_days=14, datapoints=14, **figures)}


LIST = "AWS public price list, us-east-1, 2026: "


@pytest.mark.parametrize(
    ("one", "usd", "words"),
    [
        (resource(CloudKind.ADDRESS), "3.65", "730 h × $0.005"),
        (
            resource(CloudKind.NAT_GATEWAY),
            "32.85",
            "730 h × $0.045, without processed data",
        ),
        (
            resource(CloudKind.LOAD_BALANCER, type="application"),
            "16.425",
            "730 h × $0.0225, without capacity units",
        ),
        (
            resource(CloudKind.INTERFACE_ENDPOINT, zones=3),
            "21.90",
            "3 zones × 730 h × $0.01, without processed data",
        ),
        (
            resource(CloudKind.SNAPSHOT, volume_size_gib=500),
            "25",
            "500 GiB × $0.05, at most: it holds only what changed",
        ),
        (
            resource(CloudKind.SNAPSHOT, volume_size_gib=500, full_bytes=40 * GIB, tier="archive"),
            "0.5",
            "40 GiB × $0.0125, at most: it holds only what changed",
        ),
        (
            resource(
                CloudKind.DATABASE,
                engine="mysql",
                instance_class="db.t3.large",
                is_multi_az=True,
                storage_type="gp3",
                storage_gib=100,
            ),
            "221.56",  # 0.272 × 730 + 100 × 0.23
            "730 h × $0.272 + 100 GiB × $0.23, without provisioned IOPS and backups",
        ),
        (
            resource(CloudKind.DATABASE, engine="aurora-mysql", instance_class="db.r5.large"),
            "211.7",
            "730 h × $0.29, without the cluster's storage",
        ),
        (
            resource(CloudKind.CACHE, engine="redis", node_type="cache.m6g.large", nodes=2),
            "217.54",
            "2 nodes × 730 h × $0.149",
        ),
        (
            resource(CloudKind.LOG_GROUP, stored_bytes=200 * GIB),
            "6",
            "200 GiB × $0.03, storage only",
        ),
    ],
    ids=lambda value: str(value.kind) if isinstance(value, CloudResource) else "",
)
def test_a_resource_costs_its_parts_and_says_what_is_left_out(
    one: CloudResource, usd: str, words: str
) -> None:
    price = PRICES.resource_price(one)

    assert price is not None
    assert price.usd_per_month == Decimal(usd)
    assert price.source == LIST + words


@pytest.mark.parametrize(
    ("attributes", "usd"),
    [
        ({"standard_support_ends": "2026-07-29T00:00:00+00:00", "support": "EXTENDED"}, 438),
        ({"standard_support_ends": "2026-07-29", "support": "STANDARD"}, 73),
        ({"standard_support_ends": "2026-11-28", "support": "EXTENDED"}, 73),
        ({"standard_support_ends": "2026-11-27"}, 438),
        ({"version": "1.20"}, 73),
    ],
)
def test_an_old_eks_version_pays_extended_support(attributes: dict[str, str], usd: int) -> None:
    cost = resource_cost(resource(CloudKind.KUBERNETES_CLUSTER, **attributes), today=TODAY)
    assert cost is not None
    price = LISTS.monthly(cost, "us-east-1")

    assert price is not None
    assert price.usd_per_month == usd
    assert ("whose date is unknown" in price.source) == ("standard_support_ends" not in attributes)


def test_a_bucket_costs_what_was_measured_in_each_class() -> None:
    sizes = {
        **metric("BucketSizeBytes/StandardStorage", mean=100.0 * GIB),
        **metric("BucketSizeBytes/GlacierStorage", mean=1000.0 * GIB),
        **metric("BucketSizeBytes/IntelligentTieringAIAStorage", mean=5.0),
    }
    bucket = CloudResource(
        kind=CloudKind.BUCKET, resource_id="x", account="1", region="us-east-1", metrics=sizes
    )
    price = PRICES.resource_price(bucket)

    assert price is not None
    assert price.usd_per_month == Decimal("5.9")
    assert price.source == (
        f"{LIST}1,000 GiB × $0.0036 + 100 GiB × $0.023, storage only, without "
        "IntelligentTieringAIAStorage"
    )


def test_the_worked_line_of_a_function_holds() -> None:
    function = CloudResource(
        kind=CloudKind.FUNCTION,
        resource_id="x",
        account="1",
        region="us-east-1",
        attributes={"memory_mb": 512, "architecture": "x86_64"},
        metrics={**metric("Invocations", total=100_000.0), **metric("Duration", mean=200.0)},
    )
    price = PRICES.resource_price(function)

    assert price is not None
    assert round(price.usd_per_month, 2) == Decimal("0.36")
    assert "21,726 GiB-seconds × $0.0000166667, without requests" in price.source


@pytest.mark.parametrize(
    "one",
    [
        resource(CloudKind.LOAD_BALANCER),
        resource(CloudKind.LOAD_BALANCER, type="quantum"),
        resource(CloudKind.INTERFACE_ENDPOINT),
        resource(CloudKind.INTERFACE_ENDPOINT, zones=0),
        resource(CloudKind.SNAPSHOT),
        resource(CloudKind.DATABASE, engine="oracle-ee", instance_class="db.m5.large"),
        resource(CloudKind.DATABASE, engine="mysql"),
        resource(
            CloudKind.DATABASE,
            engine="mysql",
            instance_class="db.t3.large",
            storage_type="io9",
            storage_gib=10,
        ),
        resource(CloudKind.CACHE, engine="redis", node_type="cache.m6g.large", nodes=True),
        resource(CloudKind.BUCKET),
        resource(CloudKind.LOG_GROUP, stored_bytes="many"),
        resource(CloudKind.FUNCTION, memory_mb=512),
        resource(CloudKind.SCALING_GROUP),
    ],
    ids=lambda one: f"{one.kind}-{'-'.join(one.attributes)}",
)
def test_without_a_needed_fact_there_is_no_price(one: CloudResource) -> None:
    assert PRICES.resource_price(one) is None


@pytest.mark.parametrize(
    ("kind", "size", "provisioned", "usd"),
    [
        ("gp2", 100, (300, 0), "10"),
        ("gp3", 100, (3000, 125), "8"),
        ("gp3", 500, (4000, 250), "50"),
        ("gp3", 500, (0, 0), "40"),
        ("io1", 100, (1000, 0), "77.5"),
        ("io2", 100, (32_000, 0), "2092.5"),
        ("io2", 100, (70_000, 0), "3739.6"),  # 12.5 + 2080 + 32,000 × 0.0455 + 6,000 × 0.03185
        ("sc1", 100, (0, 0), "1.5"),
    ],
)
def test_a_volume_costs_its_size_and_what_was_provisioned(
    kind: str, size: int, provisioned: tuple[int, int], usd: str
) -> None:
    iops, throughput = provisioned
    price = PRICES.volume_price(kind, size, iops=iops, throughput_mib_per_second=throughput)

    assert price is not None
    assert price.usd_per_month == Decimal(usd)


def test_unknown_iops_are_left_out_and_said() -> None:
    assert volume_cost("gp3", 100).note == "storage only"
    assert volume_cost("gp2", 100).note == ""
    assert PRICES.volume_price("gp9", 100) is None
