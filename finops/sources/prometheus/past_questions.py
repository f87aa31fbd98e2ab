"""What a backtest asks: exact series by workload, named on the server so that answers stay small.

cAdvisor names pods, and pods come and go; of each five minutes only the hottest pod of a workload
counts. Its name is made from the pod's by the endings that Kubernetes gives (`sources.pod_names`),
with `label_replace`, so an answer has one series a workload and container however many pods there
were.
"""

from finops.domain.quantities import MAX_CPU_MILLICORES, MAX_MEMORY_BYTES
from finops.sources.prometheus.questions import CPU_METRIC, MEMORY_METRIC, Question

_NAME = "finops_workload"
BY_NAME = ("namespace", _NAME, "container")
_SAFE = "[bcdfghjklmnpqrstvwxz2456789]"
# Deployments, DaemonSets, Jobs and CronJobs; then StatefulSets. Any other pod is its own workload.
_ENDINGS = (
    "(.+)",
    "(.+)-[0-9]{1,6}",
    f"(.+?)(?:-[0-9]{{8,10}})?(?:-[0-9]{{1,6}}|-{_SAFE}{{5,10}})?-{_SAFE}{{5}}",
)
REQUESTS_METRIC = "kube_pod_container_resource_requests"


def named(inner: str) -> str:
    """The vector with its workloads' names; the last ending that fits a pod counts."""
    for ending in _ENDINGS:
        inner = f'label_replace({inner}, "{_NAME}", "$1", "pod", "{ending}")'
    return inner


def _hottest(inner: str, largest: float, *, scale: str = "") -> Question:
    return Question(f"max by ({','.join(BY_NAME)}) ({named(inner)}){scale}", largest, BY_NAME)


CPU = _hottest(f"rate({CPU_METRIC}{{$s}}[5m])", MAX_CPU_MILLICORES, scale=" * 1000")
MEMORY = _hottest(f"max_over_time({MEMORY_METRIC}{{$s}}[5m])", MAX_MEMORY_BYTES)
CPU_SET = _hottest(
    f'max_over_time({REQUESTS_METRIC}{{resource="cpu",$s}}[$w])',
    MAX_CPU_MILLICORES,
    scale=" * 1000",
)
MEMORY_SET = _hottest(
    f'max_over_time({REQUESTS_METRIC}{{resource="memory",$s}}[$w])', MAX_MEMORY_BYTES
)
# CPU seconds of a day, of all pods: which containers matter.
DAYS_USE = Question(
    f"sum by ({','.join(BY_NAME)}) ({named(f'increase({CPU_METRIC}{{$s}}[$w])')})",
    1e15,
    BY_NAME,
)
PODS = Question(f"count by (namespace) ({MEMORY_METRIC}{{$s}})", 1e12, ("namespace",))
