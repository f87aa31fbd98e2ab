"""What a snapshot says a setting is now: the truth for "implemented" and "still in place"."""

from finops.domain.estate import Snapshot
from finops.domain.opportunity import Change, Opportunity, Resource, Setting

_CONTAINER_SETTINGS = {
    Setting.CPU_REQUEST: "cpu_request_millicores",
    Setting.CPU_LIMIT: "cpu_limit_millicores",
    Setting.MEMORY_REQUEST: "memory_request_bytes",
    Setting.MEMORY_LIMIT: "memory_limit_bytes",
}


def observed(snapshot: Snapshot, resource: Resource, setting: Setting) -> int | None:
    """The value of one setting in the snapshot; None when it is not there or cannot be known.

    A volume's PRESENT is 1, or 0 when the snapshot is whole and lacks it; a node group's
    DESIRED_SIZE is its declared size.
    """
    if setting is Setting.PRESENT:
        is_there = any(volume.volume_id == resource.name for volume in snapshot.volumes)
        return 1 if is_there else None if snapshot.may_hide_resources else 0
    if setting is Setting.DESIRED_SIZE:
        sizes = [g.desired_size for g in snapshot.node_groups if g.name == resource.name]
        return sizes[0] if sizes else None
    return _container_value(snapshot, resource, setting)


def is_in_place(snapshot: Snapshot, opportunity: Opportunity) -> bool:
    """Whether every change of the opportunity is what the snapshot shows, or goes further."""
    return all(_is_reached(snapshot, opportunity.resource, c) for c in opportunity.changes)


def is_known(snapshot: Snapshot, resource: Resource) -> bool:
    """Whether the resource is in the snapshot at all."""
    if resource.kind == "Volume":
        return any(volume.volume_id == resource.name for volume in snapshot.volumes)
    if resource.kind == "NodeGroup":
        return any(group.name == resource.name for group in snapshot.node_groups)
    if resource.kind == "Node":
        return any(node.name == resource.name for node in snapshot.nodes)
    return any(
        (w.namespace, w.kind, w.name) == (resource.namespace, resource.kind, resource.name)
        for w in snapshot.workloads
    )


def _is_reached(snapshot: Snapshot, resource: Resource, change: Change) -> bool:
    value = observed(snapshot, resource, change.setting)
    if value is None:
        return False
    is_lower = change.current is None or change.proposed <= change.current
    return value <= change.proposed if is_lower else value >= change.proposed


def _container_value(snapshot: Snapshot, resource: Resource, setting: Setting) -> int | None:
    for workload in snapshot.workloads:
        if (workload.namespace, workload.kind, workload.name) != (
            resource.namespace,
            resource.kind,
            resource.name,
        ):
            continue
        for container in workload.containers:
            if container.name == resource.container:
                value: int | None = getattr(container, _CONTAINER_SETTINGS[setting])
                return value
    return None
