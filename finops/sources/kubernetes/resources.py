"""What is listed, one line each: the only place that names an API group, and what RBAC must allow.

`deploy/kubernetes-rbac.yaml` grants exactly these; a test compares the two.
"""

from dataclasses import dataclass

from finops.domain.estate import SnapshotPart

# Read-only: `list` is what is asked; `get` costs nothing more and lets a person look at one.
VERBS = ("get", "list")

_WORKLOADS = frozenset({SnapshotPart.WORKLOADS})
_NODES = frozenset({SnapshotPart.NODES})
_NODE_GROUPS = frozenset({SnapshotPart.NODE_GROUPS})
_VOLUMES = frozenset({SnapshotPart.VOLUMES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource of the API, with the versions that are understood, newest first.

    `hides` are the parts of a snapshot in which things are missing when it cannot be listed; a
    volume whose claim or whose claim's user is unknown looks like nobody's, so that hides volumes.
    `is_optional` where a sound cluster may not serve it at all (an add-on).
    """

    group: str
    plural: str
    kind: str
    versions: tuple[str, ...] = ("v1",)
    hides: frozenset[SnapshotPart] = frozenset()
    is_optional: bool = False

    @property
    def name(self) -> str:
        """`pods`, `deployments.apps`: as kubectl and RBAC write it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def path(self, version: str) -> str:
        """Where the list over all namespaces stands."""
        start = f"/apis/{self.group}/{version}" if self.group else f"/api/{version}"
        return f"{start}/{self.plural}"


PODS = Resource(group="", plural="pods", kind="Pod", hides=_WORKLOADS | _VOLUMES)
AUTOSCALERS = Resource(
    group="autoscaling",
    plural="horizontalpodautoscalers",
    kind="HorizontalPodAutoscaler",
    versions=("v2", "v2beta2", "v2beta1", "v1"),
)
ENDPOINTS = Resource(group="", plural="endpoints", kind="Endpoints")
ENDPOINT_SLICES = Resource(
    group="discovery.k8s.io",
    plural="endpointslices",
    kind="EndpointSlice",
    versions=("v1", "v1beta1"),
)
POD_METRICS = Resource(
    group="metrics.k8s.io",
    plural="pods",
    kind="PodMetrics",
    versions=("v1", "v1beta1"),
    is_optional=True,
)

# The slow ones first, so that none of them is alone at the end.
LISTED: tuple[Resource, ...] = (
    PODS,
    Resource(group="apps", plural="replicasets", kind="ReplicaSet", hides=_WORKLOADS),
    Resource(group="apps", plural="deployments", kind="Deployment", hides=_WORKLOADS),
    Resource(group="batch", plural="jobs", kind="Job", hides=_WORKLOADS),
    Resource(group="", plural="nodes", kind="Node", hides=_NODES),
    Resource(group="apps", plural="statefulsets", kind="StatefulSet", hides=_WORKLOADS),
    Resource(group="apps", plural="daemonsets", kind="DaemonSet", hides=_WORKLOADS),
    Resource(
        group="batch",
        plural="cronjobs",
        kind="CronJob",
        versions=("v1", "v1beta1"),
        hides=_WORKLOADS,
    ),
    Resource(
        group="",
        plural="replicationcontrollers",
        kind="ReplicationController",
        hides=_WORKLOADS,
    ),
    Resource(
        group="argoproj.io",
        plural="rollouts",
        kind="Rollout",
        versions=("v1alpha1",),
        hides=_WORKLOADS,
        is_optional=True,
    ),
    AUTOSCALERS,
    Resource(
        group="autoscaling.k8s.io",
        plural="verticalpodautoscalers",
        kind="VerticalPodAutoscaler",
        versions=("v1", "v1beta2"),
        is_optional=True,
    ),
    Resource(
        group="policy",
        plural="poddisruptionbudgets",
        kind="PodDisruptionBudget",
        versions=("v1", "v1beta1"),
    ),
    Resource(group="", plural="limitranges", kind="LimitRange"),
    Resource(group="", plural="resourcequotas", kind="ResourceQuota"),
    Resource(group="scheduling.k8s.io", plural="priorityclasses", kind="PriorityClass"),
    Resource(group="", plural="namespaces", kind="Namespace"),
    Resource(
        group="karpenter.sh",
        plural="nodepools",
        kind="NodePool",
        versions=("v1", "v1beta1"),
        hides=_NODE_GROUPS,
        is_optional=True,
    ),
    Resource(
        group="karpenter.sh",
        plural="provisioners",
        kind="Provisioner",
        versions=("v1alpha5",),
        hides=_NODE_GROUPS,
        is_optional=True,
    ),
    Resource(
        group="",
        plural="persistentvolumeclaims",
        kind="PersistentVolumeClaim",
        hides=_VOLUMES,
    ),
    Resource(group="", plural="persistentvolumes", kind="PersistentVolume", hides=_VOLUMES),
    Resource(group="", plural="services", kind="Service"),
    ENDPOINT_SLICES,
    ENDPOINTS,
)

ALLOWED: tuple[Resource, ...] = (*LISTED, POD_METRICS)


def rule_of(resource: Resource) -> str:
    """The RBAC rule that allows it, as it is written in a ClusterRole."""
    group = f'"{resource.group}"' if not resource.group else resource.group
    verbs = ", ".join(VERBS)
    return f"{{apiGroups: [{group}], resources: [{resource.plural}], verbs: [{verbs}]}}"


def fix_of(resource: Resource) -> str:
    """What a person does so that it can be listed."""
    return (
        "run `kubectl apply -f deploy/kubernetes-rbac.yaml`, or add the rule "
        f"{rule_of(resource)} to the bot's ClusterRole"
    )
