from finops.sources.kubernetes.other_resources import other_requests
from finops.sources.pod_templates import refuse

GPU = "nvidia.com/gpu"


def asks(name: str, **amounts: str) -> dict[str, object]:
    known = {"gpu": GPU, "disk": "ephemeral-storage", "cpu": "cpu"}
    return {"name": name, "resources": {"limits": {known[k]: v for k, v in amounts.items()}}}


def test_devices_and_disk_are_summed_and_the_largest_init_container_counts() -> None:
    spec = {
        "containers": [asks("a", gpu="1", cpu="2"), asks("b", gpu="1", disk="1Gi")],
        "initContainers": [asks("i", gpu="3"), asks("j", disk="512Mi")],
    }

    assert other_requests({"spec": spec}, refuse) == {GPU: 3, "ephemeral-storage": 2**30}


def test_a_pod_that_asks_for_nothing_else_has_none() -> None:
    assert other_requests({"spec": {"containers": [asks("a", cpu="1")]}}, refuse) == {}
