from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops.detectors.detector import Finding
from finops.domain.cluster_objects import (
    Autoscaler,
    ContainerBounds,
    NamespacePolicy,
    Quota,
    ScaleMetric,
)
from finops.domain.errors import InvalidInput
from finops.domain.estate import Snapshot, UsageSummary
from finops.domain.opportunity import Opportunity, Skipped, WasteKind, judging_kind, opportunity_id
from finops.domain.quantities import MIB
from finops.domain.usage import Stability
from finops.waste_detectors import Detector, OrphanVolumeDetector, WasteDetectionEngine
from finops.waste_detectors import default_detectors as all_detectors
from tests.finops.rule_examples import (
    container,
    group,
    nodes,
    snapshot,
    volume,
    wasteful_snapshot,
    workload,
)

every_detector = pytest.mark.parametrize("detector", all_detectors(), ids=lambda d: d.name)


@every_detector
def test_the_same_snapshot_gives_the_same_findings(detector: Detector) -> None:
    assert list(detector.find(wasteful_snapshot())) == list(detector.find(wasteful_snapshot()))


def test_every_finding_says_whose_it_is_and_how_that_is_known() -> None:
    plain = wasteful_snapshot()
    owned = replace(
        plain,
        workloads=tuple(replace(w, team="shop", owner_rule="by w") for w in plain.workloads),
        nodes=tuple(replace(n, team="shop", owner_rule="by n") for n in plain.nodes),
        volumes=tuple(replace(v, team="unknown", owner_rule="No tag.") for v in plain.volumes),
    )
    found = WasteDetectionEngine().detect(owned).opportunities

    said = {f.kind: [e.value for e in f.evidence if e.label == "owner"] for f in found}
    assert said == {
        WasteKind.OVER_REQUESTED_CPU: ["shop, by w"],
        WasteKind.OVER_REQUESTED_MEMORY: ["shop, by w"],
        WasteKind.IDLE_NODE: ["shop, by n"],
        WasteKind.ORPHAN_VOLUME: ["nobody: No tag."],
    }


def test_a_group_whose_nodes_name_different_teams_says_so() -> None:
    plain = wasteful_snapshot()
    first, *rest = plain.nodes
    mixed = replace(plain, nodes=(replace(first, team="other", owner_rule="by tag"), *rest))
    [group_found] = [
        f
        for f in WasteDetectionEngine().detect(mixed).opportunities
        if f.kind is WasteKind.IDLE_NODE
    ]

    assert "nobody: Its nodes name different teams: other" in group_found.evidence[-1].value


@every_detector
def test_an_empty_snapshot_gives_nothing(detector: Detector) -> None:
    assert list(detector.find(snapshot())) == []


@every_detector
def test_a_detector_and_its_module_are_documented(detector: Detector) -> None:
    module = __import__(type(detector).__module__, fromlist=["x"])

    assert (type(detector).__doc__ or "").strip()
    assert (module.__doc__ or "").strip()
    assert detector.name == detector.kind.words


@every_detector
def test_it_finds_its_own_kind_with_everything_a_card_needs(detector: Detector) -> None:
    found = [f for f in detector.find(wasteful_snapshot()) if isinstance(f, Opportunity)]

    assert found
    for opportunity in found:
        assert opportunity.kind is detector.kind
        assert opportunity.id == opportunity_id(opportunity.fingerprint)
        assert opportunity.summary.endswith(".")
        assert opportunity.rollback.endswith(".")
        assert opportunity.evidence
        assert all(fact.value and fact.source for fact in opportunity.evidence)
        assert opportunity.detected_at == wasteful_snapshot().taken_at


usages = st.builds(
    lambda days, low, high, peaks: UsageSummary(
        window_days=days,
        samples=1,
        mean=low,
        maximum=low + high,
        percentiles={0.97: low},
        daily_peaks=tuple(peaks),
        pods=1.0,
        running_share=0.5,
    ),
    days=st.sampled_from([0.0, 0.4, 1.0, 14.0]),
    low=st.floats(0, 4e9),
    high=st.floats(0, 4e9),
    peaks=st.lists(st.floats(0, 4e9), max_size=5),
)


stabilities = st.none() | st.builds(
    Stability,
    window_days=st.just(14.0),
    oom_kills=st.integers(0, 2),
    throttled_share=st.none() | st.floats(0, 1),
)
autoscalers = st.none() | st.builds(
    lambda name, percent: Autoscaler(
        name="web",
        min_replicas=1,
        max_replicas=9,
        metrics=(
            ScaleMetric(kind="Resource", name=name, target_type="Utilization", target=percent),
        ),
    ),
    name=st.sampled_from(["cpu", "memory"]),
    percent=st.floats(1, 200),
)
policies = st.builds(
    lambda least, ratio, hard: NamespacePolicy(
        namespace="shop",
        bounds=ContainerBounds(
            min_cpu_millicores=least,
            max_memory_bytes=hard,
            max_limit_request_ratio_cpu=ratio,
            max_limit_request_ratio_memory=ratio,
        ),
        quotas=(Quota(name="compute", hard={"limits.memory": hard}, used={"limits.memory": 1}),),
    ),
    least=st.none() | st.integers(1, 4000),
    ratio=st.none() | st.floats(1, 8),
    hard=st.integers(1, 2**40),
)
held_workloads = st.builds(
    lambda ratio, hints, trouble, scaler, kind, qos: {
        "ratio": ratio,
        "container": {"runtime_hints": hints, "stability": trouble},
        "workload": {"autoscaler": scaler, "kind": kind, "qos_class": qos},
    },
    ratio=st.none() | st.floats(1, 8),
    hints=st.sampled_from([(), ("-Xmx1g",), ("-XX:MaxRAMPercentage=50",), ("GOMEMLIMIT=1GiB",)]),
    trouble=stabilities,
    scaler=autoscalers,
    kind=st.sampled_from(["Deployment", "DaemonSet", "CronJob", "Job"]),
    qos=st.sampled_from(["", "Burstable", "Guaranteed"]),
)


def with_limits(cpu: int | None, memory: int | None, ratio: float | None) -> dict[str, int | None]:
    if ratio is None:
        return {}
    return {
        "cpu_limit_millicores": None if cpu is None else int(cpu * ratio),
        "memory_limit_bytes": None if memory is None else int(memory * ratio),
    }


@every_detector
@given(
    policy=policies,
    held=held_workloads,
    cpu=st.none() | st.integers(0, 64_000),
    memory=st.none() | st.integers(0, 64 * 1024 * MIB),
    used=st.none() | usages,
    replicas=st.integers(0, 5),
    price=st.none() | st.decimals(0, 10, places=4),
)
def test_each_resource_gives_one_finding_and_no_saving_is_zero_or_less(
    detector: Detector,
    *,
    policy: NamespacePolicy,
    held: dict[str, Any],
    cpu: int | None,
    memory: int | None,
    used: UsageSummary | None,
    replicas: int,
    price: Decimal | None,
) -> None:
    one = container(
        cpu_request_millicores=cpu,
        memory_request_bytes=memory,
        cpu_usage=used,
        memory_usage=used,
        **with_limits(cpu, memory, held["ratio"]),
        **held["container"],
    )
    machines = nodes(
        replicas, requested_cpu_millicores=cpu or 0, cpu_usage=used, price_usd_per_hour=price
    )
    whole = snapshot(
        workloads=(workload(one, replicas=replicas, **held["workload"]),),
        namespaces=(policy,),
        nodes=machines,
        node_groups=(group(replicas),),
        volumes=(volume(price_usd_per_month=price),),
    )
    found = list(detector.find(whole))

    assert len(found) == 1
    for finding in found:
        if isinstance(finding, Opportunity) and finding.kind.is_for_reliability:
            assert not finding.saving
            assert finding.cost_usd_per_month >= 0
            assert finding.changes[0].number > (finding.changes[0].current_number or 0)
            assert judging_kind(finding.kind) is detector.kind
        elif isinstance(finding, Opportunity):
            assert finding.saving.larger_usd_per_month > 0
            assert finding.cost_usd_per_month == 0
            assert all(change.number < (change.current_number or 0) for change in finding.changes)
            assert not finding.saving.cashable_usd_per_month or detector.kind in (
                WasteKind.IDLE_NODE,
                WasteKind.ORPHAN_VOLUME,
            )
        else:
            assert finding.reason.endswith(".")


def test_the_largest_saving_comes_first_and_the_order_is_stable() -> None:
    found = WasteDetectionEngine().detect(wasteful_snapshot()).opportunities
    savings = [o.saving.larger_usd_per_month for o in found]

    assert {o.kind for o in found} == {k for k in WasteKind if not k.is_for_reliability}
    assert savings == sorted(savings, reverse=True)
    assert WasteDetectionEngine().detect(wasteful_snapshot()).opportunities == found


def test_a_resource_that_is_there_twice_is_judged_once() -> None:
    found = WasteDetectionEngine([OrphanVolumeDetector()]).detect(
        snapshot(volumes=(volume(), volume()))
    )

    assert len(found.opportunities) == 1
    assert "twice" in found.skipped[0].reason


class Breaking(OrphanVolumeDetector):
    """Fails on the volume named bad."""

    def find(self, snapshot: Snapshot) -> Iterator[Finding]:
        for held in snapshot.volumes:
            if held.volume_id == "bad":
                raise InvalidInput("The size of bad makes no sense.")
            yield from OrphanVolumeDetector().find(replace(snapshot, volumes=(held,)))


def test_a_detector_that_fails_on_one_resource_loses_only_that_one() -> None:
    whole = replace(
        wasteful_snapshot(),
        volumes=(volume(), volume(volume_id="bad", team="x"), volume(volume_id="vol-2")),
    )
    found = WasteDetectionEngine([Breaking(), *all_detectors()[:3]]).detect(whole)

    assert {o.resource.name for o in found.opportunities} == {
        "vol-1",
        "vol-2",
        "frontend",
        "workers",
    }
    assert found.skipped == (
        Skipped(
            "orphan volume",
            "prod-1/Volume/bad",
            "It could not be judged: The size of bad makes no sense.",
            "x",
        ),
    )
