"""What a snapshot says a setting is now: the truth for "implemented" and "still in place"."""

from finops.domain.cluster_objects import Autoscaler
from finops.domain.estate import Container, Snapshot, SnapshotPart
from finops.domain.opportunity import Change, Opportunity, Resource, Setting

_CONTAINER_SETTINGS = {
    Setting.CPU_REQUEST: "cpu_request_millicores",
    Setting.CPU_LIMIT: "cpu_limit_millicores",
    Setting.MEMORY_REQUEST: "memory_request_bytes",
    Setting.MEMORY_LIMIT: "memory_limit_bytes",
}
_TARGETS = {Setting.HPA_CPU_TARGET: "cpu", Setting.HPA_MEMORY_TARGET: "memory"}
_PARTS = {
    "Volume": SnapshotPart.VOLUMES,
    "Node": SnapshotPart.NODES,
    "NodeGroup": SnapshotPart.NODE_GROUPS,
}
_OTHERWISE = SnapshotPart.WORKLOADS
_USAGE = {"cpu_request_millicores": "cpu_usage", "memory_request_bytes": "memory_usage"}


class Observation:
    """A snapshot, indexed once: thousands of opportunities are held against it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._volumes = {volume.volume_id for volume in snapshot.volumes}
        self._nodes = {node.name for node in snapshot.nodes}
        self._groups = {group.name: group.desired_size for group in snapshot.node_groups}
        self._workloads: dict[tuple[str, str, str], dict[str, Container]] = {}
        self._autoscalers: dict[tuple[str, str, str], Autoscaler] = {}
        for each in snapshot.workloads:
            containers = self._workloads.setdefault(each.key, {})
            containers |= {container.name: container for container in each.containers}
            if each.autoscaler is not None:
                self._autoscalers[each.key] = each.autoscaler

    def value(self, resource: Resource, setting: Setting) -> int | None:
        """The value of one setting; None when it is not there or cannot be known.

        A volume's PRESENT is 1, or 0 when the snapshot is whole and lacks it; a node group's
        DESIRED_SIZE is its declared size; an HPA target that of the workload's autoscaler in whole
        per cent, None where it has no metric that is a share of the container's request.
        """
        if setting is Setting.PRESENT:
            is_there = resource.name in self._volumes
            return 1 if is_there else None if self.may_hide(resource) else 0
        if setting is Setting.DESIRED_SIZE:
            return self._groups.get(resource.name)
        if setting.is_hpa_target:
            return self._hpa_target(resource, _TARGETS[setting])
        container = self._container(resource)
        value: int | None = getattr(container, _CONTAINER_SETTINGS[setting], None)
        return value

    def is_in_place(self, opportunity: Opportunity) -> bool:
        """Whether every change is what the snapshot shows, or goes further."""
        return all(self._is_reached(opportunity.resource, c) for c in opportunity.changes)

    def is_known(self, resource: Resource) -> bool:
        """Whether the resource is in the snapshot at all."""
        if resource.kind == "Volume":
            return resource.name in self._volumes
        if resource.kind == "NodeGroup":
            return resource.name in self._groups
        if resource.kind == "Node":
            return resource.name in self._nodes
        return (resource.namespace, resource.kind, resource.name) in self._workloads

    def is_gone(self, opportunity: Opportunity) -> bool:
        """Whether the resource is missing from a snapshot that would show it."""
        resource = opportunity.resource
        return not self.is_known(resource) and not self.may_hide(resource)

    def may_hide(self, resource: Resource) -> bool:
        """Whether the resource may exist although the snapshot lacks it.

        An estate without a single workload is likelier an emptied or mistaken repository than a
        company that has stopped; nothing is concluded from it.
        """
        is_emptied = bool(resource.namespace) and not self._workloads
        return is_emptied or self._snapshot.may_hide(_PARTS.get(resource.kind, _OTHERWISE))

    def was_looked_at(self, opportunity: Opportunity) -> bool:
        """Whether a detector could have found the waste in this snapshot."""
        resource = opportunity.resource
        container = self._container(resource)
        if container is None:
            return not resource.container and self.is_known(resource)
        wanted = {_USAGE.get(change.setting.value) for change in opportunity.changes} - {None}
        return all(getattr(container, str(usage)) is not None for usage in wanted)

    def _container(self, resource: Resource) -> Container | None:
        key = (resource.namespace, resource.kind, resource.name)
        return self._workloads.get(key, {}).get(resource.container)

    def _hpa_target(self, resource: Resource, word: str) -> int | None:
        autoscaler = self._autoscalers.get((resource.namespace, resource.kind, resource.name))
        shares = autoscaler.shares_of(word, resource.container) if autoscaler else ()
        return round(shares[0].target) if shares else None

    def _is_reached(self, resource: Resource, change: Change) -> bool:
        value = self.value(resource, change.setting)
        if value is None:
            return False
        is_lower = change.current is None or change.proposed <= change.current
        return value <= change.proposed if is_lower else value >= change.proposed
