"""Which workload a pod belongs to, from its name alone.

cAdvisor's metrics name the pod, not its controller. Kubernetes builds pod names from the
controller's name and endings drawn from an alphabet without vowels and look-alikes
(`k8s.io/apimachinery/pkg/util/rand`), so a name can be taken apart again. That alphabet is held to
strictly: `web-api-x7k2p` is no pod of a Deployment called `web`, because `api` is no such ending.

    Deployment   name-<template hash>-<5>       DaemonSet, ReplicaSet   name-<5>
    Rollout      name-<template hash>-<5>
    StatefulSet  name-<ordinal>                 Job                     name-<5>, name-<index>-<5>
    Pod          name                           CronJob                 name-<minutes>-<5>
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from finops.domain.estate import Workload

_SAFE = "[bcdfghjklmnpqrstvwxz2456789]"
_SUFFIX = re.compile(rf"{_SAFE}{{5}}")
_HASH = re.compile(rf"{_SAFE}{{5,10}}")
_ORDINAL = re.compile(r"[0-9]{1,6}")
# Minutes since 1970 today, seconds before Kubernetes 1.21.
_SCHEDULED = re.compile(r"[0-9]{8,10}")

_SIMPLE_KINDS = frozenset({"DaemonSet", "ReplicaSet", "ReplicationController", "Job"})
# Kubernetes cuts the part before the random ending so that a pod name has at most 63 characters.
_LONGEST = 63

# A kind and a name.
Owner = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PodOwners:
    """The workloads of one namespace, ready to be asked who owns a pod."""

    kinds_by_name: Mapping[str, frozenset[str]]
    running: frozenset[Owner]

    def owner_of(self, pod: str) -> Owner | None:
        """The workload's kind and name, the longest that fits; None for a pod of something unknown.

        With Deployments `web` and `web-api`, `web-api-7d4b9c6f5-x7k2p` belongs to `web-api`. Of a
        Rollout and the Deployment whose place it has taken, the one with replicas has the pods.
        """
        for name, kinds in _readings(pod):
            if fitting := kinds & self.kinds_by_name.get(name, frozenset()):
                return min(fitting, key=lambda kind: ((kind, name) not in self.running, kind)), name
        return self._owner_of_cut_name(pod) if len(pod) == _LONGEST else None

    def _owner_of_cut_name(self, pod: str) -> Owner | None:
        base = pod[:-5]
        fitting = [
            name
            for name, kinds in self.kinds_by_name.items()
            if kinds - {"StatefulSet", "Pod"} and base.startswith(f"{name}-"[: len(base)])
        ]
        if not fitting or not _SUFFIX.fullmatch(pod[-5:]):
            return None
        name = max(fitting, key=len)
        return min(self.kinds_by_name[name] - {"StatefulSet", "Pod"}), name


def pod_owners(workloads: Iterable[Workload]) -> PodOwners:
    """Index the workloads of one namespace by name."""
    kinds: dict[str, set[str]] = {}
    running = set()
    for workload in workloads:
        kinds.setdefault(workload.name, set()).add(workload.kind)
        if workload.replicas:
            running.add((workload.kind, workload.name))
    return PodOwners({name: frozenset(found) for name, found in kinds.items()}, frozenset(running))


def _readings(pod: str) -> Iterator[tuple[str, frozenset[str]]]:
    """(name, kinds) that this pod name could stand for, longest name first."""
    yield pod, frozenset({"Pod"})
    rest, _, last = pod.rpartition("-")
    if _ORDINAL.fullmatch(last):
        yield rest, frozenset({"StatefulSet"})
    if not _SUFFIX.fullmatch(last):
        return
    yield rest, _SIMPLE_KINDS
    yield from _two_part_readings(rest)


def _two_part_readings(rest: str) -> Iterator[tuple[str, frozenset[str]]]:
    name, _, middle = rest.rpartition("-")
    if _HASH.fullmatch(middle):
        yield name, frozenset({"Deployment", "Rollout"})
    if _SCHEDULED.fullmatch(middle):
        yield name, frozenset({"CronJob"})
    if _ORDINAL.fullmatch(middle):
        yield name, frozenset({"Job"})
        scheduled_name, _, minutes = name.rpartition("-")
        if _SCHEDULED.fullmatch(minutes):
            yield scheduled_name, frozenset({"CronJob"})
