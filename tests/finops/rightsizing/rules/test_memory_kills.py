import pytest

from finops.domain.quantities import MIB
from finops.domain.usage import Stability
from finops.rightsizing.rules import memory_kills
from finops.rightsizing.rules.order import propose
from tests.finops.rightsizing.rules.cases import cpu_case, memory_case, start

KILLED = {"stability": Stability(window_days=14, oom_kills=1)}


@pytest.mark.parametrize(
    ("request_mib", "limit", "maximum", "raised", "limit_raised"),
    [
        (256, 400, 390, 490, 500),  # 390 + 100 beats 1.2 · 390
        (1024, None, 700, 1229, None),  # the request counts where it is more than was measured
        (200, 4096, 3000, 3600, 5120),  # 1.2 · 3000, and 1.25 · 4096
        (512, 520, 510, 615, 650),  # 1.2 · 512 = 614.4
    ],
)
def test_a_kill_raises_by_the_rules_of_vpa_and_krr(
    *, request_mib: int, limit: int | None, maximum: int, raised: int, limit_raised: int | None
) -> None:
    case = memory_case(request_mib, limit, maximum=maximum, container=KILLED)

    found = memory_kills.apply(case, start(case))

    assert found.request == raised * MIB
    assert found.limit == (None if limit_raised is None else limit_raised * MIB)
    assert found.notes == ("It was killed for want of memory once in 14 days.",)


def test_memory_of_a_killed_container_never_falls_however_little_was_measured() -> None:
    case = memory_case(4096, 8192, maximum=100, container=KILLED)

    found = propose(case)

    assert found.request > case.current
    assert (found.limit or 0) > (case.limit or 0)


def test_without_a_kill_or_for_cpu_nothing_changes() -> None:
    calm = memory_case(1024, None, maximum=400, container={"stability": Stability(window_days=14)})
    cpu = cpu_case(1000, None, q97=100, maximum=200, container=KILLED)

    assert memory_kills.apply(calm, start(calm)) == start(calm)
    assert memory_kills.apply(cpu, start(cpu)) == start(cpu)
