"""Which reader understands which resource."""

from collections.abc import Callable, Mapping
from functools import partial

from finops.sources.kubernetes.listing import Notes, Read
from finops.sources.kubernetes.nodes import read_node, read_pool
from finops.sources.kubernetes.objects import Scope
from finops.sources.kubernetes.pods import read_pod
from finops.sources.kubernetes.policies import (
    read_limit_range,
    read_namespace,
    read_priority_class,
    read_quota,
)
from finops.sources.kubernetes.resources import Resource
from finops.sources.kubernetes.scalers import read_autoscaler, read_budget, read_vertical_autoscaler
from finops.sources.kubernetes.services import read_endpoints, read_service, read_slice
from finops.sources.kubernetes.storage import read_claim, read_volume
from finops.sources.kubernetes.workloads import controller_from, read_job, read_replica_set
from finops.sources.raw_objects import Mapped

_READERS: Mapping[str, Callable[[Mapped, Scope, Notes], object]] = {
    "Pod": read_pod,
    "ReplicaSet": read_replica_set,
    "Job": read_job,
    "Node": read_node,
    "HorizontalPodAutoscaler": read_autoscaler,
    "VerticalPodAutoscaler": read_vertical_autoscaler,
    "PodDisruptionBudget": read_budget,
    "LimitRange": read_limit_range,
    "ResourceQuota": read_quota,
    "PriorityClass": read_priority_class,
    "Namespace": read_namespace,
    "NodePool": read_pool,
    "Provisioner": read_pool,
    "PersistentVolumeClaim": read_claim,
    "PersistentVolume": read_volume,
    "Service": read_service,
    "EndpointSlice": read_slice,
    "Endpoints": read_endpoints,
    **{
        kind: partial(controller_from, kind)
        for kind in (
            "Deployment",
            "StatefulSet",
            "DaemonSet",
            "ReplicationController",
            "CronJob",
            "Rollout",
        )
    },
}


def reader_of(resource: Resource, scope: Scope) -> Read:
    """The reader of a resource's objects, in one version of it."""
    read = _READERS[resource.kind]
    return lambda raw, notes: read(raw, scope, notes)
