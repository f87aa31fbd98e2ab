"""Workloads joined with what else was listed: scalers, budgets, and how their pods fared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from finops.domain.cluster_objects import (
    Autoscaler,
    DisruptionBudget,
    Pod,
    VerticalAutoscaler,
)
from finops.domain.estate import Workload
from finops.domain.usage import Stability
from finops.ports import ContainerKey, WorkloadKey
from finops.sources.kubernetes.pods import SeenPod
from finops.sources.kubernetes.scalers import Budgeted, Scaled
from finops.sources.kubernetes.selectors import SelectorIndex
from finops.sources.kubernetes.workloads import Controller


@dataclass(frozen=True, slots=True)
class WorkloadJoins:
    """What workloads are looked up in; `is_scaling_known` where every autoscaler was listed."""

    is_scaling_known: bool
    scalers: Mapping[WorkloadKey, Autoscaler]
    verticals: Mapping[WorkloadKey, VerticalAutoscaler]
    budgets: SelectorIndex[DisruptionBudget]
    qos: Mapping[WorkloadKey, str]
    stability: Mapping[ContainerKey, Stability]


def workloads_of(controllers: Iterable[Controller], joins: WorkloadJoins) -> tuple[Workload, ...]:
    """Each workload once, with its scalers, budget, QoS class and stability."""
    every = {each.workload.key: each for each in controllers}
    return tuple(_joined(_templated(each, every), joins) for each in every.values())


def _templated(each: Controller, every: Mapping[WorkloadKey, Controller]) -> Controller:
    """A Rollout with `workloadRef` runs the pod template of that Deployment."""
    if each.template_of is None:
        return each
    rollout = each.workload
    key = (rollout.namespace, each.template_of.kind, each.template_of.name)
    template = every.get(key)
    if template is None:
        return each
    workload = replace(
        rollout,
        containers=template.workload.containers,
        placement=template.workload.placement,
        priority_class=template.workload.priority_class,
    )
    return Controller(workload, template.pod_labels)


def _joined(each: Controller, joins: WorkloadJoins) -> Workload:
    workload = each.workload
    budgets = joins.budgets.matching(workload.namespace, each.pod_labels)
    return replace(
        workload,
        containers=tuple(
            replace(container, stability=joins.stability.get((*workload.key, container.name)))
            for container in workload.containers
        ),
        autoscaler=joins.scalers.get(workload.key),
        is_scaling_known=joins.is_scaling_known,
        vertical_autoscaler=joins.verticals.get(workload.key),
        disruption_budget=budgets[0] if budgets else None,
        qos_class=joins.qos.get(workload.key, ""),
    )


def budget_index(budgets: Iterable[Budgeted]) -> SelectorIndex[DisruptionBudget]:
    """Budgets by the pods they mean."""
    return SelectorIndex((each.namespace, each.selector, each.budget) for each in budgets)


def autoscalers_of(scaled: Iterable[Scaled]) -> dict[WorkloadKey, Autoscaler]:
    """HorizontalPodAutoscalers by the workload they scale; the first one where two do."""
    found: dict[WorkloadKey, Autoscaler] = {}
    for each in scaled:
        if isinstance(each.scaler, Autoscaler):
            found.setdefault((each.namespace, each.target.kind, each.target.name), each.scaler)
    return found


def verticals_of(scaled: Iterable[Scaled]) -> dict[WorkloadKey, VerticalAutoscaler]:
    """VerticalPodAutoscalers by the workload they size; the first one where two do."""
    found: dict[WorkloadKey, VerticalAutoscaler] = {}
    for each in scaled:
        if isinstance(each.scaler, VerticalAutoscaler):
            found.setdefault((each.namespace, each.target.kind, each.target.name), each.scaler)
    return found


def key_of(pod: Pod) -> WorkloadKey:
    """The workload of a pod; a bare pod is its own."""
    return pod.namespace, pod.workload_kind or "Pod", pod.workload_name or pod.name


def qos_of(pods: Iterable[Pod]) -> dict[WorkloadKey, str]:
    """The QoS class that the server gave to a workload's pods."""
    return {key_of(pod): pod.qos_class for pod in pods if pod.qos_class}


def stability_of(
    seen: Sequence[SeenPod], pods: Sequence[Pod], now: datetime
) -> dict[ContainerKey, Stability]:
    """Restarts and OOM kills of the pods that are there, since the oldest of them started.

    Both are at least that many: what happened to pods that are gone, and ends before a container's
    last one, is not told by the API. A usage source with history knows more and wins.
    """
    found: dict[ContainerKey, Stability] = {}
    for each, pod in zip(seen, pods, strict=True):
        if pod.started_at is None or pod.started_at > now:
            continue
        days = (now - pod.started_at).total_seconds() / 86400
        for fared in each.fared:
            key = (*key_of(pod), fared.container)
            so_far = found.get(key, Stability(window_days=0.0))
            found[key] = Stability(
                window_days=max(days, so_far.window_days),
                restarts=so_far.restarts + fared.restarts,
                oom_kills=so_far.oom_kills + fared.was_oom_killed,
            )
    return found
