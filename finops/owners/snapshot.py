"""Applies the rules to everything in a snapshot."""

from collections.abc import Mapping
from dataclasses import replace

from finops.domain.cloud import CloudResource
from finops.domain.cluster_objects import Pod
from finops.domain.estate import Node, Snapshot, Volume, Workload
from finops.owners.finder import OwnerFinder, Subject

# Set by the CSI driver on the volumes it makes.
_CLAIM_NAMESPACE_TAG = "kubernetes.io/created-for/pvc/namespace"
_NOTHING: Mapping[str, str] = {}


def with_owners(snapshot: Snapshot, finder: OwnerFinder) -> Snapshot:
    """The snapshot with `team` and `owner_rule` on workloads, nodes, volumes, cloud resources."""
    pods = _a_pod_of_each(snapshot.pods)
    claimed = {c.volume_handle: c.namespace for c in snapshot.claims if c.volume_handle}
    return replace(
        snapshot,
        workloads=tuple(_workload(each, pods, finder) for each in snapshot.workloads),
        nodes=tuple(_node(each, finder) for each in snapshot.nodes),
        volumes=tuple(_volume(each, snapshot, claimed, finder) for each in snapshot.volumes),
        cloud_resources=tuple(_resource(r, snapshot, finder) for r in snapshot.cloud_resources),
    )


def _a_pod_of_each(pods: tuple[Pod, ...]) -> dict[tuple[str, str, str], Mapping[str, str]]:
    """The labels of one pod of each workload, for sources that read no pod template."""
    return {
        (pod.namespace, pod.workload_kind, pod.workload_name): pod.labels
        for pod in reversed(pods)
        if pod.labels
    }


def _workload(
    workload: Workload,
    pods: Mapping[tuple[str, str, str], Mapping[str, str]],
    finder: OwnerFinder,
) -> Workload:
    owner = finder.owner_of(
        Subject(
            key=f"{workload.cluster}/{workload.namespace}/{workload.kind}/{workload.name}",
            kind=workload.kind,
            name=workload.name,
            cluster=workload.cluster,
            namespace=workload.namespace,
            labels=workload.tags,
            pod_labels=workload.pod_labels or pods.get(workload.key, _NOTHING),
            team=workload.team,
            path=workload.source_path,
        )
    )
    return replace(workload, team=owner.team, owner_rule=owner.rule)


def _node(node: Node, finder: OwnerFinder) -> Node:
    """A node of a group is assigned with its group: nobody owns one of equal machines."""
    kind, name = ("NodeGroup", node.node_group) if node.node_group else ("Node", node.name)
    owner = finder.owner_of(
        Subject(
            key=f"{node.cluster}/{kind}/{name}",
            kind="Node",
            name=node.name,
            cluster=node.cluster,
            labels=node.labels or None,
            tags=node.tags,
            team=node.team,
        )
    )
    return replace(node, team=owner.team, owner_rule=owner.rule)


def _volume(
    volume: Volume, snapshot: Snapshot, claimed: Mapping[str, str], finder: OwnerFinder
) -> Volume:
    cluster = volume.cluster or snapshot.cluster
    namespace = claimed.get(volume.volume_id) or volume.tags.get(_CLAIM_NAMESPACE_TAG, "")
    owner = finder.owner_of(
        Subject(
            key=f"{cluster}/Volume/{volume.volume_id}",
            kind="Volume",
            name=volume.name,
            cluster=cluster,
            namespace=namespace,
            tags=volume.tags,
            team=volume.team,
        )
    )
    return replace(volume, team=owner.team, owner_rule=owner.rule)


def _resource(resource: CloudResource, snapshot: Snapshot, finder: OwnerFinder) -> CloudResource:
    owner = finder.owner_of(
        Subject(
            key=f"{snapshot.cluster}/{resource.kind}/{resource.resource_id}",
            kind=resource.kind,
            name=resource.name,
            cluster=snapshot.cluster,
            tags=resource.tags,
            team=resource.team,
        )
    )
    return replace(resource, team=owner.team, owner_rule=owner.rule)
