from decimal import Decimal

import pytest

from finops.aws_cost_integration import AwsCostIntegration
from finops.domain.estate import Gap, Node
from finops.sources.aws.answers import Place, team_from
from finops.sources.aws.nodes import Size, node_from, price_gaps, size_from, unsized

PRICES = AwsCostIntegration()


def node(**fields: object) -> Node:
    raw = {"InstanceId": "i-1", "InstanceType": "m5.large", "PrivateDnsName": "n1"} | fields
    place = Place("123456789012", "us-east-1")
    return node_from(raw, "prod", place=place, prices=PRICES, sizes={"p5.big": Size(1, 2)})


@pytest.mark.parametrize(
    ("fields", "reason"),
    [({"InstanceLifecycle": "spot"}, "spot"), ({"Platform": "windows"}, "Windows")],
)
def test_a_machine_off_the_list_has_a_size_but_no_price(
    fields: dict[str, object], reason: str
) -> None:
    found = node(**fields)

    assert (found.cpu_millicores, found.price_usd_per_hour) == (2000, None)
    assert reason in found.price_source
    assert price_gaps([found], []) == [
        Gap("AWS inventory", f"1 nodes have no price ({found.price_source}).")
    ]


def test_a_machine_on_the_list_has_a_price_and_needs_no_gap() -> None:
    assert node().price_usd_per_hour == Decimal("0.096")
    assert price_gaps([node()], []) == []


def test_only_types_that_the_price_list_lacks_are_asked_for() -> None:
    raws = [{"InstanceId": str(n), "InstanceType": t} for n, t in enumerate(["m5.large", "p5.big"])]

    assert unsized(raws, region="us-east-1", prices=PRICES) == ["p5.big"]
    assert node(InstanceType="p5.big").cpu_millicores == 1


def test_ec2_says_sizes_in_vcpus_and_mebibytes() -> None:
    raw = {"VCpuInfo": {"DefaultVCpus": 2}, "MemoryInfo": {"SizeInMiB": 8192}}

    assert size_from(raw) == Size(2000, 8 * 2**30)


def test_teams_are_found_in_dirty_tags() -> None:
    assert team_from({"TEAM": "web", "owner": "ann"}) == "web"
    assert team_from({"Owner": "ann", "team": ""}) == "ann"
    assert team_from({}) == "unknown"
