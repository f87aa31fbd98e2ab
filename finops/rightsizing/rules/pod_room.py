"""What a smaller request really frees: the pod's effective request before and after.

A pod holds the larger of its running containers (apps and sidecars together) and, for each init
container, that one and the sidecars started before it. Where an init container sets the figure, a
smaller app frees less than it gives up, or nothing.

Source: Kubernetes, "Init Containers: resource sharing" and KEP-753 (sidecars).

Worked: apps 600m and 400m, an init container of 700m: max(1000, 700) = 1000m. The first falls to
300m: max(700, 700) = 700m, 300m freed. The second falls to 100m as well: still 700m, nothing more.
"""

from collections.abc import Mapping, Sequence

from finops.domain.estate import Container, ContainerRole
from finops.rightsizing.rules.measure import Measure


def effective_request(
    containers: Sequence[Container], measure: Measure, changed: Mapping[str, int]
) -> int:
    """The pod's effective request; `changed` maps container names to requests other than now."""
    running = peak = 0
    sidecars = 0
    for container in containers:
        asked = changed.get(container.name, measure.request_of(container) or 0)
        if container.role is ContainerRole.INIT:
            peak = max(peak, sidecars + asked)
            continue
        running += asked
        if container.role is ContainerRole.SIDECAR:
            sidecars += asked
    return max(running, peak)


def largest_init(containers: Sequence[Container], measure: Measure) -> str:
    """The init container that asks for most; empty without one."""
    inits = [each for each in containers if each.role is ContainerRole.INIT]
    return max(inits, key=lambda each: measure.request_of(each) or 0).name if inits else ""
