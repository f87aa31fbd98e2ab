from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from finops.detectors.idle_node import IdleNodeDetector
from finops.domain.changes import Change, Setting
from finops.domain.estate import UNKNOWN_TEAM, Node, NodeGroup
from finops.domain.money import Saving
from finops.domain.opportunity import Opportunity, Skipped
from finops.domain.quantities import GIB
from tests.finops.rule_examples import group, node, nodes, snapshot, usage


def findings(held: tuple[Node, ...], *groups: NodeGroup) -> list[Opportunity | Skipped]:
    return list(IdleNodeDetector().find(snapshot(nodes=held, node_groups=groups)))


def found_in(held: tuple[Node, ...], **changes: Any) -> Opportunity:
    (finding,) = findings(held, group(len(held), **changes))
    assert isinstance(finding, Opportunity), finding
    return finding


def reason_of(held: tuple[Node, ...], whole: NodeGroup) -> str:
    (finding,) = findings(held, whole)
    assert isinstance(finding, Skipped)
    return finding.reason


def test_the_worked_line_holds_and_the_price_of_what_leaves_is_cash() -> None:
    found = found_in(nodes(6, requested_cpu_millicores=1333))

    assert found.changes == (Change(Setting.DESIRED_SIZE, 6, 3),)
    assert found.saving == Saving(cashable_usd_per_month=Decimal("420.48"))
    assert found.summary == (
        "3 of 6 m5.xlarge nodes in workers may leave: on 3 the requests fill CPU 71% and memory "
        "53%; $420/month leaves the bill."
    )
    assert (found.team, found.blast_replicas) == ("platform", 30)
    assert found.confidence > 0.9


@pytest.mark.parametrize(
    ("limit", "cash", "freed", "worth"),
    [
        (None, "420.48", "0", "$420/month leaves the bill."),
        ("0.576", "420.48", "0.00", "$420/month leaves the bill."),
        (
            "0.1",
            "73.00",
            "347.48",
            "$73.00/month leaves the bill and $347/month of commitments is freed.",
        ),
        ("0", "0.00", "420.48", "$420/month of commitments is freed."),
    ],
)
def test_what_a_commitment_pays_is_freed_and_not_cash(
    limit: str | None, cash: str, freed: str, worth: str
) -> None:
    known = {} if limit is None else {"cashable_limit_usd_per_hour": Decimal(limit)}
    held = nodes(6, requested_cpu_millicores=1333, cashable_reason="A plan pays.", **known)
    found = found_in(held)

    assert found.saving == Saving(Decimal(cash), Decimal(freed))
    assert found.summary.endswith(worth)
    assert "A plan pays." in found.caveats


def test_the_tightest_limit_of_a_mixed_group_counts() -> None:
    limits = [Decimal("0.3"), Decimal("0.1"), None, None, None, None]
    held = tuple(
        replace(one, cashable_limit_usd_per_hour=limit)
        for one, limit in zip(nodes(6, requested_cpu_millicores=1333), limits, strict=True)
    )

    assert found_in(held).saving.cashable_usd_per_month == Decimal("73.00")


def test_memory_alone_can_keep_the_nodes() -> None:
    found = found_in(nodes(6, requested_memory_bytes=8 * GIB))

    assert found.changes[0].proposed == 4


def test_a_peak_of_usage_over_the_requests_keeps_nodes() -> None:
    found = found_in(nodes(6, cpu_usage=usage(1500, 2000)))

    assert found.changes[0].proposed == 4


def test_the_pods_a_node_may_run_keep_nodes() -> None:
    found = found_in(nodes(6, pods=20, tags={"max-pods": "29"}, requested_cpu_millicores=400))

    assert found.changes[0].proposed == 5


@pytest.mark.parametrize(
    ("held", "whole", "reason"),
    [
        (nodes(3), group(3, manager="karpenter"), "Karpenter sizes it by itself"),
        ((), group(3), "No node of this group was seen."),
        (nodes(3), group(4), "The group is changing: 4 nodes declared, 3 seen."),
        (nodes(1), group(1), "the group's only node"),
        (nodes(3, requested_cpu_millicores=3000), group(3), "All 3 nodes are needed"),
        (nodes(3), group(3, min_size=3), "minimum of 3 holds it; 1 would do, worth $280/month"),
        (nodes(3, price_usd_per_hour=None), group(3), "The price of 3 of its nodes is unknown."),
        (nodes(3, price_usd_per_hour=Decimal(0)), group(3), "cost nothing"),
        (
            nodes(3, requested_cpu_millicores=0, requested_memory_bytes=0),
            group(3),
            "requests of its pods are unknown",
        ),
    ],
)
def test_each_no_has_its_reason(held: tuple[Node, ...], whole: NodeGroup, reason: str) -> None:
    assert reason in reason_of(held, whole)


def test_a_node_that_must_not_be_drained_is_named_with_what_blocks_it() -> None:
    held = (*nodes(3), node("node-9", blockers=("PodDisruptionBudget shop/cart allows 0",)))

    assert reason_of(held, group(4)) == (
        "1 of 4 nodes must not be drained (node-9: PodDisruptionBudget shop/cart allows 0). The "
        "cloud chooses which node leaves, so clear what blocks them first."
    )


def test_the_declared_minimum_stays() -> None:
    found = found_in(nodes(6), min_size=4)

    assert found.changes[0].proposed == 4
    assert "The declared minimum of 4 holds it; 2 would do." in found.caveats


def test_at_most_three_quarters_leave_at_once() -> None:
    small = {"requested_cpu_millicores": 100, "requested_memory_bytes": GIB // 2}
    found = found_in(nodes(12, **small, cpu_usage=None, memory_usage=None))

    assert found.changes[0].proposed == 3
    assert any("A first step" in caveat for caveat in found.caveats)


def test_a_node_outside_a_declared_group_has_nothing_to_edit() -> None:
    (finding,) = findings((node("lonely", node_group=""),))

    assert isinstance(finding, Skipped)
    assert finding.resource_key == "prod-1/Node/lonely"
    assert "not in a declared group" in finding.reason


def test_groups_of_the_same_name_in_two_clusters_are_two() -> None:
    elsewhere = replace(node("far"), cluster="prod-2")
    found = findings((*nodes(2), elsewhere), group(2), group(1, cluster="prod-2"))

    assert len(found) == 2


def test_unmeasured_nodes_are_judged_by_requests_with_little_confidence() -> None:
    found = found_in(nodes(6, cpu_usage=None))

    assert found.confidence == 0.45
    assert any("judged by requests only" in caveat for caveat in found.caveats)


def test_tags_of_all_nodes_count_and_teams_that_differ_are_unknown() -> None:
    held = (
        node("a", tags={"env": "staging"}, team="a"),
        node("b", tags={"env": "production", "critical": "true"}),
    )
    found = found_in(held)

    assert found.tags == {"critical": "true", "env": "staging,production"}
    assert found.team == UNKNOWN_TEAM
