"""How much room a pod holds, by the scheduler's rule.

Source: Kubernetes, "Pod Lifecycle: resource sharing within containers" and KEP-753 (sidecars):
the larger of (app containers + sidecars) and, for each init container, (it + the sidecars started
before it); plus overhead. KEP-1287 (resize): while a resize is under way a container counts with
the largest of what is asked, allocated and applied; one that is infeasible no longer counts what it
asks. KEP-2837: requests of the pod itself stand in for the sum of its containers.

Worked: app 100m, a sidecar of 50m, then an init container of 400m: max(100 + 50, 50 + 400) = 450m.
"""

from collections.abc import Mapping
from typing import NamedTuple

from finops.sources.pod_templates import Problem, cpu_of, is_sidecar, memory_of
from finops.sources.raw_objects import Mapped, at, mapping, mappings, text


class Room(NamedTuple):
    """CPU in millicores, memory in bytes."""

    cpu: int = 0
    memory: int = 0

    def plus(self, other: "Room") -> "Room":
        """Both together."""
        return Room(self.cpu + other.cpu, self.memory + other.memory)

    def largest(self, *others: "Room") -> "Room":
        """The largest CPU and the largest memory of all."""
        rooms = (self, *others)
        return Room(max(room.cpu for room in rooms), max(room.memory for room in rooms))


def effective_requests(pod: Mapped, problem: Problem) -> Room:
    """The room of a pod; a request that makes no sense counts nothing after `problem` was told."""
    spec = mapping(pod.get("spec"))
    statuses = _statuses(pod)
    ignores_asked = _is_resize_infeasible(pod)

    def room_of(container: Mapped) -> Room:
        asked = _room(at(container, "resources", "requests"), problem)
        status = statuses.get(text(container.get("name")))
        if status is None:
            return asked
        given = _room(at(status, "resources", "requests"), problem).largest(
            _room(status.get("allocatedResources"), problem)
        )
        return given if ignores_asked and given != Room() else asked.largest(given)

    sidecars = peak = Room()
    for init in mappings(spec.get("initContainers")):
        room = sidecars.plus(room_of(init))
        peak = peak.largest(room)
        if is_sidecar(init):
            sidecars = room
    running = sidecars
    for container in mappings(spec.get("containers")):
        running = running.plus(room_of(container))
    whole = _of_the_pod(spec, running.largest(peak), problem)
    return whole.plus(_room(spec.get("overhead"), problem))


def _of_the_pod(spec: Mapped, summed: Room, problem: Problem) -> Room:
    """Requests of the pod itself, where it has any (1.32), else the sum."""
    requests = mapping(at(spec, "resources", "requests"))
    room = _room(requests, problem)
    return Room(
        room.cpu if "cpu" in requests else summed.cpu,
        room.memory if "memory" in requests else summed.memory,
    )


def _room(requests: object, problem: Problem) -> Room:
    if not requests:
        return Room()
    cpu, memory = cpu_of(requests, "requests", problem), memory_of(requests, "requests", problem)
    return Room(cpu or 0, memory or 0)


def _statuses(pod: Mapped) -> Mapping[str, Mapped]:
    """Container statuses by name, of those that say what was given."""
    return {
        text(status.get("name")): status
        for key in ("containerStatuses", "initContainerStatuses")
        for status in mappings(at(pod, "status", key))
        if "allocatedResources" in status or "resources" in status
    }


def _is_resize_infeasible(pod: Mapped) -> bool:
    """1.33 says it in a condition, 1.27 to 1.32 in `status.resize`."""
    if at(pod, "status", "resize") == "Infeasible":
        return True
    return any(
        condition.get("type") == "PodResizePending" and condition.get("reason") == "Infeasible"
        for condition in mappings(at(pod, "status", "conditions"))
    )
