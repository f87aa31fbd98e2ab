"""What a snapshot says a setting is now: the truth for "implemented" and "still in place"."""

from collections.abc import Callable, Mapping

from finops.domain.changes import Change, Setting
from finops.domain.cloud import CloudKind, CloudResource
from finops.domain.cluster_objects import Autoscaler
from finops.domain.estate import Container, NodeGroup, Snapshot, SnapshotPart, Volume
from finops.domain.heaps import heap_in
from finops.domain.opportunity import Opportunity, Resource

_CONTAINER_SETTINGS = {
    Setting.CPU_REQUEST: "cpu_request_millicores",
    Setting.CPU_LIMIT: "cpu_limit_millicores",
    Setting.MEMORY_REQUEST: "memory_request_bytes",
    Setting.MEMORY_LIMIT: "memory_limit_bytes",
}
_GROUP_SETTINGS: Mapping[Setting, Callable[[NodeGroup], int | str]] = {
    Setting.DESIRED_SIZE: lambda group: group.desired_size,
    Setting.MIN_SIZE: lambda group: group.min_size,
    Setting.MAX_SIZE: lambda group: group.max_size,
    Setting.INSTANCE_TYPE: lambda group: group.instance_type,
}
_VOLUME_SETTINGS: Mapping[Setting, Callable[[Volume], int | str]] = {
    Setting.PRESENT: lambda _: 1,
    Setting.VOLUME_TYPE: lambda volume: volume.volume_type,
    Setting.VOLUME_SIZE_GIB: lambda volume: volume.size_gib,
    Setting.VOLUME_IOPS: lambda volume: volume.iops,
    Setting.VOLUME_THROUGHPUT: lambda volume: volume.throughput_mib_per_second,
}
_TARGETS = {Setting.HPA_CPU_TARGET: "cpu", Setting.HPA_MEMORY_TARGET: "memory"}
# The other settings are attributes of cloud resources by their own name.
_ATTRIBUTES = {Setting.STORAGE_SIZE_GIB: "storage_gib"}
_CLOUD_KINDS = frozenset(CloudKind) - {CloudKind.VOLUME, CloudKind.NODE_GROUP}
_PARTS = {
    "Volume": SnapshotPart.VOLUMES,
    "Node": SnapshotPart.NODES,
    "NodeGroup": SnapshotPart.NODE_GROUPS,
} | {kind.value: SnapshotPart.CLOUD_RESOURCES for kind in _CLOUD_KINDS}
_OTHERWISE = SnapshotPart.WORKLOADS
_USAGE = {"cpu_request_millicores": "cpu_usage", "memory_request_bytes": "memory_usage"}


class Observation:
    """A snapshot, indexed once: thousands of opportunities are held against it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._volumes = {volume.volume_id: volume for volume in snapshot.volumes}
        self._nodes = {node.name for node in snapshot.nodes}
        self._groups = {group.name: group for group in snapshot.node_groups}
        self._cloud = {(each.kind, each.resource_id): each for each in snapshot.cloud_resources}
        self._workloads: dict[tuple[str, str, str], dict[str, Container]] = {}
        self._autoscalers: dict[tuple[str, str, str], Autoscaler] = {}
        for each in snapshot.workloads:
            containers = self._workloads.setdefault(each.key, {})
            containers |= {container.name: container for container in each.containers}
            if each.autoscaler is not None:
                self._autoscalers[each.key] = each.autoscaler

    def value(self, resource: Resource, setting: Setting) -> int | str | None:
        """The value of one setting; None when it is not there or cannot be known.

        PRESENT is 1, or 0 when the snapshot is whole and lacks the resource; a node group's
        DESIRED_SIZE is its declared size; an HPA target that of the workload's autoscaler in whole
        per cent, None where it has no metric that is a share of the container's request.
        """
        if setting is Setting.PRESENT and not self.is_known(resource):
            return None if self.may_hide(resource) else 0
        if resource.kind == "NodeGroup":
            group, ask = self._groups.get(resource.name), _GROUP_SETTINGS.get(setting)
            return ask(group) if group and ask else None
        if resource.kind == "Volume":
            volume, read = self._volumes.get(resource.name), _VOLUME_SETTINGS.get(setting)
            return read(volume) if volume and read else None
        if resource.kind in _CLOUD_KINDS:
            found = self._cloud.get((CloudKind(resource.kind), resource.name))
            return _attribute(found, setting) if found else None
        return self._of_workload(resource, setting)

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
        if resource.kind in _CLOUD_KINDS:
            return (CloudKind(resource.kind), resource.name) in self._cloud
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

    def _of_workload(self, resource: Resource, setting: Setting) -> int | None:
        if setting.is_hpa_target:
            return self._hpa_target(resource, _TARGETS[setting])
        container = self._container(resource)
        if setting is Setting.HEAP:
            return heap_in(" ".join(container.runtime_hints)) if container else None
        value: int | None = getattr(container, _CONTAINER_SETTINGS.get(setting, ""), None)
        return value

    def _container(self, resource: Resource) -> Container | None:
        key = (resource.namespace, resource.kind, resource.name)
        return self._workloads.get(key, {}).get(resource.container)

    def _hpa_target(self, resource: Resource, word: str) -> int | None:
        autoscaler = self._autoscalers.get((resource.namespace, resource.kind, resource.name))
        shares = autoscaler.shares_of(word, resource.container) if autoscaler else ()
        return round(shares[0].target) if shares else None

    def _is_reached(self, resource: Resource, change: Change) -> bool:
        value = self.value(resource, change.setting)
        if value is None or change.setting.is_text:
            return value is not None and value == change.proposed
        number, current = Change(change.setting, None, value).number, change.current_number
        is_lower = current is None or change.number <= current
        return number <= change.number if is_lower else number >= change.number


def _attribute(resource: CloudResource, setting: Setting) -> int | str | None:
    if setting is Setting.PRESENT:
        return 1
    value = resource.attributes.get(_ATTRIBUTES.get(setting, setting.value))
    return value if isinstance(value, str if setting.is_text else int) else None
