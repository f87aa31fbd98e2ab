"""How long a large cluster takes to read, and how much memory that takes.

    python -m benchmarks.kubernetes_api --workloads 3000 --pods 10000

A stand-in API server in a process of its own holds workloads of two containers, four ReplicaSets
and their pods each, as fat as real ones (about 6 kB with managed fields and status). Printed is one
line of JSON; `peak_rss_mb` is of the reading process, `before_mb` what it had with all imports.
"""

import argparse
import json
import multiprocessing
import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

from finops.sources.kubernetes.cluster import KubernetesCluster
from tests.finops.sources.kubernetes.builders import Raw, budget, container, controller, node, pod
from tests.finops.sources.kubernetes.builders import scaler as autoscaler
from tests.real_parts.kubernetes_api import connect_to, kubernetes_api

NODES = 500
REPLICA_SETS = 4
_STARTED = "2026-07-05T12:00:00Z"
MANAGED = [
    {
        "manager": "kube-controller-manager",
        "operation": "Update",
        "fieldsV1": {f"f:field{number}": {"f:x": {}, "f:y": {}} for number in range(40)},
    }
]


def cluster(workloads: int, pods: int) -> dict[str, list[Raw]]:
    """That many workloads in 100 namespaces, every third of them scaled and budgeted."""
    found: dict[str, list[Raw]] = {
        "Node": [node(f"n{number}", labels={"agentpool": "general"}) for number in range(NODES)]
    }
    for number in range(workloads):
        count = pods // workloads + (number < pods % workloads)
        for kind, raw in _workload(number, count):
            raw["metadata"] |= {"namespace": f"ns{number % 100}", "managedFields": MANAGED}
            found.setdefault(kind, []).append(raw)
    return found


def _workload(number: int, pods: int) -> Iterator[tuple[str, Raw]]:
    name, containers = f"w{number}", [fat_container("app", "250m"), fat_container("proxy", "50m")]
    labels = {"app": name, "team": f"t{number % 40}", "pod-template-hash": "abc3"}
    yield "Deployment", controller(name, *containers, replicas=pods, labels=labels)
    for age in range(REPLICA_SETS):
        owned = controller(f"{name}-abc{age}", *containers, owner=f"Deployment/{name}")
        yield "ReplicaSet", owned
    for each in range(pods):
        yield (
            "Pod",
            pod(
                f"{name}-abc3-{each}",
                *containers,
                owner=f"ReplicaSet/{name}-abc3",
                node=f"n{(number * 7 + each) % NODES}",
                labels=labels,
                status=status_of(containers),
            ),
        )
    if number % 3 == 0:
        metric = {"type": "Resource", "resource": {"name": "cpu", "targetAverageUtilization": 70}}
        yield (
            "HorizontalPodAutoscaler",
            autoscaler(name, f"Deployment/{name}", spec={"metrics": [metric]}),
        )
        yield "PodDisruptionBudget", budget(name, {"matchLabels": {"app": name}})


def fat_container(name: str, cpu: str) -> Raw:
    """A container with all that a real one carries."""
    return container(
        name,
        cpu,
        "128Mi",
        env=[{"name": f"VARIABLE_{n}", "value": "some value " * 3} for n in range(15)],
        ports=[{"containerPort": 8080}],
        livenessProbe={"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 10},
        securityContext={"runAsNonRoot": True},
    )


def status_of(containers: list[Raw]) -> Raw:
    """The status of a running pod with these containers."""
    return {
        "containerStatuses": [
            {
                "name": each["name"],
                "restartCount": 0,
                "state": {"running": {"startedAt": _STARTED}},
                "imageID": "sha256:" + "y" * 120,
                "containerID": "containerd://" + "z" * 64,
            }
            for each in containers
        ],
        "conditions": [
            {"type": kind, "status": "True", "lastTransitionTime": _STARTED}
            for kind in ("Ready", "Initialized", "PodScheduled", "ContainersReady")
        ],
    }


def _serve(workloads: int, pods: int, door: Connection) -> None:
    with kubernetes_api(cluster(workloads, pods)) as server:
        size = sum(len(item) for items in server.lists.values() for item in items)
        door.send((server.url, size))
        door.recv()  # until the reader has finished


def measure(workloads: int, pods: int) -> dict[str, Any]:
    """Read a cluster of that size once."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(workloads, pods, theirs), daemon=True)
    process.start()
    url, size = ours.recv()
    connect = connect_to(url)
    connect()  # the client is imported now
    before = _peak_mb()
    began = time.perf_counter()
    state = KubernetesCluster(cluster="bench", connect=connect).read(now=datetime.now(UTC))
    seconds = time.perf_counter() - began
    ours.send("done")
    process.join(10)
    assert (len(state.workloads), len(state.pods), state.gaps) == (workloads, pods, ())
    return {
        "workloads": workloads,
        "pods": pods,
        "json_mb": round(size / 1e6, 1),
        "seconds": round(seconds, 2),
        "before_mb": round(before, 1),
        "peak_rss_mb": round(_peak_mb(), 1),
    }


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workloads", type=int, default=3000)
    parser.add_argument("--pods", type=int, default=10_000)
    asked = parser.parse_args()
    print(json.dumps(measure(asked.workloads, asked.pods)))


if __name__ == "__main__":
    main()
