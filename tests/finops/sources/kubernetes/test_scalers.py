"""Autoscalers of every API version say the same; budgets mean the pods they mean."""

import json
from typing import Any

import pytest

from finops.domain.cluster_objects import Autoscaler, ScaleMetric
from finops.sources.kubernetes.listing import Notes
from finops.sources.kubernetes.objects import Owner, Scope
from finops.sources.kubernetes.scalers import read_autoscaler, read_budget
from tests.finops.sources.kubernetes.builders import Raw, budget, scaler

SCOPE = Scope(cluster="prod")


def metrics(spec: Raw, notes: Notes | None = None, **more: Any) -> tuple[ScaleMetric, ...]:
    raw = scaler("web", "Deployment/web", spec=spec, **more)
    found = read_autoscaler(raw, SCOPE, notes or Notes())
    assert found is not None
    assert found.target == Owner("Deployment", "web")
    assert isinstance(found.scaler, Autoscaler)
    return found.scaler.metrics


def metric(
    kind: str, name: str, target_type: str, target: float, *, container: str = ""
) -> ScaleMetric:
    return ScaleMetric(
        kind=kind, name=name, target_type=target_type, target=target, container=container
    )


CPU = metric("Resource", "cpu", "Utilization", 70.0)


@pytest.mark.parametrize(
    "spec",
    [
        {"targetCPUUtilizationPercentage": 70},
        {
            "metrics": [
                {"type": "Resource", "resource": {"name": "cpu", "targetAverageUtilization": 70}}
            ]
        },
        {
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {
                        "name": "cpu",
                        "target": {"type": "Utilization", "averageUtilization": 70},
                    },
                }
            ]
        },
    ],
    ids=["v1", "v2beta1", "v2"],
)
def test_every_version_says_cpu_at_seventy_percent(spec: Raw) -> None:
    assert metrics(spec) == (CPU,)


def test_v1_keeps_its_other_metrics_in_an_annotation() -> None:
    more = [{"type": "Resource", "resource": {"name": "memory", "targetAverageValue": "1Gi"}}]
    annotations = {"autoscaling.alpha.kubernetes.io/metrics": json.dumps(more)}

    assert metrics({"targetCPUUtilizationPercentage": 70}, annotations=annotations) == (
        CPU,
        metric("Resource", "memory", "AverageValue", 2.0**30),
    )


@pytest.mark.parametrize("written", ["{", "7", "[7]", "[[]]", "[" * 50_000])
def test_a_broken_annotation_is_no_crash(written: str) -> None:
    annotations = {"autoscaling.alpha.kubernetes.io/metrics": written}

    assert metrics({}, annotations=annotations) == ()


def test_every_kind_of_metric_is_understood() -> None:
    target = {"type": "AverageValue", "averageValue": "500m"}
    found = metrics(
        {
            "metrics": [
                {"type": "Resource", "resource": {"name": "cpu", "target": target}},
                {
                    "type": "ContainerResource",
                    "containerResource": {
                        "name": "cpu",
                        "container": "app",
                        "target": {"averageUtilization": 60},
                    },
                },
                {"type": "Pods", "pods": {"metric": {"name": "rps"}, "target": target}},
                {"type": "Object", "object": {"metricName": "hits", "targetValue": "2k"}},
                {
                    "type": "External",
                    "external": {"metric": {"name": "queue"}, "target": {"value": "30"}},
                },
            ]
        }
    )

    assert found == (
        metric("Resource", "cpu", "AverageValue", 500.0),
        metric("ContainerResource", "cpu", "Utilization", 60.0, container="app"),
        metric("Pods", "rps", "AverageValue", 0.5),
        metric("Object", "hits", "Value", 2000.0),
        metric("External", "queue", "Value", 30.0),
    )


def test_a_metric_without_a_target_is_noted() -> None:
    notes = Notes()

    assert metrics({"metrics": [{"type": "Magic"}]}, notes) == ()
    assert str(notes) == "shop/web: a metric of type 'Magic' has no target"


@pytest.mark.parametrize(
    ("selector", "version", "meant"),
    [
        ({"matchLabels": {"app": "web"}}, "v1", True),
        ({}, "v1", True),
        ({}, "v1beta1", False),
        (None, "v1", False),
    ],
)
def test_an_empty_selector_means_all_pods_in_v1_only(
    selector: Raw | None, version: str, meant: bool
) -> None:
    found = read_budget(budget("b", selector), Scope(cluster="prod", version=version), Notes())

    assert (found is not None) == meant


def test_a_budget_keeps_counts_and_shares_as_written() -> None:
    found = read_budget(budget("b", {}, minAvailable="50%", maxUnavailable=1), SCOPE, Notes())

    assert found is not None
    assert (found.budget.min_available, found.budget.max_unavailable) == ("50%", "1")
