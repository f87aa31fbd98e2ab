import pytest

from finops.sources.kubernetes.pod_requests import Room, effective_requests
from finops.sources.pod_templates import refuse
from tests.finops.sources.kubernetes.builders import Raw, container, pod


def cpu(raw: Raw) -> int:
    return effective_requests(raw, refuse).cpu


def with_inits(*inits: Raw) -> Raw:
    return pod("p", container("app", "100m"), spec={"initContainers": list(inits)})


def sidecar(name: str, amount: str) -> Raw:
    return container(name, amount, restartPolicy="Always")


@pytest.mark.parametrize(
    ("raw", "millicores"),
    [
        (pod("p", container("a", "100m"), container("b", "50m")), 150),
        (with_inits(container("init", "80m")), 100),
        (with_inits(container("init", "400m")), 400),
        (with_inits(container("one", "300m"), container("two", "200m")), 300),
        (with_inits(sidecar("mesh", "50m")), 150),
        # The worked line of the module.
        (with_inits(sidecar("mesh", "50m"), container("init", "400m")), 450),
        # A sidecar that starts later is not there yet when the init container runs.
        (with_inits(container("init", "400m"), sidecar("mesh", "50m")), 400),
        (pod("p", container("a", "100m"), spec={"overhead": {"cpu": "250m"}}), 350),
        (pod("p", container("a", "1"), spec={"resources": {"requests": {"cpu": "2"}}}), 2000),
        (pod("p"), 0),
    ],
)
def test_the_room_of_a_pod_is_the_schedulers(raw: Raw, millicores: int) -> None:
    assert cpu(raw) == millicores


def resized(asked: str, given: str, **status: object) -> Raw:
    statuses = [{"name": "app", "allocatedResources": {"cpu": given}}]
    return pod("p", container("app", asked), status={"containerStatuses": statuses} | status)


def test_a_resize_under_way_counts_with_the_larger_figure() -> None:
    assert cpu(resized("1", "2")) == cpu(resized("2", "1")) == 2000


@pytest.mark.parametrize(
    "status",
    [
        {"resize": "Infeasible"},
        {"conditions": [{"type": "PodResizePending", "reason": "Infeasible"}]},
    ],
)
def test_a_resize_that_cannot_be_counts_with_what_the_pod_has(status: Raw) -> None:
    assert cpu(resized("64", "1", **status)) == 1000


def test_an_absurd_request_is_told_and_counts_nothing() -> None:
    told: list[str] = []
    raw = pod("p", container("a", "1e9"), container("b", "1", "1Gi"))

    assert effective_requests(raw, told.append) == Room(1000, 2**30)
    assert len(told) == 1
