"""Nodes with what their labels say of type, place, price class and group; Karpenter's pools."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from finops.domain.errors import InvalidInput
from finops.domain.estate import Node, NodeGroup
from finops.sources.kubernetes.listing import Notes
from finops.sources.kubernetes.objects import Meta, Scope, meta_of
from finops.sources.kubernetes.placements import taint_from
from finops.sources.pod_templates import cpu_of, memory_of, other_amounts_of, refuse
from finops.sources.raw_objects import Mapped, at, mapping, mappings, text, whole

_GROUPS = (
    "eks.amazonaws.com/nodegroup",
    "karpenter.sh/nodepool",
    "karpenter.sh/provisioner-name",
    "alpha.eksctl.io/nodegroup-name",
    "node.kubernetes.io/nodegroup",
    "node.kubernetes.io/node-group",
    "kops.k8s.io/instancegroup",
    "cloud.google.com/gke-nodepool",
    "kubernetes.azure.com/agentpool",
    "agentpool",
)
KARPENTER_GROUPS = ("karpenter.sh/nodepool", "karpenter.sh/provisioner-name")
_TYPES = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
_REGIONS = ("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region")
_ZONES = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
_ARCHITECTURES = ("kubernetes.io/arch", "beta.kubernetes.io/arch")
_CONTROL_PLANE = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")
_CAPACITY = (
    "eks.amazonaws.com/capacityType",
    "karpenter.sh/capacity-type",
    "cloud.google.com/gke-provisioning",
    "kubernetes.azure.com/scalesetpriority",
    "node.kubernetes.io/lifecycle",
)
_CAPACITY_WORDS = {
    "on-demand": "on-demand",
    "on_demand": "on-demand",
    "standard": "on-demand",
    "regular": "on-demand",
    "normal": "on-demand",
    "spot": "spot",
    "ec2spot": "spot",
    "preemptible": "spot",
    "reserved": "reserved",
    "capacity_block": "reserved",
}
_SPOT_FLAGS = ("cloud.google.com/gke-spot", "cloud.google.com/gke-preemptible")


@dataclass(frozen=True, slots=True)
class Pool:
    """A Karpenter NodePool (or Provisioner); `most_nodes` is its limit where it has one."""

    name: str
    most_nodes: int | None


def read_node(raw: Mapped, scope: Scope, notes: Notes) -> Node:
    """A node as it stands, still without its pods. Raises InvalidInput without a capacity."""
    meta, status = meta_of(raw, is_namespaced=False), mapping(raw.get("status"))
    cpu = cpu_of(status.get("capacity"), "status.capacity", refuse)
    memory = memory_of(status.get("capacity"), "status.capacity", refuse)
    if not cpu or not memory:
        raise InvalidInput("status.capacity: says neither CPU nor memory, or one of them")

    def told(problem: str) -> None:
        notes.add(f"{meta.name}: {problem}")

    allocatable = status.get("allocatable")
    most_pods = at(status, "allocatable", "pods") or at(status, "capacity", "pods")
    labels = meta.labels
    return Node(
        cluster=scope.cluster,
        name=meta.name,
        instance_type=_first(labels, _TYPES),
        cpu_millicores=cpu,
        memory_bytes=memory,
        instance_id=text(at(raw, "spec", "providerID")).rpartition("/")[2],
        node_group=_first(labels, _GROUPS),
        blockers=tuple(_blockers(meta)),
        # Labels without a prefix are people's own; the others belong to Kubernetes and vendors.
        tags={key: value for key, value in labels.items() if "/" not in key},
        allocatable_cpu_millicores=cpu_of(allocatable, "status.allocatable", told),
        allocatable_memory_bytes=memory_of(allocatable, "status.allocatable", told),
        max_pods=_count(most_pods),
        allocatable_others=other_amounts_of(allocatable, "status.allocatable", told),
        region=_first(labels, _REGIONS),
        zone=_first(labels, _ZONES),
        architecture=_first(labels, _ARCHITECTURES) or text(at(status, "nodeInfo", "architecture")),
        capacity_type=_capacity_type(labels),
        is_schedulable=at(raw, "spec", "unschedulable") is not True,
        labels=labels,
        taints=tuple(taint_from(each) for each in mappings(at(raw, "spec", "taints"))),
        created_at=meta.created_at,
    )


def read_pool(raw: Mapped, scope: Scope, notes: Notes) -> Pool:
    """A Karpenter pool; only static ones limit the number of nodes."""
    limit = at(raw, "spec", "limits", "nodes")
    return Pool(meta_of(raw, is_namespaced=False).name, _count(limit))


def groups_of(pools: Iterable[Pool], nodes: Sequence[Node], cluster: str) -> tuple[NodeGroup, ...]:
    """Karpenter's pools as groups. They have no declared size: what was seen is the size."""
    sizes: dict[str, int] = {}
    for node in nodes:
        if is_karpenters(node):
            sizes[node.node_group] = sizes.get(node.node_group, 0) + 1
    return tuple(
        NodeGroup(
            cluster=cluster,
            name=pool.name,
            desired_size=sizes.get(pool.name, 0),
            min_size=0,
            max_size=max(pool.most_nodes or 0, sizes.get(pool.name, 0)),
            manager="karpenter",
        )
        for pool in {pool.name: pool for pool in pools}.values()
    )


def is_karpenters(node: Node) -> bool:
    """Whether Karpenter made the node and takes it away by itself."""
    return any(key in node.labels for key in KARPENTER_GROUPS)


def _first(labels: Mapping[str, str], keys: Sequence[str]) -> str:
    return next((labels[key] for key in keys if labels.get(key)), "")


def _count(raw: object) -> int | None:
    if isinstance(raw, str) and raw.isascii() and raw.isdigit() and len(raw) < 7:
        return int(raw)
    return whole(raw)


def _capacity_type(labels: Mapping[str, str]) -> str:
    if any(labels.get(key) == "true" for key in _SPOT_FLAGS):
        return "spot"
    return _CAPACITY_WORDS.get(_first(labels, _CAPACITY).lower(), "")


def _blockers(meta: Meta) -> Iterator[str]:
    if any(key in meta.labels for key in _CONTROL_PLANE):
        yield "it runs the control plane"
    if meta.annotations.get("cluster-autoscaler.kubernetes.io/scale-down-disabled") == "true":
        yield "it is annotated cluster-autoscaler.kubernetes.io/scale-down-disabled"
    if meta.annotations.get("karpenter.sh/do-not-disrupt") == "true":
        yield "it is annotated karpenter.sh/do-not-disrupt"
