"""The rules of `finops.rightsizing.rules` as people meet them: in changes, reasons and evidence."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from finops.detectors.over_requested_cpu import OverRequestedCPUDetector
from finops.detectors.over_requested_memory import OverRequestedMemoryDetector
from finops.domain.changes import Change, Setting
from finops.domain.cluster_objects import (
    Autoscaler,
    NamespacePolicy,
    Quota,
    ScaleMetric,
    VerticalAutoscaler,
)
from finops.domain.estate import Container, ContainerRole, Workload
from finops.domain.money import Saving
from finops.domain.opportunity import Opportunity, Skipped, WasteKind
from finops.domain.quantities import GIB, MIB
from finops.domain.usage import Stability
from finops.pr_body import action_words
from finops.rightsizing.edited import is_editable
from finops.rightsizing.modes import Mode, ModeChoice
from tests.finops.rule_examples import container, single_figure, snapshot, usage, workload

CPU, MEMORY = OverRequestedCPUDetector(), OverRequestedMemoryDetector()


def findings(detector: Any, held: Workload) -> list[Opportunity | Skipped]:
    return list(detector.find(snapshot(workloads=(held,))))


def found_in(detector: Any, held: Workload) -> Opportunity:
    finding = findings(detector, held)[0]
    assert isinstance(finding, Opportunity)
    return finding


def reason_of(detector: Any, held: Workload) -> str:
    finding = findings(detector, held)[0]
    assert isinstance(finding, Skipped)
    return finding.reason


def scaled(percent: float, target_type: str = "Utilization") -> Autoscaler:
    metric = ScaleMetric(kind="Resource", name="cpu", target_type=target_type, target=percent)
    return Autoscaler(name="web", min_replicas=2, max_replicas=9, metrics=(metric,))


def test_request_and_limit_are_two_changes_of_one_proposal() -> None:
    found = found_in(MEMORY, workload(container(memory_limit_bytes=4 * GIB)))

    assert found.changes == (
        Change(Setting.MEMORY_REQUEST, 2 * GIB, 570 * MIB),
        Change(Setting.MEMORY_LIMIT, 4 * GIB, 1140 * MIB),
    )
    assert found.risk == pytest.approx(found_in(MEMORY, workload()).risk + 0.1)


KILLED = container(
    memory_request_bytes=GIB,
    memory_limit_bytes=2 * GIB,
    memory_usage=usage(300 * MIB, 900 * MIB),
    stability=Stability(window_days=14, oom_kills=3),
)


def test_a_killed_container_is_offered_more_for_what_that_costs() -> None:
    found = found_in(MEMORY, workload(KILLED))

    assert found.kind is WasteKind.UNDER_REQUESTED_MEMORY
    assert found.changes == (
        Change(Setting.MEMORY_REQUEST, GIB, 1229 * MIB),
        Change(Setting.MEMORY_LIMIT, 2 * GIB, 2560 * MIB),
    )
    assert (found.saving, found.cost_usd_per_month) == (Saving(), Decimal("1.86"))
    assert found.risk == 0.1
    assert found.summary.endswith("1229Mi holds that, at $1.86/month more room.")
    assert found.caveats == (
        "It was killed for want of memory 3 times in 14 days.",
        "14 of 28 days of history: the margin is wider than usual.",
    )


def test_more_use_than_request_is_offered_more() -> None:
    found = found_in(CPU, workload(container(cpu_usage=usage(1400, 1500)), replicas=1))

    assert found.kind is WasteKind.UNDER_REQUESTED_CPU
    assert found.changes == (Change(Setting.CPU_REQUEST, 1000, 1600),)
    assert (found.saving, found.cost_usd_per_month) == (Saving(), Decimal("13.85"))
    assert found.risk == 0.2


def test_a_raise_without_room_is_refused_and_a_needless_one_is_not_mentioned() -> None:
    quota = Quota(name="compute", hard={"requests.cpu": 3000}, used={"requests.cpu": 3000})
    full = (NamespacePolicy(namespace="shop", quotas=(quota,)),)
    busy, content = container(cpu_usage=usage(1400, 1500)), container(cpu_usage=usage(990, 999))
    said = [
        finding.reason
        for held in (busy, content)
        for finding in CPU.find(snapshot(workloads=(workload(held),), namespaces=full))
        if isinstance(finding, Skipped)
    ]

    assert "has only 0m of requests.cpu left for 3 replicas" in said[0]
    assert said[1].startswith("There is nothing to lower")


def test_a_kill_needs_no_history_of_use() -> None:
    seen_once = replace(KILLED, memory_usage=single_figure(900 * MIB))

    assert found_in(MEMORY, workload(seen_once)).kind is WasteKind.UNDER_REQUESTED_MEMORY


def test_a_few_per_cent_more_are_not_worth_a_restart() -> None:
    busy = container(cpu_request_millicores=1450, cpu_usage=usage(1455, 1460, days=28))

    assert reason_of(CPU, workload(busy)) == ("The change is too small: 1450m to 1530m is 6% more.")


def test_bursts_alone_are_no_reason_for_more() -> None:
    bursty = container(cpu_request_millicores=300, cpu_usage=usage(290, 2000))

    assert "There is nothing to lower: 300m is asked" in reason_of(CPU, workload(bursty))


def test_a_raise_of_what_an_autoscaler_measures_by_lowers_its_target() -> None:
    busy = container(cpu_usage=usage(1400, 1500))
    found = found_in(CPU, workload(busy, autoscaler=scaled(70)))

    assert found.changes == (
        Change(Setting.CPU_REQUEST, 1000, 1600),
        Change(Setting.HPA_CPU_TARGET, 70, 44, "web"),
    )


def test_a_raise_and_a_fall_of_one_container_are_two_opportunities() -> None:
    fall, rise = found_in(MEMORY, workload()), found_in(MEMORY, workload(KILLED))

    assert fall.resource == rise.resource
    assert fall.id != rise.id


def test_cpu_that_an_autoscaler_measures_by_changes_with_its_target() -> None:
    found = found_in(CPU, workload(autoscaler=scaled(70)))
    facts = {fact.label: fact.value for fact in found.evidence}

    assert found.changes == (
        Change(Setting.CPU_REQUEST, 1000, 700),
        Change(Setting.HPA_CPU_TARGET, 70, 100, "web"),
    )
    assert action_words(found) == (
        "Lower CPU request of shop/frontend (server) from 1 to 700m and raise autoscaler's CPU "
        "target from 70 % to 100 %"
    )
    assert facts["web adds pods at"] == "700m a pod, before and after"
    assert found.rollback.endswith("and its autoscaler's target to 70 %, with one rolling restart.")
    assert len(found_in(MEMORY, workload(autoscaler=scaled(70))).changes) == 1


def test_a_target_that_measures_two_containers_moves_with_one_at_a_time() -> None:
    held = workload(container(), container(name="second"), autoscaler=scaled(50))
    first, second = findings(CPU, held)

    assert isinstance(first, Opportunity)
    assert isinstance(second, Skipped)
    assert first.changes[-1].setting is Setting.HPA_CPU_TARGET
    assert "moves with the request of container server first" in second.reason


def test_a_pod_that_waits_beyond_its_request_is_riskier() -> None:
    lean = OverRequestedCPUDetector(modes=ModeChoice(default=Mode.LEAN))
    waits = found_in(lean, workload(autoscaler=scaled(70)))
    free = found_in(lean, workload(container(cpu_request_millicores=470)))

    assert waits.changes[0].proposed == 470
    assert waits.risk == pytest.approx(0.15 + 0.3 * 0.53 + 0.1)
    assert free.risk < waits.risk


def test_an_absolute_target_leaves_the_request_free() -> None:
    assert found_in(CPU, workload(autoscaler=scaled(350, "AverageValue"))).changes


def test_an_autoscaler_without_a_readable_metric_is_not_guessed_at() -> None:
    blind = replace(scaled(70), metrics=())

    assert "is unknown" in reason_of(CPU, workload(autoscaler=blind))


def test_a_vertical_autoscaler_in_charge_is_left_in_charge() -> None:
    held = workload(vertical_autoscaler=VerticalAutoscaler(name="api", mode="Auto"))

    assert "VerticalPodAutoscaler api" in reason_of(CPU, held)


def test_an_init_container_that_asks_for_more_limits_what_is_freed() -> None:
    init = Container(name="migrate", cpu_request_millicores=700, role=ContainerRole.INIT)
    found, skip = findings(CPU, workload(container(), init))

    assert isinstance(found, Opportunity)
    assert isinstance(skip, Skipped)
    assert found.changes == (Change(Setting.CPU_REQUEST, 1000, 250),)
    # 0.3 cores on 3 replicas, not 0.75: the pod holds 700m anyway.
    assert found.saving == Saving(freed_usd_per_month=Decimal("20.77"))
    facts = {fact.label: fact.value for fact in found.evidence}
    assert facts["room freed"] == "300m a pod: an init container asks for the rest"
    assert "An init container has ended before" in skip.reason


def test_an_init_container_that_asks_for_all_of_it_leaves_nothing_to_free() -> None:
    init = Container(name="migrate", cpu_request_millicores=1500, role=ContainerRole.INIT)
    app, own = findings(CPU, workload(container(), init))

    assert isinstance(app, Skipped)
    assert isinstance(own, Skipped)
    assert "Lowering it frees nothing: the init container migrate asks for more" in app.reason
    assert "asks for 1500m CPU and all that runs after it for 1000m" in own.reason


def test_two_containers_under_one_init_container_never_claim_the_same_room() -> None:
    apps = (container(), container(name="second"))
    init = Container(name="migrate", cpu_request_millicores=1400, role=ContainerRole.INIT)
    both = findings(CPU, workload(*apps, init))

    savings = [f.saving.freed_usd_per_month for f in both if isinstance(f, Opportunity)]
    assert sum(savings) == Decimal("41.54")  # 2000m fall to 1400m, whatever the two give up


def test_a_start_is_evidence_of_its_own_and_does_not_size_the_request() -> None:
    used = replace(usage(180, 220), startup_maximum=600.0, startup_minutes=10)
    found = found_in(CPU, workload(container(cpu_usage=used)))
    facts = {fact.label: fact.value for fact in found.evidence}

    assert found.changes == (Change(Setting.CPU_REQUEST, 1000, 250),)
    assert facts["CPU in a container's first 10 minutes"] == "600m at most"
    assert any(
        caveat.startswith("In its first 10 minutes it used up to") for caveat in found.caveats
    )


def test_a_sidecar_is_judged_like_an_app() -> None:
    found = found_in(CPU, workload(container(role=ContainerRole.SIDECAR)))

    assert found.changes == (Change(Setting.CPU_REQUEST, 1000, 250),)


def test_a_cron_job_is_priced_for_the_time_it_runs() -> None:
    nightly = replace(usage(180, 220), pods=2.0, running_share=0.125)
    found = found_in(CPU, workload(container(cpu_usage=nightly), kind="CronJob", replicas=2))

    assert found.saving == Saving(freed_usd_per_month=Decimal("4.33"))  # 51.92 / 3 · 0.25
    assert "on 0.25 pods at a time on average" in found.summary
    assert not found.restart_needed
    assert found.rollback.endswith("with its next run.")
    assert any("priced for the time it runs" in caveat for caveat in found.caveats)


def test_a_daemon_says_that_nodes_differ() -> None:
    found = found_in(CPU, workload(kind="DaemonSet"))

    assert any("once on every node" in caveat for caveat in found.caveats)


def test_kills_and_throttling_are_evidence_where_somebody_counted() -> None:
    calm = container(stability=Stability(window_days=14, throttled_share=0.01))
    memory, cpu = found_in(MEMORY, workload(calm)), found_in(CPU, workload(calm))

    assert ("kills for want of memory", "0 in 14 days") in [
        (fact.label, fact.value) for fact in memory.evidence
    ]
    assert ("throttled", "1.0% of CPU periods on the worst day") in [
        (fact.label, fact.value) for fact in cpu.evidence
    ]
    assert not any("nobody counted" in caveat for caveat in memory.caveats)


JAVA = container(
    memory_request_bytes=8 * GIB,
    memory_limit_bytes=8 * GIB,
    memory_usage=usage(1400 * MIB, 1536 * MIB),
    runtime_hints=("-Xms1g", "-Xmx6g"),
)


def test_a_java_heap_falls_with_its_memory_where_that_is_allowed() -> None:
    held = workload(JAVA)
    allowed = OverRequestedMemoryDetector(modes=ModeChoice(scales_heap=True))

    found, kept = found_in(allowed, held), reason_of(MEMORY, held)

    assert found.changes[-1] == Change(Setting.HEAP, 6 * GIB, 1638 * MIB)
    assert "and its Java heap to 6Gi," in found.rollback
    assert action_words(found) == (
        "Lower memory request of shop/frontend (server) from 8Gi to 2Gi and lower memory limit "
        "from 8Gi to 2304Mi and lower Java heap (-Xmx) from 6Gi to 1638Mi"
    )
    assert "8Gi to 7680Mi is 6%" in kept


def test_memory_with_a_heap_in_it_has_no_value_of_its_own_to_set() -> None:
    allowed = OverRequestedMemoryDetector(modes=ModeChoice(scales_heap=True))

    assert not is_editable(found_in(allowed, workload(JAVA)))
