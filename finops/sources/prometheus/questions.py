"""What is asked: one PromQL question a statistic, grouped over many namespaces at once.

The inside of each is a plain function over time of a selector, because an aggregation inside a
subquery is computed anew at every step (measured: 10 s instead of 2 s). The outside keeps one
series a container: of two that live at once, such as a restarted container or two replicas of one
Prometheus, the larger counts; what is counted over all its lives is summed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from finops.domain.errors import InvalidInput
from finops.domain.quantities import MAX_CPU_MILLICORES, MAX_MEMORY_BYTES

_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")

CPU_METRIC = "container_cpu_usage_seconds_total"
MEMORY_METRIC = "container_memory_working_set_bytes"
RESTARTS_METRIC = "kube_pod_container_status_restarts_total"

BY_CONTAINER = ("namespace", "pod", "container")
BY_WORKLOAD = ("namespace", "deployment", "statefulset", "daemonset")
# Which label of kube-state-metrics names which kind.
KIND_OF_LABEL = {
    "deployment": "Deployment",
    "statefulset": "StatefulSet",
    "daemonset": "DaemonSet",
}

CPU_SHARES = (0.5, 0.9, 0.95, 0.99, 1.0)
# The mean stands in for the median: memory moves slowly, and a quantile costs twice as much.
MEMORY_SHARES = (0.5, 0.95, 1.0)


@dataclass(frozen=True, slots=True)
class Question:
    """One statistic: PromQL around `$s` (the selector's inside) and `$w` (seconds), and its limits.

    `by` names the labels that make a row; answers above `largest` or below zero are not believed.
    """

    promql: str
    largest: float
    by: tuple[str, ...] = BY_CONTAINER

    def written(self, selector: str, window_seconds: int) -> str:
        """The PromQL for one selector and one window.

        A second is taken off, because up to version 2 a range holds its first moment too and a day
        of hours would have 25 of them.
        """
        return self.promql.replace("$w", f"{window_seconds - 1}s").replace("$s", selector)


def _grouped(inner: str, *, by: Sequence[str] = BY_CONTAINER, scale: str = "") -> str:
    return f"max by ({','.join(by)}) ({inner}){scale}"


def _summed(inner: str) -> str:
    return f"sum by ({','.join(BY_CONTAINER)}) ({inner})"


def _cpu(inner: str) -> Question:
    return Question(_grouped(inner, scale=" * 1000"), MAX_CPU_MILLICORES)


def _memory(inner: str) -> Question:
    return Question(_grouped(inner.replace("$m", f"{MEMORY_METRIC}{{$s}}")), MAX_MEMORY_BYTES)


_RATE = f"rate({CPU_METRIC}{{$s}}[5m])"
CPU_MEAN = _cpu(f"avg_over_time(rate({CPU_METRIC}{{$s}}[1h])[$w:1h])")


@dataclass(frozen=True, slots=True)
class CpuQuestions:
    """Samples and statistics of CPU, and the same of starting containers alone (None: not apart).

    A container's series begins when it starts, so one that was not there some minutes ago is
    starting: `offset` tells without any other metric. The questions about CPU cost a server 2.4
    times as much (measured: 2.4 s instead of 1.0 s for 300 containers and a day). A gap in the
    scrapes looks like a start, and loses a few samples.
    """

    samples: Question
    statistics: Mapping[float, Question]
    starting_samples: Question | None = None
    starting: Question | None = None


def cpu_questions(startup_minutes: int) -> CpuQuestions:
    """The questions that keep the first minutes of a container apart; 0 keeps nothing apart."""
    before = f"{CPU_METRIC}{{$s}} offset {startup_minutes}m"
    steady = f"({_RATE} and {before})" if startup_minutes else _RATE
    starting = f"({_RATE} unless {before})"
    quantiles = {
        share: _cpu(f"quantile_over_time({share:g}, {steady}[$w:5m])") for share in CPU_SHARES[:-1]
    }
    return CpuQuestions(
        samples=_cpu(steady),
        statistics={**quantiles, 1.0: _cpu(f"max_over_time({steady}[$w:5m])")},
        starting_samples=_cpu(starting) if startup_minutes else None,
        starting=_cpu(f"max_over_time({starting}[$w:5m])") if startup_minutes else None,
    )


MEMORY_SAMPLES = _memory("max_over_time($m[5m])")
MEMORY_STATISTICS = {
    0.95: _memory("quantile_over_time(0.95, $m[$w:5m])"),
    1.0: _memory("max_over_time($m[$w])"),
}
MEMORY_MEAN = _memory("avg_over_time($m[$w])")
# How long a pod was there, in hours: the full hours at which it was seen. A container that restarts
# begins a new series each time, so they are summed; two replicas' sums are cut to what is possible.
HOURS = Question(_summed(f"count_over_time({MEMORY_METRIC}{{$s}}[$w:1h])"), 24 * 366 * 100)

# Of all its periods, those of its former lives too. Without `> 0` whoever never ran would be 0 / 0.
THROTTLED = Question(
    f"{_summed('increase(container_cpu_cfs_throttled_periods_total{$s}[$w])')} / "
    f"({_summed('increase(container_cpu_cfs_periods_total{$s}[$w])')} > 0)",
    1.0,
)
RESTARTS = Question(f"{_grouped(f'increase({RESTARTS_METRIC}{{$s}}[$w])')} > 0", 1e6)
KILLED = Question(
    _grouped(
        'max_over_time(kube_pod_container_status_last_terminated_reason{reason="OOMKilled",$s}[$w])'
    )
    + " > 0",
    1.0,
)
KILLS = Question(_grouped("increase(container_oom_events_total{$s}[$w])") + " > 0", 1e6)

_REPLICAS = (
    '{__name__=~"kube_deployment_status_replicas|kube_statefulset_status_replicas|'
    'kube_daemonset_status_desired_number_scheduled",$s}[$w]'
)
REPLICAS = {
    name: Question(_grouped(f"{name}_over_time({_REPLICAS})", by=BY_WORKLOAD), 1e6, BY_WORKLOAD)
    for name in ("min", "avg", "max")
}


def usage_selector(namespaces: Iterable[str], matchers: Mapping[str, str]) -> str:
    """The inside of a cAdvisor selector: real containers of these namespaces."""
    return ",".join(['container!=""', 'container!="POD"', state_selector(namespaces, matchers)])


def state_selector(namespaces: Iterable[str], matchers: Mapping[str, str]) -> str:
    """The inside of a kube-state-metrics selector, every value quoted and escaped."""
    names = sorted(namespaces)
    one = f"namespace={quoted(names[0])}" if len(names) == 1 else ""
    several = f"namespace=~{quoted('|'.join(re.escape(name) for name in names))}"
    return ",".join([*([matching(matchers)] if matchers else []), one or several])


def matching(matchers: Mapping[str, str]) -> str:
    """The matchers as the inside of a selector: `cluster="prod",region="eu"`."""
    return ",".join(f"{name}={quoted(value)}" for name, value in matchers.items())


def quoted(value: str) -> str:
    """A PromQL string: `a"b` → `"a\\"b"`."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def check_matchers(matchers: Mapping[str, str]) -> None:
    """Raise InvalidInput for a label name that PromQL does not have."""
    for name in matchers:
        if not _LABEL_NAME.fullmatch(name):
            raise InvalidInput(f"The Prometheus matcher {name!r} is not a label name like cluster.")
