import pytest

from finops.domain.estate import Workload
from finops.sources.pod_names import pod_owners

LONG = "a-service-with-a-name-that-takes-nearly-all-of-what-is-allowed"


def workload(kind: str, name: str) -> Workload:
    return Workload(cluster="prod", namespace="shop", kind=kind, name=name)


OWNERS = pod_owners(
    [
        workload("Deployment", "web"),
        workload("Deployment", "web-api"),
        workload("Rollout", "canary"),
        workload("StatefulSet", "db"),
        workload("DaemonSet", "agent"),
        workload("CronJob", "report"),
        workload("Job", "import"),
        workload("Pod", "debug"),
        workload("Deployment", LONG),
    ]
)


@pytest.mark.parametrize(
    ("pod", "kind", "owner"),
    [
        ("web-7d4b9c6f5d-x7k2p", "Deployment", "web"),
        ("web-api-7d4b9c6f5d-x7k2p", "Deployment", "web-api"),
        ("canary-7d4b9c6f5d-x7k2p", "Rollout", "canary"),
        ("db-0", "StatefulSet", "db"),
        ("db-12", "StatefulSet", "db"),
        ("agent-x7k2p", "DaemonSet", "agent"),
        ("report-28123456-x7k2p", "CronJob", "report"),
        ("report-28123456-3-x7k2p", "CronJob", "report"),
        ("import-x7k2p", "Job", "import"),
        ("import-0-x7k2p", "Job", "import"),
        ("debug", "Pod", "debug"),
        (f"{LONG}-7d4b9c6f5d-"[:58] + "x7k2p", "Deployment", LONG),
    ],
)
def test_a_pod_belongs_to_the_longest_workload_name_that_fits(
    pod: str, kind: str, owner: str
) -> None:
    assert OWNERS.owner_of(pod) == (kind, owner)


@pytest.mark.parametrize(
    "pod",
    [
        "web-admin-x7k2p",  # a DaemonSet called web-admin that nobody declared
        "web-x7k2p",  # a Deployment's pods have two endings
        "db-main",
        "agent-7d4b9c6f5d-x7k2p",
        "other-7d4b9c6f5d-x7k2p",
        "debug-1",
        "",
        "-",
    ],
)
def test_a_pod_of_something_else_belongs_to_nobody(pod: str) -> None:
    assert OWNERS.owner_of(pod) is None


@pytest.mark.parametrize("running", ["Deployment", "Rollout"])
def test_of_a_rollout_and_the_deployment_it_took_over_the_one_with_replicas_owns_the_pods(
    running: str,
) -> None:
    owners = pod_owners(
        Workload(cluster="prod", namespace="shop", kind=kind, name="web", replicas=kind == running)
        for kind in ("Deployment", "Rollout")
    )

    assert owners.owner_of("web-7d4b9c6f5d-x7k2p") == (running, "web")
