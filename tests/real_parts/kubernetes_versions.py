"""Which groups, versions and resources a Kubernetes API server of a minor version serves.

From the deprecated API migration guide and the release notes of Kubernetes: CronJob came to
batch/v1 in 1.21 and left v1beta1 in 1.25; autoscaling/v2 came in 1.23, v2beta1 left in 1.25 and
v2beta2 in 1.26; policy/v1 and discovery.k8s.io/v1 came in 1.21, their v1beta1 left in 1.25.
"""

from collections.abc import Iterable

# (group, version, plural, kind, first minor version, last minor version)
_Row = tuple[str, str, str, str, int, int]
_FOREVER = 999

_CORE: tuple[tuple[str, str], ...] = (
    ("pods", "Pod"),
    ("nodes", "Node"),
    ("namespaces", "Namespace"),
    ("services", "Service"),
    ("endpoints", "Endpoints"),
    ("limitranges", "LimitRange"),
    ("resourcequotas", "ResourceQuota"),
    ("persistentvolumes", "PersistentVolume"),
    ("persistentvolumeclaims", "PersistentVolumeClaim"),
    ("replicationcontrollers", "ReplicationController"),
)
_APPS = (
    ("deployments", "Deployment"),
    ("statefulsets", "StatefulSet"),
    ("daemonsets", "DaemonSet"),
    ("replicasets", "ReplicaSet"),
)
_HPA = ("horizontalpodautoscalers", "HorizontalPodAutoscaler")
_PDB = ("poddisruptionbudgets", "PodDisruptionBudget")
_BUILT_IN: tuple[_Row, ...] = (
    *(("", "v1", plural, kind, 0, _FOREVER) for plural, kind in _CORE),
    *(("apps", "v1", plural, kind, 9, _FOREVER) for plural, kind in _APPS),
    ("batch", "v1", "jobs", "Job", 0, _FOREVER),
    ("batch", "v1", "cronjobs", "CronJob", 21, _FOREVER),
    ("batch", "v1beta1", "cronjobs", "CronJob", 8, 24),
    ("autoscaling", "v1", *_HPA, 0, _FOREVER),
    ("autoscaling", "v2beta1", *_HPA, 8, 24),
    ("autoscaling", "v2beta2", *_HPA, 12, 25),
    ("autoscaling", "v2", *_HPA, 23, _FOREVER),
    ("policy", "v1beta1", *_PDB, 5, 24),
    ("policy", "v1", *_PDB, 21, _FOREVER),
    ("discovery.k8s.io", "v1beta1", "endpointslices", "EndpointSlice", 17, 24),
    ("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", 21, _FOREVER),
    ("scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", 14, _FOREVER),
)
_ADD_ONS: tuple[_Row, ...] = (
    ("argoproj.io", "v1alpha1", "rollouts", "Rollout", 0, _FOREVER),
    ("autoscaling.k8s.io", "v1", "verticalpodautoscalers", "VerticalPodAutoscaler", 0, _FOREVER),
    ("karpenter.sh", "v1", "nodepools", "NodePool", 0, _FOREVER),
    ("karpenter.sh", "v1beta1", "nodepools", "NodePool", 0, _FOREVER),
    ("karpenter.sh", "v1alpha5", "provisioners", "Provisioner", 0, _FOREVER),
    ("metrics.k8s.io", "v1beta1", "pods", "PodMetrics", 0, _FOREVER),
)


def served_by(version: str, add_ons: Iterable[tuple[str, str]]) -> dict[str, dict[str, str]]:
    """`batch/v1` → {plural: kind} for a server of that version.

    An add-on is (kind, `group/version`); an empty group and version means each that is known.
    """
    minor = int(version.split(".")[1])
    wanted = set(add_ons)
    rows = [row for row in _BUILT_IN if row[4] <= minor <= row[5]]
    rows += [row for row in _ADD_ONS if {(row[3], ""), (row[3], f"{row[0]}/{row[1]}")} & wanted]
    served: dict[str, dict[str, str]] = {}
    for group, group_version, plural, kind, _, _ in rows:
        served.setdefault(f"{group}/{group_version}".lstrip("/"), {})[plural] = kind
    return served
