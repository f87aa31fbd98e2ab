"""Everything else that pods ask for and nodes offer: GPUs, other devices, local disk.

A node without the device can never take the pod, so a simulation that did not know of it would
promise places that do not exist.
"""

from collections.abc import Mapping

from finops.sources.pod_templates import Problem, is_sidecar, other_amounts_of
from finops.sources.raw_objects import Mapped, at, mapping, mappings


def other_requests(pod: Mapped, problem: Problem) -> Mapping[str, int]:
    """By resource name, with the scheduler's rule for init containers (see `pod_requests`)."""
    spec = mapping(pod.get("spec"))
    running: dict[str, int] = {}
    peak: dict[str, int] = {}
    for init in mappings(spec.get("initContainers")):
        asked = _plus(running, _asked(init, problem))
        peak = {name: max(peak.get(name, 0), asked.get(name, 0)) for name in {*peak, *asked}}
        if is_sidecar(init):
            running = asked
    for container in mappings(spec.get("containers")):
        running = _plus(running, _asked(container, problem))
    names = sorted({*peak, *running})
    return {name: max(peak.get(name, 0), running.get(name, 0)) for name in names}


def _asked(container: Mapped, problem: Problem) -> dict[str, int]:
    """Requests; of a device only the limit must be written, and it is the request."""
    limits = other_amounts_of(at(container, "resources", "limits"), "limits", problem)
    asked = other_amounts_of(at(container, "resources", "requests"), "requests", problem)
    return {name: amount for name, amount in (limits | asked).items() if amount}


def _plus(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {*one, *other}}
