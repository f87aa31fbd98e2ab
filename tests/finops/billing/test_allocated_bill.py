"""Bills placed whole: what each kind of line costs, whose it is, and that nothing is lost."""

import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finops.billing.allocated_bill import AllocationRules
from finops.domain.costs import CostCategory
from finops.domain.errors import InvalidInput
from tests.finops.billing.bills import (
    DAY,
    allocated,
    container,
    cur,
    estate,
    focus,
    node,
)

ALLOCATED, IDLE = CostCategory.ALLOCATED, CostCategory.IDLE
SHARED, UNALLOCATED = CostCategory.SHARED, CostCategory.UNALLOCATED
NODE = "i-0123456789abcdef0"


def test_a_savings_plan_costs_its_rate_where_it_was_used_and_the_rest_is_idle(
    tmp_path: Path,
) -> None:
    lines = [
        cur(
            "SavingsPlanCoveredUsage",
            "1.00",
            NODE,
            savings_plan_savings_plan_effective_cost="0.60",
            pricing_public_on_demand_cost="1.00",
        ),
        cur("SavingsPlanNegation", "-1.00"),
        cur(
            "SavingsPlanRecurringFee",
            "0.70",
            savings_plan_total_commitment_to_date="0.70",
            savings_plan_used_commitment="0.60",
        ),
    ]
    with allocated(tmp_path, lines) as bill:
        [day] = bill.found.days

        assert (day.billed_cost, day.effective_cost) == (Decimal("0.70"), Decimal("0.70"))
        assert bill.effective(ALLOCATED, resource_key=NODE) == Decimal("0.60")
        assert bill.effective(IDLE) == Decimal("0.10")
        billed = {r.key.category: r.billed_cost for r in bill.rows() if r.billed_cost}
        assert billed == {UNALLOCATED: Decimal("0.70")}
        assert day.list_cost == Decimal("1.00")


def test_what_a_negation_lacks_of_its_usage_is_shown_and_still_adds_up(tmp_path: Path) -> None:
    covered = {"savings_plan_savings_plan_effective_cost": "0.60"}
    lines = [
        cur("SavingsPlanCoveredUsage", "1.00", NODE, **covered),
        cur("SavingsPlanNegation", "-0.75"),
    ]
    with allocated(tmp_path, lines) as bill:
        rest = [row for row in bill.rows() if row.key.item == "SavingsPlanNegation"]

        assert bill.found.days[0].billed_cost == Decimal("0.25")
        assert [row.billed_cost for row in rest] == [Decimal("0.25")]


def test_a_reservation_costs_its_amortised_rate_and_its_unused_hours_are_idle(
    tmp_path: Path,
) -> None:
    lines = [
        cur("DiscountedUsage", "0", NODE, reservation_effective_cost="0.40"),
        cur(
            "RIFee",
            "22.32",
            reservation_unused_amortized_upfront_fee_for_billing_period="3.00",
            reservation_unused_recurring_fee="2.00",
        ),
        cur("Fee", "500", reservation_reservation_a_r_n="arn:aws:ec2:reserved-instances/1"),
    ]
    with allocated(tmp_path, lines) as bill:
        assert bill.effective(ALLOCATED) == Decimal("0.40")
        assert bill.effective(IDLE) == Decimal("5.00")
        assert bill.effective(UNALLOCATED) == 0
        assert bill.found.days[0].billed_cost == Decimal("522.32")


def test_net_columns_take_private_discounts_off_the_effective_cost(tmp_path: Path) -> None:
    lines = [
        cur("Usage", "10.00", NODE, line_item_net_unblended_cost="9.00"),
        cur("EdpDiscount", "-1.00", NODE, line_item_net_unblended_cost="0"),
    ]
    with allocated(tmp_path, lines) as bill:
        [day] = bill.found.days

        assert (day.billed_cost, day.effective_cost) == (Decimal(9), Decimal(9))


def test_tax_fees_credits_and_refunds_without_a_resource_are_unallocated(tmp_path: Path) -> None:
    lines = [
        cur("Usage", "10.00", "bucket"),
        cur("Tax", "1.90"),
        cur("Credit", "-3.00"),
        cur("Refund", "-0.50"),
        cur("Fee", "7.00"),
        cur("Refund", "-2.00", "bucket"),
    ]
    with allocated(tmp_path, lines) as bill:
        assert bill.effective(UNALLOCATED) == Decimal("5.40")
        assert bill.effective(ALLOCATED, resource_key="bucket") == Decimal("8.00")


def test_an_unused_commitment_of_focus_is_idle(tmp_path: Path) -> None:
    unused = focus(0, "arn:sp", CommitmentDiscountStatus="Unused", ChargeCategory="Usage")
    with allocated(tmp_path, [{**unused, "EffectiveCost": "4.20"}]) as bill:
        assert bill.effective(IDLE) == Decimal("4.20")


def test_legacy_column_names_mean_the_same(tmp_path: Path) -> None:
    line = {
        "lineItem/LineItemType": "Usage",
        "lineItem/UsageStartDate": "2026-07-01T00:00:00Z",
        "lineItem/ResourceId": "vol-1",
        "lineItem/UnblendedCost": "2.50",
        "lineItem/CurrencyCode": "USD",
        "resourceTags/user:Team": "web",
    }
    with allocated(tmp_path, [line], rules=AllocationRules(team_keys=("team",))) as bill:
        assert bill.effective(ALLOCATED, team="web") == Decimal("2.50")


def test_tags_in_json_name_the_team_in_the_order_of_the_keys(tmp_path: Path) -> None:
    lines = [
        focus("1", "a", Tags='{"owner": "ops", "team": "web"}'),
        focus("2", "b", Tags='{"owner": "ops"}'),
        focus("4", "", Tags='{"team": "web"}'),
        focus("8", "", Tags='{"team": "data"}'),
    ]
    with allocated(tmp_path, lines) as bill:
        assert bill.effective(ALLOCATED, team="web") == 1
        assert bill.effective(ALLOCATED, team="ops") == 2
        assert bill.effective(UNALLOCATED, team="web") == 4
        assert bill.effective(UNALLOCATED, team="data") == 8


def test_only_configured_spellings_become_one_team(tmp_path: Path) -> None:
    lines = [
        focus("1", "a", Tags='{"team": "Base Load"}'),
        focus("2", "b", Tags='{"team": "Base"}'),
    ]
    rules = AllocationRules(team_names={"base load": "BaseLoad"})
    with allocated(tmp_path, lines, rules=rules) as bill:
        assert bill.effective(ALLOCATED, team="BaseLoad") == 1
        assert bill.effective(ALLOCATED, team="Base") == 2


def test_currencies_stay_apart(tmp_path: Path) -> None:
    lines = [focus("1", "a"), focus("5", "a", BillingCurrency="EUR")]
    with allocated(tmp_path, lines) as bill:
        found = {(d.currency, d.billed_cost) for d in bill.found.days}

        assert found == {("USD", Decimal(1)), ("EUR", Decimal(5))}


def test_a_node_is_split_among_its_pods_and_the_rest_is_idle(tmp_path: Path) -> None:
    """AWS's weights: 4 cores and 16 GiB are 9 × 4 + 16 = 52 parts; 2 cores and 4 GiB are 22."""
    pods = [container(NODE, "web", 2, 4)]
    with allocated(tmp_path, [focus("5.20", NODE)], containers=pods, estates=[node(NODE)]) as bill:
        assert bill.effective(ALLOCATED, workload="web", item="cpu") == Decimal("1.80")
        assert bill.effective(ALLOCATED, workload="web", item="memory") == Decimal("0.40")
        assert bill.effective(IDLE, workload="web") == Decimal("3.00")


def test_usage_beyond_the_request_counts_and_too_much_of_all_shrinks_alike(tmp_path: Path) -> None:
    pods = [
        container(NODE, "web", 1, 16, cpu_usage_cores=6),
        container(NODE, "data", 2, 16),
    ]
    with allocated(tmp_path, [focus("5.20", NODE)], containers=pods, estates=[node(NODE)]) as bill:
        assert bill.effective(ALLOCATED, workload="web", item="cpu") == Decimal("2.70")
        assert bill.effective(ALLOCATED, workload="data", item="cpu") == Decimal("0.90")
        assert bill.effective(ALLOCATED, item="memory") == Decimal("1.60")
        assert bill.effective(IDLE) == 0


def test_hours_weigh_alike_and_an_hour_without_pods_is_idle(tmp_path: Path) -> None:
    pods = [container(NODE, "web", 4, 16, hour=0), container(NODE, "data", 2, 8, hour=1)]
    with allocated(
        tmp_path, [focus("4", NODE)], containers=pods, estates=[node(NODE, hours=4)]
    ) as bill:
        assert bill.effective(ALLOCATED, workload="web") == Decimal("1.00")
        assert bill.effective(ALLOCATED, workload="data") == Decimal("0.50")
        assert bill.effective(IDLE) == Decimal("2.50")


def test_nodes_are_known_by_their_kubernetes_name_too(tmp_path: Path) -> None:
    pods = [container("ip-10-0-0-1", "web", 4, 16)]
    machine = node(NODE, node="ip-10-0-0-1")
    arn = f"arn:aws:ec2:us-east-1:1:instance/{NODE}"
    with allocated(tmp_path, [focus("4", arn)], containers=pods, estates=[machine]) as bill:
        assert bill.effective(ALLOCATED, workload="web") == 4


def test_kube_system_control_plane_and_gateways_are_charged_by_what_is_theirs(
    tmp_path: Path,
) -> None:
    other = "i-00000000000000002"
    pods = [
        container(NODE, "web", 3, 12, namespace="shop", team="web"),
        container(NODE, "dns", 1, 4, namespace="kube-system"),
        container(other, "etl", 4, 16, namespace="data", team="data"),
    ]
    lines = [
        focus("4", NODE),
        focus("9", other),
        focus("2.40", "arn:aws:eks:us-east-1:1:cluster/prod"),
        focus("1.20", "arn:aws:ec2:us-east-1:1:natgateway/nat-0123456789abcdef0"),
    ]
    gateway = estate("shared", "nat-0123456789abcdef0")
    with allocated(
        tmp_path, lines, containers=pods, estates=[node(NODE), node(other), gateway]
    ) as bill:
        assert bill.effective(ALLOCATED, namespace="shop") == 3
        assert bill.effective(ALLOCATED, namespace="data") == 9
        # 1.00 of kube-system, 2.40 and 1.20: shop has 3 of 12, data the rest.
        assert bill.effective(SHARED, namespace="shop", team="web") == Decimal("1.15")
        assert bill.effective(SHARED, namespace="data", team="data") == Decimal("3.45")


def test_volumes_and_balancers_go_to_whom_they_serve(tmp_path: Path) -> None:
    owner = {"namespace": "shop", "workload_kind": "StatefulSet", "workload": "db", "team": "web"}
    known = [
        estate("volume", "vol-0123456789abcdef0", **owner),
        estate("workload", "loadbalancer/k8s-shop-web-1a2b", namespace="shop"),
    ]
    balancer = "arn:aws:elasticloadbalancing:eu:1:loadbalancer/app/k8s-shop-web-1a2b/99"
    lines = [focus("3", "arn:aws:ec2:eu:1:volume/vol-0123456789abcdef0"), focus("5", balancer)]
    with allocated(tmp_path, lines, estates=known) as bill:
        key = "prod/Volume/vol-0123456789abcdef0"

        assert bill.effective(ALLOCATED, workload="db", resource_key=key) == 3
        assert bill.effective(ALLOCATED, namespace="shop", resource_key=balancer) == 5


def test_split_rows_of_the_bill_take_the_place_of_our_own(tmp_path: Path) -> None:
    pod = {
        "split_line_item_parent_resource_id": NODE,
        "resource_tags_aws_eks_namespace": "shop",
        "resource_tags_aws_eks_workload_type": "Deployment",
    }
    lines = [
        cur("Usage", "1.00", NODE, resource_tags_aws_eks_namespace=""),
        *(
            cur(
                "Usage",
                "",
                f"pod/{name}",
                line_item_usage_type=usage,
                resource_tags_aws_eks_workload_name=name,
                split_line_item_split_cost=split,
                split_line_item_unused_cost=unused,
                **pod,
            )
            for name, usage, split, unused in (
                ("web", "EKS-EC2-vCPU-Hours", "0.50", "0.10"),
                ("web", "EKS-EC2-GB-Hours", "0.10", "0.05"),
                ("data", "EKS-EC2-vCPU-Hours", "0.20", "0.05"),
            )
        ),
    ]
    ours = [container(NODE, "other", 4, 16)]
    with allocated(tmp_path, lines, containers=ours, estates=[node(NODE)]) as bill:
        assert bill.effective(ALLOCATED, workload="web") == Decimal("0.60")
        assert bill.effective(ALLOCATED, workload="data") == Decimal("0.20")
        assert bill.effective(IDLE) == Decimal("0.20")
        assert bill.effective(ALLOCATED, workload="other") == 0


def test_resources_under_a_cent_a_day_are_added_to_their_like(tmp_path: Path) -> None:
    lines = [focus("0.004", f"function-{n}") for n in range(100)] + [focus("0.02", "function-x")]
    with allocated(tmp_path, lines) as bill:
        found = [(row.key.resource_key, row.effective_cost) for row in bill.rows()]

        assert found == [("", Decimal("0.40")), ("function-x", Decimal("0.02"))]


def test_hostile_ids_are_text_like_any_other(tmp_path: Path) -> None:
    ids = [
        "'; DROP TABLE charges; --",
        '"><script>',
        "<!channel>",
        "../../etc",
        "a\nb",
        "x" * 5_000,
    ]
    with allocated(tmp_path, [focus("1", one) for one in ids]) as bill:
        kept = {row.key.resource_key for row in bill.rows()}

        assert kept == {one[:700] for one in ids}


def test_negative_usage_is_kept_and_adds_up(tmp_path: Path) -> None:
    pods = [container(NODE, "web", 4, 16)]
    with allocated(
        tmp_path, [focus("5", NODE), focus("-7", NODE)], containers=pods, estates=[node(NODE)]
    ) as bill:
        assert bill.effective(ALLOCATED, workload="web") == -2


@pytest.mark.parametrize("figure", ["-1", "nan", "1e300"])
def test_usage_that_cannot_be_is_refused_by_its_name(tmp_path: Path, figure: str) -> None:
    pods = [container(NODE, "web", 1, 1, cpu_usage_cores=figure)]

    with (
        pytest.raises(InvalidInput, match=r"usage of shop/web \(main\) in prod at 2026-07-01"),
        allocated(tmp_path, [focus("1", NODE)], containers=pods, estates=[node(NODE)]),
    ):
        pass


amounts = st.decimals(-1000, 10_000, places=10, allow_nan=False)
sizes = st.floats(0, 64, allow_nan=False)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    costs=st.lists(amounts, min_size=1, max_size=3),
    machine=st.tuples(st.floats(0.25, 64), st.floats(0.5, 256)),
    pods=st.lists(
        st.tuples(sizes, sizes, sizes, sizes, st.integers(0, 23), st.sampled_from("abcd")),
        max_size=12,
    ),
)
def test_the_parts_of_any_node_and_pods_are_the_node(
    costs: list[Decimal],
    machine: tuple[float, float],
    pods: list[tuple[float, float, float, float, int, str]],
) -> None:
    usage = [
        container(
            NODE, name, cpu, memory, hour=hour, cpu_usage_cores=used, memory_usage_gib=memory_used
        )
        for cpu, memory, used, memory_used, hour, name in pods
    ]
    with (
        tempfile.TemporaryDirectory() as folder,
        allocated(
            Path(folder),
            [focus(f"{cost:f}", NODE) for cost in costs],
            containers=usage,
            estates=[node(NODE, *machine)],
        ) as bill,
    ):
        whole = round(sum(costs, Decimal(0)), 6)
        parts = sum((row.effective_cost for row in bill.rows(DAY)), Decimal(0))

        assert abs(parts - whole) <= Decimal("0.000001")
        assert parts == bill.found.days[0].effective_cost
