from typing import Any

from finops.domain.cluster_objects import ContainerBounds, NamespacePolicy
from finops.domain.quantities import MIB
from finops.rightsizing.rules.order import propose
from tests.finops.rightsizing.rules.cases import cpu_case, memory_case


def bounded(**bounds: Any) -> NamespacePolicy:
    return NamespacePolicy(namespace="shop", bounds=ContainerBounds(**bounds))


def test_a_request_stops_at_the_lowest_that_the_namespace_allows() -> None:
    found = propose(cpu_case(500, None, q97=20, maximum=30, policy=bounded(min_cpu_millicores=200)))

    assert found.request == 200
    assert "The LimitRange of shop asks for at least 200m CPU a container." in found.notes


def test_a_request_stays_within_the_ratio_of_its_limit() -> None:
    policy = bounded(max_limit_request_ratio_cpu=4.0, min_cpu_millicores=10)
    found = propose(cpu_case(400, 800, q97=20, maximum=660, policy=policy))

    assert (found.request, found.limit) == (190, 760)  # 1.15 · 660 = 759, a fourth of it is 190
    assert "at most 4 times the request" in found.notes[-2]


def test_what_is_said_of_the_limit_is_what_the_namespace_leaves_of_it() -> None:
    policy = bounded(min_memory_bytes=1000 * MIB)
    found = propose(memory_case(2048, 4096, maximum=100, policy=policy))

    assert (found.request, found.limit) == (1000 * MIB, 1024 * MIB)
    assert "from 4Gi to 1Gi" in found.notes[-1]


def test_a_raise_stops_at_the_highest_that_the_namespace_allows() -> None:
    policy = bounded(max_memory_bytes=600 * MIB)
    found = propose(memory_case(512, 560, maximum=550, policy=policy))

    assert found.request == found.limit == 600 * MIB
    assert "at most 600Mi memory a container" in found.notes[-1]


def test_bounds_that_do_not_bite_say_nothing() -> None:
    policy = bounded(min_cpu_millicores=10, max_cpu_millicores=4000)

    assert propose(cpu_case(500, None, q97=200, maximum=300, policy=policy)).notes == ()
