import pytest

from finops.domain.cluster_objects import ContainerBounds
from finops.domain.errors import InvalidInput
from finops.sources.kubernetes.listing import Notes
from finops.sources.kubernetes.objects import Scope
from finops.sources.kubernetes.policies import (
    Tagged,
    policies_of,
    read_limit_range,
    read_priority_class,
    read_quota,
    tightest,
)
from tests.finops.sources.kubernetes.builders import metadata

SCOPE = Scope(cluster="prod")


def test_the_container_part_of_a_limit_range_is_read() -> None:
    limits = [
        {"type": "Pod", "max": {"cpu": "1m"}},
        {
            "type": "Container",
            "min": {"cpu": "10m", "memory": "16Mi"},
            "max": {"cpu": "4"},
            "defaultRequest": {"memory": "64Mi"},
            "maxLimitRequestRatio": {"cpu": "4"},
        },
    ]
    found = read_limit_range(
        {"metadata": metadata("l"), "spec": {"limits": limits}}, SCOPE, Notes()
    )

    assert found is not None
    assert found.bounds == ContainerBounds(
        min_cpu_millicores=10,
        max_cpu_millicores=4000,
        min_memory_bytes=16 * 2**20,
        default_memory_request_bytes=64 * 2**20,
        max_limit_request_ratio_cpu=4.0,
    )


def test_of_several_limit_ranges_all_must_hold() -> None:
    found = tightest(
        [
            ContainerBounds(min_cpu_millicores=10, max_cpu_millicores=4000),
            ContainerBounds(min_cpu_millicores=50, max_cpu_millicores=2000),
        ]
    )

    assert (found.min_cpu_millicores, found.max_cpu_millicores) == (50, 2000)


def test_a_quota_is_read_in_our_units() -> None:
    hard = {
        "requests.cpu": "10",
        "limits.memory": "1Gi",
        "requests.storage": "2Ti",
        "pods": "50",
        "count/deployments.apps": "1k",
        "requests.nvidia.com/gpu": "4",
    }
    raw = {"metadata": metadata("q"), "status": {"hard": hard, "used": {"requests.cpu": "2500m"}}}
    quota = read_quota(raw, SCOPE, Notes()).quota

    assert quota.hard == {
        "requests.cpu": 10_000,
        "limits.memory": 2**30,
        "requests.storage": 2 * 2**40,
        "pods": 50,
        "count/deployments.apps": 1000,
        "requests.nvidia.com/gpu": 4,
    }
    assert quota.used == {"requests.cpu": 2500}


def test_an_absurd_quota_is_noted_and_left_out() -> None:
    notes = Notes()
    raw = {"metadata": metadata("q"), "spec": {"hard": {"limits.cpu": "many", "pods": "5"}}}

    assert read_quota(raw, SCOPE, notes).quota.hard == {"pods": 5}
    assert "shop/q: hard.limits.cpu" in str(notes)


def test_each_namespace_has_one_policy() -> None:
    quota = read_quota({"metadata": metadata("q")}, SCOPE, Notes())
    found = policies_of([Tagged("web", {"team": "a"})], [], [quota])

    assert [(p.namespace, p.tags, len(p.quotas)) for p in found] == [
        ("shop", {}, 1),
        ("web", {"team": "a"}, 0),
    ]


@pytest.mark.parametrize("value", [None, "1000", True])
def test_a_priority_class_without_a_number_is_refused(value: object) -> None:
    with pytest.raises(InvalidInput):
        read_priority_class({"metadata": metadata("p", ""), "value": value}, SCOPE, Notes())
