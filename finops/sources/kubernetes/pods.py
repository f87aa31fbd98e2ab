"""Pods that hold room, what holds them in place, and how their containers fared."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from finops.domain.cluster_objects import Pod
from finops.sources.kubernetes.listing import Notes
from finops.sources.kubernetes.objects import Meta, Owner, Scope, meta_of
from finops.sources.kubernetes.other_resources import other_requests
from finops.sources.kubernetes.pod_requests import effective_requests
from finops.sources.kubernetes.workloads import Controller, controller_from
from finops.sources.raw_objects import Mapped, at, mapping, mappings, moment, text, whole

_SAFE_TO_EVICT = "cluster-autoscaler.kubernetes.io/safe-to-evict"
_SAFE_VOLUMES = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes"
_MIRROR = "kubernetes.io/config.mirror"
_KARPENTER = ("karpenter.sh/do-not-disrupt", "karpenter.sh/do-not-evict")


@dataclass(frozen=True, slots=True)
class Fared:
    """One container of one pod since the pod started."""

    container: str
    restarts: int
    was_oom_killed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPod:
    """A pod with what is needed to say whose it is; `as_workload` is set for a bare one."""

    pod: Pod
    owner: Owner | None
    has_priority: bool
    priority_class: str
    fared: tuple[Fared, ...] = ()
    as_workload: Controller | None = None


def read_pod(raw: Mapped, scope: Scope, notes: Notes) -> SeenPod | None:
    """A pod that runs or waits; None for one that has ended and holds no room."""
    phase = text(at(raw, "status", "phase"))
    if phase in ("Succeeded", "Failed"):
        return None
    meta, spec = meta_of(raw), mapping(raw.get("spec"))

    def told(problem: str) -> None:
        notes.add(f"{meta.namespace}/{meta.name}: {problem}")

    room = effective_requests(raw, told)
    priority = spec.get("priority")
    has_priority = isinstance(priority, int) and not isinstance(priority, bool)
    is_bare = meta.owner is None and _MIRROR not in meta.annotations
    pod = Pod(
        namespace=meta.namespace,
        name=meta.name,
        node=text(spec.get("nodeName")),
        workload_kind=meta.owner.kind if meta.owner else "",
        workload_name=meta.owner.name if meta.owner else "",
        cpu_request_millicores=room.cpu,
        memory_request_bytes=room.memory,
        other_requests=other_requests(raw, told),
        qos_class=text(at(raw, "status", "qosClass")),
        priority=priority if isinstance(priority, int) and has_priority else 0,
        phase=phase,
        claims=tuple(_claims(spec, meta.name)),
        blockers=tuple(_blockers(meta, is_bare=is_bare)),
        loses_files=_loses_files(meta, spec),
        labels=meta.labels,
        started_at=_started_at(raw),
    )
    return SeenPod(
        pod=pod,
        owner=meta.owner,
        has_priority=has_priority,
        priority_class=text(spec.get("priorityClassName")),
        fared=tuple(_fared(raw)),
        as_workload=controller_from("Pod", raw, scope, Notes()) if is_bare else None,
    )


def _started_at(raw: Mapped) -> datetime | None:
    return moment(at(raw, "status", "startTime"))


def _claims(spec: Mapped, pod_name: str) -> Iterator[str]:
    """Names of claims; a generic ephemeral volume has one named after pod and volume."""
    for volume in mappings(spec.get("volumes")):
        if named := text(at(volume, "persistentVolumeClaim", "claimName")):
            yield named
        elif "ephemeral" in volume:
            yield f"{pod_name}-{text(volume.get('name'))}"


def _blockers(meta: Meta, *, is_bare: bool) -> Iterator[str]:
    """Why it must not be moved, as far as the pod itself says it."""
    where = f"pod {meta.namespace}/{meta.name}"
    for key in _KARPENTER:
        if meta.annotations.get(key) == "true":
            yield f"{where} is annotated {key}"
    safe = meta.annotations.get(_SAFE_TO_EVICT)
    if safe == "false":
        yield f'{where} is annotated {_SAFE_TO_EVICT}: "false"'
    if is_bare and safe != "true":
        yield f"{where} has no controller that would start it elsewhere"


def _loses_files(meta: Meta, spec: Mapped) -> bool:
    """The cluster autoscaler's rule: an emptyDir on disk, unless the pod declares it safe."""
    if meta.annotations.get(_SAFE_TO_EVICT) == "true":
        return False
    if meta.owner is not None and meta.owner.kind in ("DaemonSet", "Node"):
        return False
    safe = {name.strip() for name in meta.annotations.get(_SAFE_VOLUMES, "").split(",")}
    return any(
        "emptyDir" in volume
        and at(volume, "emptyDir", "medium") != "Memory"
        and volume.get("name") not in safe
        for volume in mappings(spec.get("volumes"))
    )


def _fared(raw: Mapped) -> Iterator[Fared]:
    for key in ("containerStatuses", "initContainerStatuses"):
        for status in mappings(at(raw, "status", key)):
            ends = (at(status, each, "terminated", "reason") for each in ("state", "lastState"))
            yield Fared(
                text(status.get("name")),
                whole(status.get("restartCount")) or 0,
                "OOMKilled" in list(ends),
            )
