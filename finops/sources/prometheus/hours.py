"""Hour by hour, what each container asked for and used: what a day of a bill is split by.

Five questions a day, each answered with one value an hour. A pod that ran for a part of an hour
counts for that part. kube-state-metrics says the node of a pod, cAdvisor what it used.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from finops.domain.estate import Workload
from finops.domain.people import UNKNOWN_TEAM
from finops.domain.quantities import GIB
from finops.sources.prometheus.api import PrometheusApi
from finops.sources.prometheus.owners import Owners
from finops.sources.prometheus.questions import CPU_METRIC, MEMORY_METRIC, matching

_HOUR = 3_600
# Samples of an hour ÷ those of a pod that ran through it: the longest-lived pod measures the rest.
_PART = "/ scalar(max(count_over_time(kube_pod_info{$s}[1h])))"
_REQUESTS = (
    "max by (namespace,pod,container) "
    '(sum_over_time(kube_pod_container_resource_requests{resource="$r"$and$s}[1h])) ' + _PART
)
_OWN = 'container!="",container!="POD"'
_QUESTIONS: Mapping[str, str] = {
    "node": "max by (namespace,pod,node) (count_over_time(kube_pod_info{$s}[1h]))",
    "cpu_request": _REQUESTS.replace("$r", "cpu"),
    "memory_request": _REQUESTS.replace("$r", "memory"),
    "cpu_usage": "max by (namespace,pod,container) "
    f"(increase({CPU_METRIC}{{{_OWN}$and$s}}[1h])) / {_HOUR}",
    "memory_usage": "max by (namespace,pod,container) "
    f"(avg_over_time({MEMORY_METRIC}{{{_OWN}$and$s}}[1h]))",
}
_FIGURES = ("cpu_request", "cpu_usage", "memory_request", "memory_usage")

Row = Sequence[object]
# (epoch second of the hour's start, namespace, pod)
_PodHour = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Hours:
    """The questions to one server about one cluster."""

    api: PrometheusApi
    cluster: str
    matchers: Mapping[str, str]

    def rows(self, workloads: Sequence[Workload], *, day: date) -> list[Row]:
        """A row for each container and hour of a UTC day, as `billing/usage_hours.py` has them.

        Pods of no node, and of nobody that is known, stay under their own name. Raises what
        `PrometheusApi` raises.
        """
        answers = {name: self._asked(promql, day) for name, promql in _QUESTIONS.items()}
        nodes = {
            (hour, labels["namespace"], labels["pod"]): labels["node"]
            for hour, labels, _ in answers.pop("node")
            if labels.get("node")
        }
        figures: dict[tuple[_PodHour, str], dict[str, float]] = {}
        for name, answer in answers.items():
            for hour, labels, value in answer:
                pod = (hour, labels.get("namespace", ""), labels.get("pod", ""))
                figures.setdefault((pod, labels.get("container", "")), {})[name] = value
        return list(self._rows(figures, nodes, workloads))

    def _asked(self, promql: str, day: date) -> list[tuple[int, Mapping[str, Any], float]]:
        midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
        chosen = matching(self.matchers)
        query = promql.replace("$and", "," if chosen else "").replace("$s", chosen)
        answer = self.api.query_range(
            query, start=midnight + _HOUR, end=midnight + 24 * _HOUR, step=_HOUR
        )
        return [
            (int(second) - _HOUR, series.labels, value)
            for series in answer.series
            for second, text in series.pairs
            if 0 <= (value := float(text)) < float("inf")
        ]

    def _rows(
        self,
        figures: Mapping[tuple[_PodHour, str], Mapping[str, float]],
        nodes: Mapping[_PodHour, str],
        workloads: Sequence[Workload],
    ) -> Iterator[Row]:
        owners, teams = Owners(workloads), {w.key: w.team for w in workloads}
        for (pod, container), known in figures.items():
            if pod not in nodes:
                continue
            second, namespace, name = pod
            kind, owner = owners.owner_of((namespace, name)) or ("Pod", name)
            team = teams.get((namespace, kind, owner), UNKNOWN_TEAM)
            cpu_request, cpu_usage, memory_request, memory_usage = (
                known.get(figure, 0.0) for figure in _FIGURES
            )
            yield (
                datetime.fromtimestamp(second, UTC).replace(tzinfo=None),
                self.cluster,
                nodes[pod],
                namespace,
                kind,
                owner,
                container,
                "" if team == UNKNOWN_TEAM else team,
                cpu_request,
                cpu_usage,
                memory_request / GIB,
                memory_usage / GIB,
            )
