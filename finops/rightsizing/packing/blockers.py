"""What keeps a node from leaving, whatever room there is elsewhere."""

from collections.abc import Iterator, Mapping, Sequence

from finops.domain.cluster_objects import Pod
from finops.domain.estate import Node, Workload

WorkloadKey = tuple[str, str, str]


def key_of(pod: Pod) -> WorkloadKey:
    """(namespace, kind, name) of the pod's top controller; a bare pod is its own workload."""
    return (pod.namespace, pod.workload_kind or "Pod", pod.workload_name or pod.name)


def words_for(key: WorkloadKey) -> str:
    """`Deployment shop/cart`: how a workload is called, unique in its cluster."""
    namespace, kind, name = key
    return f"{kind} {namespace}/{name}"


def node_blockers(
    node: Node, pods: Sequence[Pod], workloads: Mapping[WorkloadKey, Workload]
) -> tuple[str, ...]:
    """Every sentence once: the node's own, then its pods'."""
    found = [*node.blockers]
    if node.labels.get("eks.amazonaws.com/compute-type") == "fargate":
        found.append("it is a Fargate machine: it is made for one pod and leaves with it")
    for pod in pods:
        found += pod_blockers(pod, workloads.get(key_of(pod)))
    return tuple(dict.fromkeys(found))


def pod_blockers(pod: Pod, workload: Workload | None) -> Iterator[str]:
    """Why the pod must not be moved: its own sentences, its budget, what cannot be simulated."""
    yield from pod.blockers
    if pod.is_daemon or is_static(pod):
        return
    where = f"pod {pod.namespace}/{pod.name}"
    if workload is None:
        made_by = f"{pod.workload_kind} {pod.workload_name}".strip() or "no controller"
        yield f"where {where} may run is unknown: what made it ({made_by}) was not read"
        return
    budget = workload.disruption_budget
    if budget is not None and budget.allowed == 0:
        yield f"PodDisruptionBudget {pod.namespace}/{budget.name} allows no disruption now"
    if workload.placement.with_pods:
        yield f"{where} must stand beside other pods (required pod affinity)"


def is_static(pod: Pod) -> bool:
    """Whether the kubelet runs it from a file: like a DaemonSet's, it ends with its node."""
    return pod.workload_kind == "Node"
