from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.billing.allocation import Demand, NodeCapacity, allocate_node_cost
from finops.domain.errors import InvalidInput
from finops.domain.money import to_cents

GB = 10**9
NODE = NodeCapacity(4_000, 16 * GB)


def demand(key: str, cpu: tuple[float, float], gb: tuple[int, int]) -> Demand:
    cores = [int(one * 1000) for one in cpu]
    return Demand(key, cores[0], cores[1], gb[0] * GB, gb[1] * GB)


def test_the_worked_example_of_aws_comes_out() -> None:
    """Split cost of "Example of split cost allocation data": a $1 machine, CPU 9 times memory."""
    pods = [
        demand("pod1", (1, 0.1), (4, 3)),
        demand("pod2", (1, 1.9), (4, 6)),
        demand("pod3", (1, 0.5), (2, 2)),
        demand("pod4", (1, 0.5), (2, 2)),
    ]
    cpu_part = Decimal(36) / Decimal(52)
    split = allocate_node_cost(Decimal("1.00"), NODE, pods, cpu_part_usd=cpu_part)

    assert split.shares_usd == {
        "pod1": Decimal("0.22"),
        "pod2": Decimal("0.38"),
        "pod3": Decimal("0.18"),
        "pod4": Decimal("0.18"),
    }
    assert split.idle_usd == Decimal("0.04")


def test_an_empty_node_is_all_idle() -> None:
    split = allocate_node_cost(Decimal("2.304"), NODE, [])

    assert (split.shares_usd, split.idle_usd) == ({}, Decimal("2.30"))


amounts = st.integers(0, 10**6)


@given(
    st.decimals(0, 5_000, places=6),
    st.integers(1, 10**6),
    st.integers(1, 10**12),
    st.lists(st.tuples(amounts, amounts, st.integers(0, 10**12), st.integers(0, 10**12))),
)
def test_shares_and_idle_sum_to_the_cost_to_the_cent(
    cost: Decimal, cpu: int, memory: int, rows: list[tuple[int, int, int, int]]
) -> None:
    demands = [Demand(str(i), *row) for i, row in enumerate(rows)]
    split = allocate_node_cost(cost, NodeCapacity(cpu, memory), demands)

    assert sum(split.shares_usd.values(), split.idle_usd) == to_cents(cost)
    assert min([split.idle_usd, *split.shares_usd.values()]) >= 0
    assert all(share == to_cents(share) for share in split.shares_usd.values())


@given(st.integers(0, 4_000), st.integers(0, 4_000))
def test_who_asks_for_more_never_pays_less(first: int, second: int) -> None:
    demands = [Demand("a", first), Demand("b", second)]
    shares = allocate_node_cost(Decimal(10), NODE, demands).shares_usd

    assert (shares["a"] >= shares["b"]) == (first >= second) or shares["a"] == shares["b"]


@pytest.mark.parametrize(
    ("cost", "node", "demands", "reason"),
    [
        ("-1", NODE, [], "must be 0 or more"),
        ("NaN", NODE, [], "must be 0 or more"),
        ("1", NodeCapacity(0, 1), [], "without CPU or memory"),
        ("1", NODE, [Demand("a"), Demand("a")], "the same key"),
        ("1", NODE, [Demand("a", -5, -5)], "negative"),
    ],
)
def test_nonsense_is_refused(
    cost: str, node: NodeCapacity, demands: list[Demand], reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason):
        allocate_node_cost(Decimal(cost), node, demands)
