"""One container under the rules; each test names only what matters to it.

What history proposes is a plain formula of the tests' own: the rules must hold for any.
"""

from typing import Any

from finops.domain.estate import Container, Workload
from finops.domain.quantities import MIB
from finops.domain.usage import UsageSummary
from finops.rightsizing.requests import round_up_cpu
from finops.rightsizing.rules.measure import CPU, MEMORY, Measure
from finops.rightsizing.rules.proposal import Proposal, RequestCase
from tests.finops.rule_examples import container, usage, workload


def case_of(
    measure: Measure, held: Container, *, used: UsageSummary, **changes: Any
) -> RequestCase:
    """The case of one container in a Deployment of three replicas."""
    policy = changes.pop("policy", None)
    scales_heap = changes.pop("scales_heap", False)
    whole: Workload = changes.pop("workload", None) or workload(held, **changes)
    return RequestCase(
        measure=measure,
        workload=whole,
        container=held,
        usage=used,
        current=measure.request_of(held) or 0,
        percentile=_history_of(measure, used),
        policy=policy,
        scales_heap=scales_heap,
    )


def _history_of(measure: Measure, used: UsageSummary) -> int:
    if measure is CPU:
        return round_up_cpu(1.05 * used.percentile(0.97) ** 0.9 * used.maximum**0.1)
    return measure.rounded_up(1.15 * used.maximum)


def cpu_case(
    request: int, limit: int | None, *, q97: float, maximum: float, **changes: Any
) -> RequestCase:
    """Millicores; `container` holds what else the container has."""
    more = changes.pop("container", {})
    held = container(cpu_request_millicores=request, cpu_limit_millicores=limit, **more)
    return case_of(CPU, held, used=usage(q97, maximum), **changes)


def memory_case(request: int, limit: int | None, *, maximum: float, **changes: Any) -> RequestCase:
    """MiB; `container` holds what else the container has."""
    more = changes.pop("container", {})
    held = container(
        memory_request_bytes=request * MIB,
        memory_limit_bytes=None if limit is None else limit * MIB,
        **more,
    )
    return case_of(MEMORY, held, used=usage(maximum * MIB, maximum * MIB), **changes)


def start(case: RequestCase, request: int | None = None) -> Proposal:
    """The proposal as the first rule gets it, or with another request."""
    asked = case.percentile if request is None else request
    return Proposal(request=asked, wanted=asked, limit=case.limit)
