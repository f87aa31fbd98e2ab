"""Controllers: Deployments and their kin, CronJobs, Jobs, Rollouts, and what made a pod."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from finops.domain.estate import Workload
from finops.sources.kubernetes.listing import Notes
from finops.sources.kubernetes.objects import Owner, Place, Scope, meta_of, tags_in
from finops.sources.kubernetes.placements import placement_of
from finops.sources.manifest_workloads import MAX_REPLICAS
from finops.sources.pod_templates import pod_spec_of, read_containers, template_path
from finops.sources.raw_objects import Mapped, at, mapping, mappings, text, texts, whole


@dataclass(frozen=True, slots=True)
class Controller:
    """A workload as its own object declares it.

    `template_of` is the Deployment (or other kind) from which a Rollout takes its pod template.
    """

    workload: Workload
    pod_labels: Mapping[str, str]
    template_of: Owner | None = None


@dataclass(frozen=True, slots=True)
class MadeBy:
    """A ReplicaSet or a Job that another controller made: a step from its pods to the top."""

    kind: str
    place: Place
    owner: Owner


def read_replica_set(raw: Mapped, scope: Scope, notes: Notes) -> Controller | MadeBy:
    """A workload of its own only when nobody made it."""
    meta = meta_of(raw)
    if meta.owner is not None:
        return MadeBy("ReplicaSet", meta.place, meta.owner)
    return controller_from("ReplicaSet", raw, scope, notes)


def read_job(raw: Mapped, scope: Scope, notes: Notes) -> Controller | MadeBy:
    """A CronJob's run, or a workload of its own."""
    meta = meta_of(raw)
    if meta.owner is not None and meta.owner.kind == "CronJob":
        return MadeBy("Job", meta.place, meta.owner)
    return controller_from("Job", raw, scope, notes)


def controller_from(kind: str, raw: Mapped, scope: Scope, notes: Notes) -> Controller:
    """The workload of an object. Raises InvalidInput for containers without proper names."""
    meta = meta_of(raw)
    where = f"{meta.namespace}/{meta.name}: "
    spec = pod_spec_of(raw, kind)
    pod_labels = texts(at(raw, *template_path(kind), "metadata", "labels"))
    place = ".".join((*template_path(kind), "spec"))
    workload = Workload(
        cluster=scope.cluster,
        namespace=meta.namespace,
        kind=kind,
        name=meta.name,
        replicas=_REPLICAS.get(kind, _declared_replicas)(raw),
        containers=read_containers(spec, place, lambda problem: notes.add(where + problem)),
        tags=tags_in(meta, scope),
        pod_labels=pod_labels,
        placement=placement_of(spec, pod_labels),
        priority_class=text(spec.get("priorityClassName")),
        schedule=text(at(raw, "spec", "schedule"))[:100] if kind == "CronJob" else "",
    )
    return Controller(workload, pod_labels, _template_of(raw) if kind == "Rollout" else None)


def _template_of(rollout: Mapped) -> Owner | None:
    reference = mapping(at(rollout, "spec", "workloadRef"))
    owner = Owner(text(reference.get("kind")), text(reference.get("name")))
    return owner if owner.kind and owner.name else None


def _declared_replicas(raw: Mapped) -> int:
    """`spec.replicas`, else what the controller has, else 1 (the API's default)."""
    for found in (at(raw, "spec", "replicas"), at(raw, "status", "replicas")):
        count = whole(found, most=MAX_REPLICAS)
        if count is not None:
            return count
    return 1


def _daemon_replicas(raw: Mapped) -> int:
    return whole(at(raw, "status", "desiredNumberScheduled"), most=MAX_REPLICAS) or 0


def _job_replicas(raw: Mapped) -> int:
    """How many pods run at once; none when it has ended or is suspended."""
    ended = any(
        condition.get("type") in ("Complete", "Failed") and condition.get("status") == "True"
        for condition in mappings(at(raw, "status", "conditions"))
    )
    if ended or at(raw, "spec", "suspend") is True:
        return 0
    parallelism = whole(at(raw, "spec", "parallelism"), most=MAX_REPLICAS)
    return 1 if parallelism is None else parallelism


def _cron_replicas(raw: Mapped) -> int:
    """A run has the parallelism of its job; a suspended schedule has no runs."""
    return _job_replicas(
        {
            "spec": {
                "suspend": at(raw, "spec", "suspend"),
                "parallelism": at(raw, "spec", "jobTemplate", "spec", "parallelism"),
            }
        }
    )


_REPLICAS: Mapping[str, Callable[[Mapped], int]] = {
    "DaemonSet": _daemon_replicas,
    "Job": _job_replicas,
    "CronJob": _cron_replicas,
    "Pod": lambda _: 1,
}
