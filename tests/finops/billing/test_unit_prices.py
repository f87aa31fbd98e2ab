from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.billing.unit_prices import origins_of, split_price, unit_prices
from finops.domain.estate import Node
from finops.domain.quantities import GIB


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


@given(
    st.lists(
        st.tuples(st.decimals("0.0001", "30", places=5), st.integers(1, 192), st.integers(1, 1500)),
        min_size=1,
        max_size=20,
    )
)
def test_unit_prices_of_any_cluster_sum_back_to_its_nodes(
    machines: list[tuple[Decimal, int, int]],
) -> None:
    nodes = [node(usd, cores * 1000, gib) for usd, cores, gib in machines]
    unit = unit_prices(nodes)
    cores, gib = sum(c for _, c, _ in machines), sum(g for _, _, g in machines)
    total = cores * unit.cpu_usd_per_core_hour + gib * unit.memory_usd_per_gib_hour

    assert round(total, 20) == sum(usd for usd, _, _ in machines)


def test_a_thousand_rates_of_one_bill_are_one_origin() -> None:
    sources = [f"bill: median effective rate of i-{n} over 7 days" for n in range(1000)]

    assert origins_of([*sources, "the list", ""]) == ["bill", "the list"]
