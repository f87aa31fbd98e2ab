"""What a Kubernetes cluster holds besides workloads and nodes: scalers, budgets, policies, pods.

CPU is in millicores, memory in bytes. `None` means not declared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleMetric:
    """One metric of a HorizontalPodAutoscaler.

    `kind` is `Resource`, `ContainerResource`, `Pods`, `Object` or `External`; `name` the resource
    (`cpu`, `memory`) or the metric; `target_type` is `Utilization` (percent of the request),
    `AverageValue` or `Value` (millicores, bytes, or the metric's own unit).
    """

    kind: str
    name: str
    target_type: str
    target: float
    container: str = ""

    def is_share_of(self, resource: str) -> bool:
        """Whether it is a share of that resource's request (`cpu`, `memory`).

        An `AverageValue` is an absolute figure, which no request moves.
        """
        is_of_pods = self.kind in ("Resource", "ContainerResource")
        return is_of_pods and self.name == resource and self.target_type == "Utilization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Autoscaler:
    """A HorizontalPodAutoscaler, of any API version."""

    name: str
    min_replicas: int
    max_replicas: int
    current_replicas: int = 0
    metrics: tuple[ScaleMetric, ...] = ()

    def shares_of(self, resource: str, container: str) -> tuple[ScaleMetric, ...]:
        """Its metrics that are a share of that container's request (`cpu`, `memory`)."""
        return tuple(
            metric
            for metric in self.metrics
            if metric.is_share_of(resource)
            and metric.target > 0
            and (metric.kind == "Resource" or metric.container == container)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class VerticalAutoscaler:
    """A VerticalPodAutoscaler. `mode` is Off, Initial, Recreate, Auto or InPlaceOrRecreate."""

    name: str
    mode: str

    @property
    def sets_requests(self) -> bool:
        """Whether it changes requests itself."""
        return self.mode != "Off"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisruptionBudget:
    """A PodDisruptionBudget that selects a workload's pods.

    `allowed` is `status.disruptionsAllowed`: 0 blocks every drain.
    """

    name: str
    min_available: str = ""
    max_unavailable: str = ""
    allowed: int | None = None


@dataclass(frozen=True, slots=True)
class Toleration:
    """A pod's toleration; empty `key` with `Exists` tolerates everything, empty `effect` each."""

    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""


@dataclass(frozen=True, slots=True)
class Taint:
    """A node's taint; `effect` is NoSchedule, PreferNoSchedule or NoExecute."""

    key: str
    value: str = ""
    effect: str = "NoSchedule"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One expression of a node selector term: In, NotIn, Exists, DoesNotExist, Gt, Lt."""

    key: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopologySpread:
    """One topology spread constraint; `is_hard` for DoNotSchedule."""

    topology_key: str
    max_skew: int
    is_hard: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a workload's pods may run.

    `required_terms` are node affinity terms: one of them must hold, each with all its requirements.
    `apart_on` are topology keys on which required anti-affinity keeps the workload's own pods
    apart; `with_pods` whether a required pod affinity ties it to others.
    """

    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: tuple[Toleration, ...] = ()
    required_terms: tuple[tuple[Requirement, ...], ...] = ()
    apart_on: tuple[str, ...] = ()
    with_pods: bool = False
    spreads: tuple[TopologySpread, ...] = ()
    host_ports: tuple[int, ...] = ()


ANYWHERE = Placement()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod that holds room on a node (or waits for one: `node` is then empty).

    Requests are the pod's effective ones: the larger of its running containers with native sidecars
    and its largest init container, plus overhead. `workload_kind` and `workload_name` are the top
    controller's; both empty for a bare pod. `blockers` are the sentences why it must not be moved.
    `loses_files` where moving it loses the files of a local volume: the cluster autoscaler leaves
    its node alone then, Karpenter and scaling groups do not. `other_requests` are devices (GPUs)
    and local storage by resource name.
    """

    namespace: str
    name: str
    node: str
    workload_kind: str = ""
    workload_name: str = ""
    cpu_request_millicores: int = 0
    memory_request_bytes: int = 0
    qos_class: str = ""
    priority: int = 0
    phase: str = ""
    claims: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    loses_files: bool = False
    other_requests: Mapping[str, int] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    started_at: datetime | None = None

    @property
    def is_daemon(self) -> bool:
        """Whether a DaemonSet runs it: it leaves with its node and needs no other place."""
        return self.workload_kind == "DaemonSet"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerBounds:
    """What a namespace's LimitRanges allow one container; `None` where they say nothing."""

    min_cpu_millicores: int | None = None
    max_cpu_millicores: int | None = None
    min_memory_bytes: int | None = None
    max_memory_bytes: int | None = None
    default_cpu_request_millicores: int | None = None
    default_memory_request_bytes: int | None = None
    max_limit_request_ratio_cpu: float | None = None
    max_limit_request_ratio_memory: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """A ResourceQuota: hard limits and what is used, by resource name (`requests.cpu`).

    CPU figures in millicores, memory and storage in bytes, counts as they are.
    """

    name: str
    hard: Mapping[str, int] = field(default_factory=dict)
    used: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespacePolicy:
    """What a namespace allows: its bounds and quotas, with its labels and annotations as tags."""

    namespace: str
    bounds: ContainerBounds = field(default_factory=ContainerBounds)
    quotas: tuple[Quota, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A PersistentVolumeClaim and the volume behind it.

    `volume_handle` is the cloud's id (`vol-…`) where the CSI driver says it; `used_by` the pods
    that mount it. A released or unclaimed volume has an empty `namespace` and `name`.
    """

    namespace: str
    name: str
    phase: str
    storage_class: str = ""
    size_bytes: int = 0
    volume_name: str = ""
    volume_handle: str = ""
    zone: str = ""
    reclaim_policy: str = ""
    used_by: tuple[str, ...] = ()
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A Service; `balancer` is the host name of its cloud load balancer, empty without one.

    `endpoints` counts the ready pods that its selector matches; None for one without selector.
    """

    namespace: str
    name: str
    type: str
    balancer: str = ""
    endpoints: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
