from decimal import Decimal

import pytest

from finops.billing.bundled_rates import bundled_rate
from finops.billing.ec2_types import EC2_TYPES
from finops.billing.rate_names import Item, RateName


@pytest.mark.parametrize(
    ("instance_type", "vcpu", "gib", "usd"),
    [
        ("t2.nano", 1, "0.5", "0.0058"),
        ("t3.micro", 2, "1", "0.0104"),
        ("t3.medium", 2, "4", "0.0416"),
        ("t4g.2xlarge", 8, "32", "0.2688"),
        ("m5.large", 2, "8", "0.096"),
        ("m5.4xlarge", 16, "64", "0.768"),
        ("m7g.medium", 1, "4", "0.0408"),
        ("m7i-flex.xlarge", 4, "16", "0.19152"),
        ("m8i.96xlarge", 384, "1536", "20.32128"),
        ("c5.9xlarge", 36, "72", "1.53"),
        ("c7i.12xlarge", 48, "96", "2.142"),
        ("c7g.medium", 1, "2", "0.0363"),
        ("r7a.medium", 1, "8", "0.07608"),
        ("r7i.8xlarge", 32, "256", "2.1168"),
        ("i3.xlarge", 4, "30.5", "0.312"),
        ("g5.4xlarge", 16, "64", "1.624"),
    ],
)
def test_published_prices_are_met_exactly(
    instance_type: str, vcpu: int, gib: str, usd: str
) -> None:
    rate = bundled_rate(RateName(Item.MACHINE, instance_type))

    assert rate is not None
    assert (rate.vcpu, rate.memory_gib, rate.usd) == (vcpu, Decimal(gib), Decimal(usd))
    assert rate.source == "AWS public on-demand price list, us-east-1, July 2026"


@pytest.mark.parametrize(
    "instance_type", ["", "m5", "m5.", ".large", "c5.8xlarge", "t3.4xlarge", "p5.48xlarge"]
)
def test_an_unknown_type_has_no_price(instance_type: str) -> None:
    assert bundled_rate(RateName(Item.MACHINE, instance_type)) is None


def test_no_spot_price_is_bundled() -> None:
    assert bundled_rate(RateName(Item.SPOT_MACHINE, "m5.large")) is None


@pytest.mark.parametrize(
    ("item", "detail", "usd"),
    [
        (Item.DATABASE, "mysql/db.t3.large/single-az", "0.136"),
        (Item.DATABASE, "mysql/db.t3.large/multi-az", "0.272"),
        (Item.DATABASE, "postgres/db.t3.2xlarge/single-az", "0.579"),
        (Item.DATABASE, "mysql/db.t4g.small/multi-az", "0.065"),
        (Item.DATABASE, "aurora-mysql/db.t3.medium/single-az", "0.082"),
        (Item.DATABASE_STORAGE, "gp3/multi-az", "0.23"),
        (Item.CACHE, "redis/cache.m6g.12xlarge", "3.557"),
        (Item.VOLUME_IOPS, "io2.tier3", "0.03185"),
        (Item.NAT_GATEWAY, "", "0.045"),
        (Item.LOAD_BALANCER, "gateway", "0.0125"),
        (Item.EXTENDED_SUPPORT, "", "0.50"),
        (Item.BUCKET_STORAGE, "DEEP_ARCHIVE", "0.00099"),
    ],
)
def test_other_facts_are_as_published(item: Item, detail: str, usd: str) -> None:
    rate = bundled_rate(RateName(item, detail))

    assert rate is not None
    assert rate.usd == Decimal(usd)


@pytest.mark.parametrize(
    "detail",
    ["mysql/db.m5.micro/single-az", "aurora-mysql/db.r5.large/multi-az", "mysql/db.t3.large/"],
)
def test_a_database_that_does_not_exist_has_no_price(detail: str) -> None:
    assert bundled_rate(RateName(Item.DATABASE, detail)) is None


def test_every_bundled_machine_has_a_size_and_a_price() -> None:
    assert len(EC2_TYPES) > 600
    for machine in EC2_TYPES.values():
        assert machine.vcpu >= 1
        assert machine.memory_gib > 0
        assert machine.usd_per_hour > 0
