import json
from decimal import Decimal
from typing import Any

import pytest

from finops.billing.bundled_rates import bundled_rate
from finops.billing.price_questions import PriceAnswer, answer_from, question_of
from finops.billing.rate_names import Item, RateName
from tests.finops.billing.price_server import product

MACHINE = RateName(Item.MACHINE, "m5.large")
NAT = RateName(Item.NAT_GATEWAY)


def answer(name: RateName, *products: Any) -> PriceAnswer:
    question = question_of(name)
    assert question is not None
    return answer_from([json.dumps(one) for one in products], question)


def test_a_machine_is_asked_for_as_plain_shared_linux() -> None:
    question = question_of(MACHINE)

    assert question is not None
    assert question.service == "AmazonEC2"
    assert {one["Field"]: one["Value"] for one in question.filters("eu-central-1")} == {
        "regionCode": "eu-central-1",
        "instanceType": "m5.large",
        "operatingSystem": "Linux",
        "tenancy": "Shared",
        "preInstalledSw": "NA",
        "capacitystatus": "Used",
    }


@pytest.mark.parametrize("prefix", ["", "EU-", "EUC1-", "USW2-", "APN1-", "UGW1-"])
def test_the_usage_type_is_known_behind_any_region(prefix: str) -> None:
    found = answer(NAT, product(f"{prefix}NatGateway-Hours", "0.052"))

    assert found.usd == Decimal("0.052")


@pytest.mark.parametrize(
    "usage_type", ["EUC1-RegionalNatGateway-Hours", "EUC1-NatGateway-Bytes", "TS-NatGateway-Hours"]
)
def test_a_neighbour_with_the_same_attributes_is_not_taken(usage_type: str) -> None:
    assert answer(NAT, product(usage_type, "9")).usd is None


def test_the_first_tier_that_costs_something_counts() -> None:
    tiers = {"0": "0", "5120": "0.021", "51200": "0.02"}
    found = answer(RateName(Item.LOG_STORAGE), product("TimedStorage-ByteHrs", "", tiers=tiers))

    assert found.usd == Decimal("0.021")


def test_throughput_is_counted_in_mebibytes_though_sold_in_gibibytes() -> None:
    name = RateName(Item.VOLUME_THROUGHPUT, "gp3")
    found = answer(name, product("EBS:VolumeP-Throughput.gp3", "40.96", unit="GiBps-mo"))

    assert found.usd == Decimal("0.04")


def test_two_prices_for_one_question_are_no_answer_and_twins_are_one() -> None:
    twin, other = product("BoxUsage:m5.large", "0.096"), product("BoxUsage:m5.large", "0.1")

    assert answer(MACHINE, twin, twin).usd == Decimal("0.096")
    assert answer(MACHINE, twin, other).usd is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "null",
        "{}",
        '{"product": {"attributes": []}}',
        '{"product": {"attributes": {"usagetype": "BoxUsage:m5.large"}}}',
        '{"product": {"attributes": {"usagetype": "BoxUsage:m5.large"}}, "terms": {"OnDemand": 1}}',
        json.dumps(product("BoxUsage:m5.large", "cheap")),
        json.dumps(product("BoxUsage:m5.large", "NaN")),
        json.dumps(product("BoxUsage:m5.large", "-1")),
        "[" * 100_000,
        None,
        7,
    ],
)
def test_what_is_no_product_is_no_answer_and_no_crash(text: object) -> None:
    question = question_of(MACHINE)

    assert question is not None
    assert answer_from([text], question).usd is None
    good = json.dumps(product("BoxUsage:m5.large", "0.096"))
    assert answer_from([text, good], question).usd == Decimal("0.096")


NAMES = [
    *(RateName(Item.VOLUME_STORAGE, kind) for kind in ("gp2", "gp3", "io1", "io2", "st1", "sc1")),
    *(RateName(Item.VOLUME_IOPS, kind) for kind in ("gp3", "io1", "io2", "io2.tier2", "io2.tier3")),
    *(RateName(Item.LOAD_BALANCER, k) for k in ("application", "network", "gateway", "classic")),
    *(RateName(Item.BUCKET_STORAGE, kind) for kind in ("STANDARD", "STANDARD_IA", "GLACIER_IR")),
    *(RateName(Item.FUNCTION_DURATION, kind) for kind in ("x86_64", "arm64")),
    RateName(Item.DATABASE, "postgres/db.m5.large/single-az"),
    RateName(Item.DATABASE, "mysql/db.r6g.xlarge/multi-az"),
    RateName(Item.DATABASE, "aurora-mysql/db.t3.medium/single-az"),
    RateName(Item.DATABASE_STORAGE, "gp3/multi-az"),
    RateName(Item.CACHE, "redis/cache.m6g.large"),
    RateName(Item.SNAPSHOT_STORAGE, "standard"),
    RateName(Item.CONTROL_PLANE),
    RateName(Item.EXTENDED_SUPPORT),
    RateName(Item.PUBLIC_ADDRESS),
    RateName(Item.ENDPOINT),
    RateName(Item.LOG_STORAGE),
    MACHINE,
    NAT,
]


@pytest.mark.parametrize("name", NAMES, ids=str)
def test_whatever_the_bundled_list_prices_the_service_can_be_asked_for(name: RateName) -> None:
    assert bundled_rate(name) is not None
    assert question_of(name) is not None


@pytest.mark.parametrize(
    "name",
    [
        RateName(Item.DATABASE, "oracle-ee/db.m5.large/single-az"),
        RateName(Item.DATABASE, "sqlserver-se/db.m5.large/single-az"),
        RateName(Item.VOLUME_STORAGE, "gp9"),
        RateName(Item.DATABASE_STORAGE, "aurora/single-az"),
    ],
    ids=str,
)
def test_what_depends_on_a_licence_or_is_unknown_is_not_asked_for(name: RateName) -> None:
    assert question_of(name) is None
    assert bundled_rate(name) is None
