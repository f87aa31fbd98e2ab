"""What is asked of Prometheus: cAdvisor's CPU and memory of one namespace, as PromQL."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from finops.domain.errors import InvalidInput
from finops.domain.quantities import MAX_CPU_MILLICORES, MAX_MEMORY_BYTES

_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
# A rate needs two samples; five minutes holds two of even a 2-minute scrape.
_SHORTEST_RATE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Metric:
    """One resource: its words, PromQL around `%s` (selector) and `%d` (seconds), and its limits.

    `peak_share` is the percentile of a day that counts as the day's peak.
    """

    words: str
    name: str
    promql: str
    largest: float
    peak_share: float


# A sum, because a restarted container has two series that each hold a part of the moment.
CPU = Metric(
    words="CPU",
    name="container_cpu_usage_seconds_total",
    promql="sum by (namespace,pod,container) (rate(%s[%ds])) * 1000",
    largest=MAX_CPU_MILLICORES,
    peak_share=0.95,
)
# A maximum, for the same restart: cAdvisor's old series lives on for five minutes and a sum would
# count the container twice. `max_over_time` sees the spikes between two steps.
MEMORY = Metric(
    words="memory",
    name="container_memory_working_set_bytes",
    promql="max by (namespace,pod,container) (max_over_time(%s[%ds]))",
    largest=MAX_MEMORY_BYTES,
    peak_share=1.0,
)


def query_for(
    metric: Metric, *, namespace: str, matchers: Mapping[str, str], step_seconds: int
) -> str:
    """The PromQL of one metric in one namespace, every label value quoted and escaped."""
    seconds = max(step_seconds, _SHORTEST_RATE_SECONDS) if metric is CPU else step_seconds
    selector = ",".join(
        [f"{name}={quoted(value)}" for name, value in matchers.items()]
        + ['container!=""', 'container!="POD"', f"namespace={quoted(namespace)}"]
    )
    return metric.promql % (f"{metric.name}{{{selector}}}", seconds)


def quoted(value: str) -> str:
    """A PromQL string: `a"b` → `"a\\"b"`."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def check_matchers(matchers: Mapping[str, str]) -> None:
    """Raise InvalidInput for a label name that PromQL does not have."""
    for name in matchers:
        if not _LABEL_NAME.fullmatch(name):
            raise InvalidInput(f"The Prometheus matcher {name!r} is not a label name like cluster.")
