from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.billing.prices import (
    known_instance_types,
    node_price,
    split_price,
    unit_prices,
    volume_price,
)
from finops.domain.estate import Node
from finops.domain.quantities import GIB


@pytest.mark.parametrize(
    ("instance_type", "vcpu", "gib", "usd"),
    [
        ("t3.micro", 2, "1", "0.0104"),
        ("t3.medium", 2, "4", "0.0416"),
        ("t4g.2xlarge", 8, "32", "0.2688"),
        ("m5.large", 2, "8", "0.096"),
        ("m5.4xlarge", 16, "64", "0.768"),
        ("m7g.medium", 1, "4", "0.0408"),
        ("c5.9xlarge", 36, "72", "1.53"),
        ("c7i.12xlarge", 48, "96", "2.142"),
        ("c7g.medium", 1, "2", "0.0363"),
        ("r7i.8xlarge", 32, "256", "2.1168"),
    ],
)
def test_published_prices_are_met_exactly(
    instance_type: str, vcpu: int, gib: str, usd: str
) -> None:
    price = node_price(instance_type)

    assert price
    assert (price.vcpu, price.memory_gib, price.usd_per_hour) == (vcpu, Decimal(gib), Decimal(usd))
    assert price.source == "AWS public on-demand price list, us-east-1, July 2026"


@pytest.mark.parametrize(
    "instance_type", ["", "m5", "m5.", ".large", "c5.8xlarge", "t3.4xlarge", "p5.48xlarge"]
)
def test_an_unknown_type_has_no_price(instance_type: str) -> None:
    assert node_price(instance_type) is None


def test_the_list_knows_what_it_lists() -> None:
    assert len(known_instance_types()) == 149
    assert all(node_price(name) for name in known_instance_types())


@pytest.mark.parametrize(
    ("volume_type", "usd"), [("gp2", "10"), ("gp3", "8"), ("io2", "12.5"), ("sc1", "1.5")]
)
def test_a_volume_costs_its_size(volume_type: str, usd: str) -> None:
    price = volume_price(volume_type, 100)

    assert price
    assert price.usd_per_month == Decimal(usd)
    assert "us-east-1" in price.source


def test_an_unknown_volume_type_has_no_price() -> None:
    assert volume_price("gp9", 100) is None


def node(usd: Decimal | None, millicores: int = 2000, gib: int = 8) -> Node:
    return Node(
        cluster="prod",
        name="n",
        instance_type="x",
        cpu_millicores=millicores,
        memory_bytes=gib * GIB,
        price_usd_per_hour=usd,
        price_source="the list",
    )


@given(
    st.decimals("0.0001", "400", places=4),
    st.integers(1, 400),
    st.integers(1, 20_000),
)
def test_both_parts_of_a_price_sum_to_it_exactly(usd: Decimal, cores: int, gib: int) -> None:
    cpu_part, memory_part = split_price(usd, cores=Decimal(cores), gib=Decimal(gib))

    assert cpu_part + memory_part == usd
    assert 0 <= cpu_part <= usd


def test_the_worked_line_of_the_split_holds() -> None:
    cpu_part, memory_part = split_price(Decimal("0.096"), cores=Decimal(2), gib=Decimal(8))

    assert round(cpu_part, 4) == Decimal("0.0625")
    assert round(memory_part, 4) == Decimal("0.0335")


def test_unit_prices_cost_out_to_what_the_nodes_cost() -> None:
    nodes = [node(Decimal("0.096")), node(Decimal("0.0725"), 2000, 4), node(None)]
    unit = unit_prices(nodes)
    total = 4 * unit.cpu_usd_per_core_hour + 12 * unit.memory_usd_per_gib_hour

    assert round(total, 20) == Decimal("0.1685")
    assert unit.source.startswith("2 of 3 nodes by the list, split between CPU and memory")


@pytest.mark.parametrize("nodes", [[], [node(None)], [node(Decimal(1), 0, 8)]])
def test_without_a_priced_node_the_defaults_say_so(nodes: list[Node]) -> None:
    unit = unit_prices(nodes)

    assert unit.cpu_usd_per_core_hour == Decimal("0.031611")
    assert unit.memory_usd_per_gib_hour == Decimal("0.004237")
    assert "no node of this cluster has a known price" in unit.source
