"""What pods will ask for once proposals about requests are applied."""

from collections.abc import Iterable

import numpy as np

from finops.domain.changes import Setting
from finops.domain.estate import Container, ContainerRole, Snapshot
from finops.domain.opportunity import Opportunity
from finops.rightsizing.packing.blockers import WorkloadKey, words_for
from finops.rightsizing.packing.model import CPU, MEMORY, Amounts, ClusterModel

_Asked = tuple[int, int]
_CHANGES = {Setting.CPU_REQUEST: CPU, Setting.MEMORY_REQUEST: MEMORY}
_ContainerKey = tuple[WorkloadKey, str]


def requests_after(
    model: ClusterModel, snapshot: Snapshot, opportunities: Iterable[Opportunity]
) -> Amounts:
    """Requests of every pod of the model (P, R) with all these proposals applied.

    A pod changes by the difference of what its workload's containers ask for before and after, by
    the scheduler's rule (the larger of all that run together and the largest init container), so
    that overhead and what a webhook added stay. Never under zero.
    """
    proposed = _proposed(opportunities)
    deltas = {
        workload.key: _delta(workload.key, workload.containers, proposed)
        for workload in snapshot.workloads
        if any(key == workload.key for key, _ in proposed)
    }
    after = model.requests.copy()
    by_words = {words_for(key): delta for key, delta in deltas.items()}
    for number, its in enumerate(model.classes):
        if delta := by_words.get(its.words):
            pods = model.pod_class == number
            after[pods, :2] = np.maximum(0, after[pods, :2] + delta)
    return after


def _proposed(opportunities: Iterable[Opportunity]) -> dict[_ContainerKey, dict[int, int]]:
    """What containers shall ask for, by workload, container name and resource."""
    found: dict[_ContainerKey, dict[int, int]] = {}
    for each in opportunities:
        resource = each.resource
        key = ((resource.namespace, resource.kind, resource.name), resource.container)
        for change in each.changes:
            if change.setting in _CHANGES:
                found.setdefault(key, {})[_CHANGES[change.setting]] = change.number
    return found


def _delta(
    key: WorkloadKey,
    containers: tuple[Container, ...],
    proposed: dict[_ContainerKey, dict[int, int]],
) -> _Asked:
    before = [_asks(each) for each in containers]
    after = [
        _with(asked, proposed.get((key, each.name), {}))
        for asked, each in zip(before, containers, strict=True)
    ]
    roles = [each.role for each in containers]
    had, will_have = _effective(roles, before), _effective(roles, after)
    return will_have[CPU] - had[CPU], will_have[MEMORY] - had[MEMORY]


def _asks(container: Container) -> _Asked:
    return container.cpu_request_millicores or 0, container.memory_request_bytes or 0


def _with(asked: _Asked, proposed: dict[int, int]) -> _Asked:
    return proposed.get(CPU, asked[CPU]), proposed.get(MEMORY, asked[MEMORY])


def _effective(roles: list[ContainerRole], asked: list[_Asked]) -> _Asked:
    """Sidecars count beside every init container: which of them start before it is not known."""
    pairs = list(zip(roles, asked, strict=True))
    sidecars = _summed([a for role, a in pairs if role is ContainerRole.SIDECAR])
    apps = _summed([a for role, a in pairs if role is ContainerRole.APP])
    inits = [a for role, a in pairs if role is ContainerRole.INIT]
    return (
        sidecars[CPU] + max(apps[CPU], *(a[CPU] for a in inits), 0),
        sidecars[MEMORY] + max(apps[MEMORY], *(a[MEMORY] for a in inits), 0),
    )


def _summed(asked: list[_Asked]) -> _Asked:
    return sum(a[CPU] for a in asked), sum(a[MEMORY] for a in asked)
