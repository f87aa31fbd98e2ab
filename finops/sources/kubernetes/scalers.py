"""HorizontalPodAutoscalers of every version, VerticalPodAutoscalers, PodDisruptionBudgets."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from finops.domain.cluster_objects import (
    Autoscaler,
    DisruptionBudget,
    ScaleMetric,
    VerticalAutoscaler,
)
from finops.domain.errors import InvalidInput
from finops.domain.quantities import parse_number
from finops.sources.kubernetes.listing import Notes
from finops.sources.kubernetes.objects import Meta, Owner, Scope, meta_of
from finops.sources.kubernetes.selectors import Selector, selector_from
from finops.sources.raw_objects import Mapped, at, mapping, mappings, text, whole

# autoscaling/v1 keeps every metric but CPU utilisation here, in the form of v2beta1.
_V1_METRICS = "autoscaling.alpha.kubernetes.io/metrics"
_KINDS = {
    "Resource": "resource",
    "ContainerResource": "containerResource",
    "Pods": "pods",
    "Object": "object",
    "External": "external",
}
# Target keys: v2 and v2beta2 under `target`; v2beta1 beside the metric.
_TARGETS = (
    ("Utilization", "averageUtilization", "targetAverageUtilization"),
    ("AverageValue", "averageValue", "targetAverageValue"),
    ("Value", "value", "targetValue"),
)


@dataclass(frozen=True, slots=True)
class Scaled:
    """A scaler and the workload it scales."""

    namespace: str
    target: Owner
    scaler: Autoscaler | VerticalAutoscaler


@dataclass(frozen=True, slots=True)
class Budgeted:
    """A disruption budget and the pods it means."""

    namespace: str
    selector: Selector
    budget: DisruptionBudget


def read_autoscaler(raw: Mapped, scope: Scope, notes: Notes) -> Scaled | None:
    """A HorizontalPodAutoscaler; a metric that cannot be understood is noted."""
    meta, spec = meta_of(raw), mapping(raw.get("spec"))
    least = whole(spec.get("minReplicas"))
    scaler = Autoscaler(
        name=meta.name,
        min_replicas=1 if least is None else least,
        max_replicas=whole(spec.get("maxReplicas")) or 1,
        current_replicas=whole(at(raw, "status", "currentReplicas")) or 0,
        metrics=tuple(_metrics(spec, meta, notes)),
    )
    return Scaled(meta.namespace, _target(spec, "scaleTargetRef"), scaler)


def read_vertical_autoscaler(raw: Mapped, scope: Scope, notes: Notes) -> Scaled | None:
    """A VerticalPodAutoscaler; without an update policy it is `Auto`, the API's default."""
    meta, spec = meta_of(raw), mapping(raw.get("spec"))
    mode = text(at(spec, "updatePolicy", "updateMode")) or "Auto"
    scaler = VerticalAutoscaler(name=meta.name, mode=mode)
    return Scaled(meta.namespace, _target(spec, "targetRef"), scaler)


def read_budget(raw: Mapped, scope: Scope, notes: Notes) -> Budgeted | None:
    """A PodDisruptionBudget; None for one that means no pod.

    An empty selector means every pod of the namespace in policy/v1 and none in v1beta1.
    """
    meta, spec = meta_of(raw), mapping(raw.get("spec"))
    selector = selector_from(mapping(spec.get("selector")))
    if not isinstance(spec.get("selector"), dict) or (
        selector.is_empty and scope.version == "v1beta1"
    ):
        return None
    budget = DisruptionBudget(
        name=meta.name,
        min_available=_count_or_share(spec.get("minAvailable")),
        max_unavailable=_count_or_share(spec.get("maxUnavailable")),
        allowed=whole(at(raw, "status", "disruptionsAllowed")),
    )
    return Budgeted(meta.namespace, selector, budget)


def _target(spec: Mapped, key: str) -> Owner:
    reference = mapping(spec.get(key))
    owner = Owner(text(reference.get("kind")), text(reference.get("name")))
    if not owner.kind or not owner.name:
        raise InvalidInput(f"spec.{key}: names no kind and name")
    return owner


def _count_or_share(raw: object) -> str:
    """`2` or `50%`."""
    count = whole(raw)
    return text(raw)[:20] if count is None else str(count)


def _metrics(spec: Mapped, meta: Meta, notes: Notes) -> Iterator[ScaleMetric]:
    percent = whole(spec.get("targetCPUUtilizationPercentage"))
    if percent:
        yield ScaleMetric(
            kind="Resource", name="cpu", target_type="Utilization", target=float(percent)
        )
    for raw in (*mappings(spec.get("metrics")), *_annotated(meta)):
        metric = _metric(raw)
        if metric is None:
            kind = text(raw.get("type"))[:40]
            notes.add(f"{meta.namespace}/{meta.name}: a metric of type {kind!r} has no target")
        else:
            yield metric


def _annotated(meta: Meta) -> list[Mapped]:
    try:
        return mappings(json.loads(meta.annotations.get(_V1_METRICS, "[]")))
    except (ValueError, RecursionError):
        return []


def _metric(raw: Mapped) -> ScaleMetric | None:
    kind = text(raw.get("type"))
    source = mapping(raw.get(_KINDS.get(kind, "")))
    resource = text(source.get("name")) if kind in ("Resource", "ContainerResource") else ""
    name = resource or text(at(source, "metric", "name")) or text(source.get("metricName"))
    for target_type, newer, older in _TARGETS:
        written = at(source, "target", newer)
        target = _number(source.get(older) if written is None else written)
        if target is not None and name:
            is_cpu = resource == "cpu" and target_type != "Utilization"
            return ScaleMetric(
                kind=kind,
                name=name,
                target_type=target_type,
                target=target * 1000 if is_cpu else target,  # millicores
                container=text(source.get("container")),
            )
    return None


def _number(raw: object) -> float | None:
    if isinstance(raw, bool) or raw is None:
        return None
    try:
        return parse_number(str(raw)) if isinstance(raw, str | int) else None
    except InvalidInput:
        return None
