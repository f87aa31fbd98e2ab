import pytest

from finops.domain.cluster_objects import NamespacePolicy, Quota
from finops.domain.quantities import MIB
from finops.rightsizing.rules.order import propose
from tests.finops.rightsizing.rules.cases import cpu_case, memory_case


def allotted(key: str, hard: int, used: int) -> NamespacePolicy:
    quota = Quota(name="compute", hard={key: hard}, used={key: used})
    return NamespacePolicy(namespace="shop", quotas=(quota,))


@pytest.mark.parametrize("key", ["requests.cpu", "cpu"])
def test_a_raise_without_room_is_refused_with_the_room_there_is(key: str) -> None:
    found = propose(cpu_case(500, None, q97=800, maximum=900, policy=allotted(key, 4000, 3800)))

    assert found.refusal == (
        "It needs 850m CPU instead of 500m, but the ResourceQuota compute of shop has only 200m of "
        f"{key} left for 3 replicas: raise the quota first."
    )


def test_a_limit_that_must_rise_needs_room_too() -> None:
    policy = allotted("limits.memory", 4096 * MIB, 4090 * MIB)
    found = propose(memory_case(512, 600, maximum=590, policy=policy))

    assert "has only 6Mi of limits.memory left" in found.refusal


def test_a_fall_and_a_raise_with_room_are_not_refused() -> None:
    full = allotted("requests.cpu", 4000, 4000)
    wide = allotted("requests.cpu", 40_000, 4000)

    assert not propose(cpu_case(500, None, q97=100, maximum=150, policy=full)).refusal
    assert not propose(cpu_case(500, None, q97=800, maximum=900, policy=wide)).refusal
