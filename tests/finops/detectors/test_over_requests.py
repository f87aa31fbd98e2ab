from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from finops.detectors.cluster_costs import NOT_TWICE
from finops.detectors.over_requested_cpu import OverRequestedCPUDetector
from finops.detectors.over_requested_memory import OverRequestedMemoryDetector
from finops.domain.changes import Change, Setting
from finops.domain.estate import Container, Workload
from finops.domain.money import Saving
from finops.domain.opportunity import Opportunity, Skipped
from finops.domain.quantities import GIB, MIB
from finops.rightsizing.modes import Mode, ModeChoice
from tests.finops.rule_examples import container, single_figure, snapshot, usage, workload

DETECTORS = (OverRequestedCPUDetector(), OverRequestedMemoryDetector())


def found_in(detector: Any, held: Workload) -> Opportunity:
    (finding,) = detector.find(snapshot(workloads=(held,)))
    assert isinstance(finding, Opportunity)
    return finding


def cpu(*containers: Container, **changes: Any) -> Opportunity:
    return found_in(OverRequestedCPUDetector(), workload(*containers, **changes))


def memory(*containers: Container, **changes: Any) -> Opportunity:
    return found_in(OverRequestedMemoryDetector(), workload(*containers, **changes))


def reason_of(detector: Any, held: Workload) -> str:
    (finding,) = detector.find(snapshot(workloads=(held,)))
    assert isinstance(finding, Skipped)
    return finding.reason


def test_cpu_is_lowered_and_priced_as_room_and_never_as_cash() -> None:
    found = cpu()

    assert found.changes == (Change(Setting.CPU_REQUEST, 1000, 250),)
    assert found.saving == Saving(freed_usd_per_month=Decimal("51.92"))
    assert found.resource.key == "prod-1/shop/Deployment/frontend/server"
    assert found.summary == (
        "shop/frontend (server) asks for 1000m CPU on 3 replicas and used at most 220m in 14 days; "
        "250m frees room worth $51.92/month."
    )
    assert (found.confidence, found.risk, found.blast_replicas) == (0.958, 0.375, 3)


def test_memory_is_lowered_to_its_maximum_and_a_margin() -> None:
    found = memory(container(memory_usage=usage(700 * MIB, 800 * MIB)))

    assert found.changes == (Change(Setting.MEMORY_REQUEST, 2 * GIB, 1063 * MIB),)
    assert "1063Mi frees room" in found.summary


def test_a_deep_fall_goes_in_steps() -> None:
    found = memory(container(memory_usage=usage(20 * MIB, 30 * MIB)))

    assert found.changes[0].proposed == 512 * MIB
    assert any("A first step" in caveat and "56Mi would do" in caveat for caveat in found.caveats)


def test_every_number_of_the_proposal_has_its_evidence() -> None:
    facts = {fact.label: fact.value for fact in cpu().evidence}

    assert facts == {
        "CPU request": "1000m × 3",
        "CPU maximum": "220m",
        "CPU 99th percentile": "180m",
        "history": "14 days, 20,160 samples",
        "proposal": "210m = 1.05 · q99^0.9 · maximum^0.1 · widening, at least 10m",
        "margin for the short history": "1.08×",
        "over the last 14 days it would have been exceeded": "never",
        "price": "$0.03161 per core-hour",
        "would have held": "14 of 14 days",
    }


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize(
    ("held", "reason"),
    [
        (workload(kind="CronJob"), "A CronJob holds its request only while it runs"),
        (workload(replicas=0), "scaled to zero"),
        (workload(Container(name="a")), "request is set, so there is nothing to lower"),
        (workload(container(cpu_usage=None, memory_usage=None)), "usage was found"),
        (workload(tags={"acme.io/hpa": "true"}), "HorizontalPodAutoscaler"),
        (workload(is_scaling_known=False), "scales it is unknown: they could not be listed"),
        (
            workload(
                container(cpu_usage=usage(1, 1, days=0.4), memory_usage=usage(1, 1, days=0.4))
            ),
            "0.4 of 1 day of history.",
        ),
        (
            workload(container(cpu_usage=usage(950, 990), memory_usage=usage(GIB, int(1.9 * GIB)))),
            "nothing to lower",
        ),
        (
            workload(container(cpu_usage=single_figure(1400), memory_usage=single_figure(3 * GIB))),
            "but one figure is no history: look whether it should ask for",
        ),
        (
            workload(container(cpu_usage=usage(800, 800), memory_usage=usage(GIB, 1500 * MIB))),
            "The change is too small",
        ),
    ],
)
def test_each_no_has_its_reason(detector: Any, held: Workload, reason: str) -> None:
    assert reason in reason_of(detector, held)


def test_bursts_of_cpu_over_the_request_are_no_reason_to_raise_it() -> None:
    found = cpu(container(cpu_usage=usage(300, 1200)))

    assert found.changes[0].proposed == 395


def test_a_team_that_prefers_lean_gets_the_smaller_request_and_its_formula() -> None:
    modes = ModeChoice(teams={"payments": Mode.LEAN})
    held = workload(container(cpu_usage=usage(300, 600)))
    lean = found_in(OverRequestedCPUDetector(modes=modes), held)
    facts = {fact.label: fact.value for fact in lean.evidence}

    assert lean.changes[0].number < found_in(OverRequestedCPUDetector(), held).changes[0].number
    assert "1.02 · q98^0.9" in facts["proposal"]


def test_how_often_the_past_would_have_exceeded_it_is_said() -> None:
    bursty = container(cpu_usage=usage(300, 1200))
    facts = {fact.label: fact.value for fact in cpu(bursty).evidence}

    assert facts["over the last 14 days it would have been exceeded"] == "0.8 % of the time"


def test_a_workload_without_containers_is_not_dropped() -> None:
    assert "No container" in reason_of(DETECTORS[0], replace(workload(), containers=()))


def test_cents_are_not_worth_a_pull_request() -> None:
    tiny = container(cpu_request_millicores=50, cpu_usage=usage(1, 2))

    assert "under $1.00" in reason_of(DETECTORS[0], workload(tiny, replicas=1))


def test_an_autoscaler_on_memory_leaves_cpu_to_us() -> None:
    held = workload(tags={"hpa": "memory"})

    assert cpu(tags={"hpa": "memory"}).changes
    assert "HorizontalPodAutoscaler" in reason_of(DETECTORS[1], held)
    assert cpu(tags={"hpa": "false"}).changes


def test_a_single_figure_is_judged_with_the_widest_margin_and_little_confidence() -> None:
    found = cpu(container(cpu_usage=single_figure(400)))

    assert found.changes[0].proposed == 840
    assert found.confidence <= 0.5
    assert any("single figure without history" in caveat for caveat in found.caveats)
    assert "was seen using 400m" in found.summary


def test_what_a_person_should_mind_is_said() -> None:
    found = memory(
        container(memory_limit_bytes=2 * GIB, memory_usage=usage(GIB, GIB, days=5, daily=5)),
        name="kafka",
        replicas=1,
    )

    assert found.caveats == (
        "Its heap is a share of its memory limit, so the limit must not fall.",
        "5 of 28 days of history: the margin is wider than usual.",
        "It has one replica: the restart may interrupt it.",
        "It looks like a JVM and does not say how large its heap is: stay above the heap plus what "
        "is outside of it.",
        "Whether it was ever killed for want of memory is not known: nobody counted.",
        NOT_TWICE,
    )


def test_risk_rises_with_the_fall_and_with_a_single_replica() -> None:
    assert memory().risk > cpu().risk
    assert cpu(replicas=1).risk == pytest.approx(cpu().risk + 0.1)
