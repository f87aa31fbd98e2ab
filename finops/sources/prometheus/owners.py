"""Which workload a pod in an answer belongs to: by its name, else by kube-state-metrics."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from finops.domain.estate import Workload
from finops.sources.pod_names import Owner, PodOwners, pod_owners

OWNER_METRICS = ("kube_pod_owner", "kube_replicaset_owner", "kube_job_owner")
# The label that names the owned object, by metric.
_OWNED = {
    "kube_pod_owner": "pod",
    "kube_replicaset_owner": "replicaset",
    "kube_job_owner": "job_name",
}
_BETWEEN = {"ReplicaSet": "kube_replicaset_owner", "Job": "kube_job_owner"}

# A namespace and a pod's name.
PodKey = tuple[str, str]


class Owners:
    """The owners of pods, remembered for one reading."""

    def __init__(self, workloads: Iterable[Workload]) -> None:
        grouped: dict[str, list[Workload]] = defaultdict(list)
        for workload in workloads:
            grouped[workload.namespace].append(workload)
        self._by_name: Mapping[str, PodOwners] = {
            namespace: pod_owners(group) for namespace, group in grouped.items()
        }
        self._known = {w.key for group in grouped.values() for w in group}
        self._found: dict[PodKey, Owner | None] = {}

    def owner_of(self, pod: PodKey) -> Owner | None:
        """Kind and name of the workload, or None for a pod of something that is not known."""
        if pod not in self._found:
            owners = self._by_name.get(pod[0])
            self._found[pod] = owners.owner_of(pod[1]) if owners else None
        return self._found[pod]

    def strangers(self, pods: Iterable[PodKey]) -> bool:
        """Whether one of the pods belongs to nobody by its name."""
        return any(self.owner_of(pod) is None for pod in pods)

    def learn(self, label_sets: Sequence[Mapping[str, Any]]) -> None:
        """Take in what kube-state-metrics says of owners; only known workloads count."""
        owned = _owned(label_sets)
        for (metric, namespace, pod), owner in owned.items():
            if metric != "kube_pod_owner" or self.owner_of((namespace, pod)) is not None:
                continue
            between = _BETWEEN.get(owner[0], "")
            top = owned.get((between, namespace, owner[1]), owner)
            if (namespace, *top) in self._known:
                self._found[namespace, pod] = top


def _owned(label_sets: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str, str], Owner]:
    """(metric, namespace, owned name) → its direct owner."""
    found: dict[tuple[str, str, str], Owner] = {}
    for labels in label_sets:
        metric = str(labels.get("__name__", ""))
        owned = labels.get(_OWNED.get(metric, ""))
        if owned:
            owner = str(labels.get("owner_kind", "")), str(labels.get("owner_name", ""))
            found[metric, str(labels.get("namespace", "")), str(owned)] = owner
    return found
