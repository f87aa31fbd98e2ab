"""No saving is larger than the cost it is taken from, and no dollar is claimed twice unsaid."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from finops.detectors.cluster_costs import NOT_TWICE
from finops.domain.estate import Container, Node, Snapshot, UsageSummary, Volume, Workload
from finops.domain.money import HOURS_PER_MONTH
from finops.domain.opportunity import Opportunity, WasteKind
from finops.domain.quantities import GIB
from finops.waste_detectors import WasteDetectionEngine
from tests.finops.rule_examples import PRICES, container, group, nodes, snapshot, usage
from tests.finops.rule_examples import volume as a_volume
from tests.finops.rule_examples import workload as a_workload

ZERO = Decimal(0)

summaries = st.builds(
    lambda q97, over, days: usage(q97, q97 * over, days=days, daily=int(days)),
    st.floats(0, 20_000),
    st.floats(1, 3),
    st.integers(0, 20),
)


def scaled(summary: UsageSummary, unit: float) -> UsageSummary:
    return usage(
        summary.percentile(0.97) * unit,
        summary.maximum * unit,
        days=summary.window_days,
        daily=len(summary.daily_peaks),
    )


containers = st.builds(
    lambda cpu, memory, cpu_usage, memory_usage: container(
        cpu_request_millicores=cpu,
        memory_request_bytes=memory,
        cpu_usage=cpu_usage,
        memory_usage=scaled(memory_usage, 1e6),
    ),
    st.none() | st.integers(0, 64_000),
    st.none() | st.integers(0, 256 * GIB),
    summaries,
    summaries,
)


def named(items: list[Container], replicas: list[int]) -> tuple[Workload, ...]:
    return tuple(
        a_workload(item, name=f"w-{i}", replicas=count)
        for i, (item, count) in enumerate(zip(items, replicas, strict=False))
    )


def machines(count: int, used: int, price: str | None) -> tuple[Node, ...]:
    return nodes(
        count,
        requested_cpu_millicores=used,
        cpu_usage=usage(used, used),
        price_usd_per_hour=Decimal(price) if price else None,
    )


snapshots = st.builds(
    lambda items, replicas, count, used, price, sizes: snapshot(
        workloads=named(items, replicas),
        nodes=machines(count, used, price),
        node_groups=(group(count),),
        volumes=tuple(
            a_volume(
                volume_id=f"vol-{i}", size_gib=size, price_usd_per_month=size * Decimal("0.08")
            )
            for i, size in enumerate(sizes)
        ),
    ),
    st.lists(containers, max_size=4),
    st.lists(st.integers(0, 2000), min_size=4, max_size=4),
    st.integers(1, 9),
    st.integers(0, 4000),
    st.sampled_from([None, "0", "0.192", "9.5"]),
    st.lists(st.integers(1, 65_536), max_size=3),
)


def cpu_cost(of: Snapshot) -> Decimal:
    cores = sum(
        Decimal((c.cpu_request_millicores or 0) * w.replicas) / 1000
        for w in of.workloads
        for c in w.containers
    )
    return cores * PRICES.cpu_usd_per_core_hour * HOURS_PER_MONTH


def memory_cost(of: Snapshot) -> Decimal:
    gib = sum(
        Decimal((c.memory_request_bytes or 0) * w.replicas) / GIB
        for w in of.workloads
        for c in w.containers
    )
    return gib * PRICES.memory_usd_per_gib_hour * HOURS_PER_MONTH


def node_cost(of: Snapshot) -> Decimal:
    return sum((n.price_usd_per_hour or ZERO for n in of.nodes), ZERO) * HOURS_PER_MONTH


def volume_cost(of: Snapshot) -> Decimal:
    def cents(item: Volume) -> Decimal:
        return item.price_usd_per_month or ZERO

    return sum((cents(item) for item in of.volumes), ZERO)


COSTS = {
    WasteKind.OVER_REQUESTED_CPU: cpu_cost,
    WasteKind.OVER_REQUESTED_MEMORY: memory_cost,
    WasteKind.IDLE_NODE: node_cost,
    WasteKind.ORPHAN_VOLUME: volume_cost,
}


def found_in(seen: Snapshot) -> tuple[Opportunity, ...]:
    return WasteDetectionEngine().detect(seen).opportunities


@given(snapshots)
def test_the_savings_of_a_kind_never_exceed_what_its_resources_cost(seen: Snapshot) -> None:
    found = found_in(seen)

    for kind, cost_of in COSTS.items():
        savings = [o.saving for o in found if o.kind is kind]
        cash = sum((s.cashable_usd_per_month for s in savings), ZERO)
        room = sum((s.freed_usd_per_month for s in savings), ZERO)
        rounding = Decimal("0.01") * len(savings)

        assert not (cash and room)
        assert cash + room <= cost_of(seen) + rounding


@given(st.integers(1, 9), st.integers(1, 4000))
def test_cash_of_nodes_and_room_of_their_pods_together_stay_within_the_bill(
    count: int, each: int
) -> None:
    pods = a_workload(
        container(cpu_request_millicores=each, memory_request_bytes=None, cpu_usage=usage(1, 1)),
        replicas=count,
    )
    seen = snapshot(
        workloads=(pods,),
        nodes=machines(count, each, "0.192"),
        node_groups=(group(count),),
    )
    found = found_in(seen)
    both = sum((o.saving.cashable_usd_per_month for o in found), ZERO)
    both += sum((o.saving.freed_usd_per_month for o in found), ZERO)

    assert both <= node_cost(seen) + Decimal("0.02")


def test_each_card_says_when_room_and_cash_are_the_same_money() -> None:
    found = found_in(snapshot(workloads=(a_workload(),), nodes=nodes(6), node_groups=(group(6),)))
    caveats = {o.kind: " ".join(o.caveats) for o in found}

    assert NOT_TWICE in caveats[WasteKind.OVER_REQUESTED_CPU]
    assert NOT_TWICE in caveats[WasteKind.OVER_REQUESTED_MEMORY]
    assert "do not add it to what they freed" in caveats[WasteKind.IDLE_NODE]


def test_requests_worth_more_than_all_nodes_are_said_to_be_so() -> None:
    found = found_in(snapshot(workloads=(a_workload(replicas=500),), nodes=nodes(2)))

    assert all("part of the room is not paid for" in " ".join(o.caveats) for o in found)
    assert found
