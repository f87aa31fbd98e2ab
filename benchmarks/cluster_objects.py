"""The simulated workloads as Kubernetes objects, as fat as real ones, with pods that live now."""

from collections.abc import Iterator, Sequence

from benchmarks.kubernetes_api import MANAGED, fat_container, status_of
from benchmarks.metrics_estate import SimulatedWorkload
from tests.finops.sources.kubernetes.builders import Raw, controller, node, pod

_PODS_A_NODE = 20


def objects_of(estate: Sequence[SimulatedWorkload]) -> dict[str, list[Raw]]:
    """Controllers, ReplicaSets, pods and nodes of the estate, by kind."""
    found: dict[str, list[Raw]] = {}
    pods = 0
    for workload in estate:
        for kind, raw in _objects(workload, pods):
            raw["metadata"] |= {"namespace": workload.namespace, "managedFields": MANAGED}
            found.setdefault(kind, []).append(raw)
            pods += kind == "Pod"
    nodes = pods // _PODS_A_NODE + 1
    found["Node"] = [node(f"n{number}", labels={"agentpool": "general"}) for number in range(nodes)]
    return found


def _objects(workload: SimulatedWorkload, pods: int) -> Iterator[tuple[str, Raw]]:
    containers = [fat_container(name, "500m") for name in workload.containers]
    labels = {"app": workload.name, "team": workload.namespace}
    count = workload.replicas
    yield workload.kind, controller(workload.name, *containers, replicas=count, labels=labels)
    alive = [each for each in workload.pods if each.died == 1.0]
    made_by = f"{workload.kind}/{workload.name}"
    if workload.kind == "Deployment":
        replica_set = alive[0].name.rpartition("-")[0]
        yield "ReplicaSet", controller(replica_set, *containers, owner=made_by)
        made_by = f"ReplicaSet/{replica_set}"
    for number, each in enumerate(alive):
        where = f"n{(pods + number) // _PODS_A_NODE}"
        yield (
            "Pod",
            pod(
                each.name,
                *containers,
                owner=made_by,
                node=where,
                labels=labels,
                status=status_of(containers),
            ),
        )
