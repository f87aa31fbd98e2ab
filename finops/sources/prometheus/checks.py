"""What `finops doctor` asks of a PromQL endpoint: reach, version, clock, and each metric."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from finops.domain.checks import Check, Outcome
from finops.domain.errors import OutsideWorldFailed
from finops.sources.prometheus import questions as q
from finops.sources.prometheus.api import PrometheusApi
from finops.sources.prometheus.look import MOST_SKEW_SECONDS, clock_skew, figure

_ENOUGH_DAYS = 14


@dataclass(frozen=True, slots=True)
class _Metric:
    """A metric, what it is for, whether cycles work without it, and who exports it."""

    name: str
    use: str
    is_needed: bool
    exporter: str


_KUBELET = "the kubelet's /metrics/cadvisor"
_STATE = "kube-state-metrics"
_METRICS = (
    _Metric(q.CPU_METRIC, "CPU usage", is_needed=True, exporter=_KUBELET),
    _Metric(q.MEMORY_METRIC, "memory usage", is_needed=True, exporter=_KUBELET),
    _Metric("container_cpu_cfs_periods_total", "throttling", is_needed=False, exporter=_KUBELET),
    _Metric(q.RESTARTS_METRIC, "restarts", is_needed=False, exporter=_STATE),
    _Metric("kube_pod_owner", "owners of pods", is_needed=False, exporter=_STATE),
    _Metric(
        "kube_deployment_status_replicas", "replicas over time", is_needed=False, exporter=_STATE
    ),
)


def check(api: PrometheusApi, server: str, matchers: Mapping[str, str]) -> Sequence[Check]:
    """Each thing that a cycle needs of this server, tried with the smallest question."""
    reach = _reach(api, server)
    if reach.outcome is Outcome.FAILED:
        return (reach,)
    return (
        reach,
        _clock(api, server),
        *(_metric(api, server, metric, matchers) for metric in _METRICS),
        *_history(api, server, matchers),
        *_clusters(api, server, matchers),
    )


def _reach(api: PrometheusApi, server: str) -> Check:
    try:
        version = str(api.build_information().get("version", ""))[:40]
        api.query("vector(1)", at=int(time.time()))
    except OutsideWorldFailed as error:
        return Check(
            area=server,
            subject="reach",
            outcome=Outcome.FAILED,
            detail=str(error),
            fix="Check prometheus.url, its network path, and prometheus.headers or sigv4.",
        )
    shown = f"version {version}" if version else "no version told"
    return Check(area=server, subject="reach", outcome=Outcome.OK, detail=shown)


def _clock(api: PrometheusApi, server: str) -> Check:
    try:
        skew = clock_skew(api)
    except OutsideWorldFailed as error:
        return Check(area=server, subject="clock", outcome=Outcome.SKIPPED, detail=str(error))
    is_right = abs(skew) <= MOST_SKEW_SECONDS
    return Check(
        area=server,
        subject="clock",
        outcome=Outcome.OK if is_right else Outcome.WARNING,
        detail=f"{abs(skew):,.0f} s {'ahead' if skew > 0 else 'behind'}",
        fix="" if is_right else "Run NTP on both machines.",
    )


def _metric(api: PrometheusApi, server: str, metric: _Metric, matchers: Mapping[str, str]) -> Check:
    query = f"count({metric.name}{{{q.matching(matchers)}}})"
    try:
        answer = api.query(query, at=int(time.time()) - 60)
    except OutsideWorldFailed as error:
        detail, outcome, fix = str(error), Outcome.FAILED, f"Ask the server itself: {query}"
        return Check(area=server, subject=metric.name, outcome=outcome, detail=detail, fix=fix)
    if answer.series:
        detail = f"{figure(answer):,.0f} series for {metric.use}"
        return Check(area=server, subject=metric.name, outcome=Outcome.OK, detail=detail)
    return Check(
        area=server,
        subject=metric.name,
        outcome=Outcome.FAILED if metric.is_needed else Outcome.WARNING,
        detail=f"no series, so {metric.use} is unknown",
        fix=f"Scrape {metric.exporter}" + (", or mend prometheus.matchers." if matchers else "."),
    )


def _clusters(api: PrometheusApi, server: str, matchers: Mapping[str, str]) -> Iterator[Check]:
    """A warning where the server holds several clusters and nothing says which one is meant."""
    if "cluster" in matchers:
        return
    query = f"count by (cluster) ({q.MEMORY_METRIC}{{{q.matching(matchers)}}})"
    try:
        series = api.query(query, at=int(time.time()) - 60).series
    except OutsideWorldFailed:
        return
    names = sorted(str(one.labels.get("cluster", ""))[:63] for one in series)
    if len(names) < 2:
        return
    shown = ", ".join(name if name.isprintable() and name else "unnamed" for name in names[:3])
    yield Check(
        area=server,
        subject="clusters",
        outcome=Outcome.WARNING,
        detail=f"it holds {len(names)} clusters ({shown}{', …' if len(names) > 3 else ''}), and "
        "pods of equal names are taken for one",
        fix="Set prometheus.matchers: {cluster: NAME}.",
    )


def _history(api: PrometheusApi, server: str, matchers: Mapping[str, str]) -> Iterator[Check]:
    """How far back usage goes, of 14 days."""
    selector = q.matching(matchers)
    now = int(time.time())
    for days in (_ENOUGH_DAYS, 7, 3, 1):
        try:
            query = f"count({q.MEMORY_METRIC}{{{selector}}})"
            if not api.query(query, at=now - days * 86_400).series:
                continue
        except OutsideWorldFailed:
            return
        enough = days == _ENOUGH_DAYS
        yield Check(
            area=server,
            subject="history",
            outcome=Outcome.OK if enough else Outcome.WARNING,
            detail=f"at least {days} of {_ENOUGH_DAYS} days",
            fix="" if enough else "Keep 14 days: --storage.tsdb.retention.time=15d or more.",
        )
        return
    yield Check(
        area=server,
        subject="history",
        outcome=Outcome.WARNING,
        detail="less than a day",
        fix="Wait; proposals get wider margins and lower odds until there are 14 days.",
    )
