"""The request and the autoscaler's target that is a share of it move in one edit."""

import pytest

from finops.domain.changes import Change, Setting
from finops.domain.errors import Refused
from finops.domain.opportunity import Resource
from finops.edits import PlannedEdit, plan_edit
from tests.finops.edits.opportunities import DEPLOYMENT, container, cpu, opportunity, repository

V1 = b"""\
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: frontend, namespace: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: frontend}
  maxReplicas: 9
  targetCPUUtilizationPercentage: 60 # agreed
"""
V2 = b"""\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: frontend, namespace: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: frontend}
  maxReplicas: 9
  metrics:
    - type: Resource
      resource: {name: memory, target: {type: Utilization, averageUtilization: 60}}
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: 60
"""
V2BETA1 = b"""\
apiVersion: autoscaling/v2beta1
kind: HorizontalPodAutoscaler
metadata: {name: frontend}
spec:
  scaleTargetRef: {kind: Deployment, name: frontend}
  metrics:
    - {type: Resource, resource: {name: cpu, targetAverageUtilization: 60}}
"""
CONTAINER = b"""\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: frontend}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: frontend}
  maxReplicas: 3
  metrics:
    - type: ContainerResource
      containerResource:
        {name: cpu, container: proxy, target: {type: Utilization, averageUtilization: 70}}
    - type: ContainerResource
      containerResource:
        {name: cpu, container: server, target: {type: Utilization, averageUtilization: 60}}
"""
KEDA = b"""\
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: frontend}
spec:
  scaleTargetRef: {name: frontend}
  triggers:
    - type: cpu
      metricType: Utilization
      metadata: {value: "60"}
"""
TARGET = Change(Setting.HPA_CPU_TARGET, 60, 85, holder="frontend")


def planned(files: dict[str, bytes], resource: Resource | None = None) -> PlannedEdit:
    subject = opportunity(resource or container(), cpu(500, 350), TARGET)
    return plan_edit(repository(files), subject)


@pytest.mark.parametrize(
    ("source", "old", "new"),
    [
        (V1, b"Percentage: 60", b"Percentage: 85"),
        (V2, b"averageUtilization: 60\n", b"averageUtilization: 85\n"),
        (V2BETA1, b": 60}", b": 85}"),
        (CONTAINER, b": 60}", b": 85}"),
        (KEDA, b'"60"', b'"85"'),
    ],
)
def test_every_kind_of_target_moves_with_the_request(source: bytes, old: bytes, new: bytes) -> None:
    plan = planned({"web.yaml": DEPLOYMENT, "scale.yaml": source})

    assert [each.path for each in plan.files] == ["web.yaml", "scale.yaml"]
    assert plan.files[0].after == DEPLOYMENT.replace(b"500m", b"350m")
    assert plan.files[1].after == source.replace(old, new)


def test_both_in_one_file_are_one_change_of_it() -> None:
    source = DEPLOYMENT + b"---\n" + V2

    plan = planned({"web.yaml": source})

    expected = source.replace(b"500m", b"350m")
    assert len(plan.files) == 1
    assert plan.files[0].after == expected.replace(b"ion: 60\n", b"ion: 85\n")
    assert plan.proof.lines_changed == 2


def test_the_target_of_an_overlay_is_followed_to_its_patch() -> None:
    patch = b"""\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: frontend, namespace: shop}
spec:
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}} # prod
"""
    base = b"resources: [web.yaml, scale.yaml]\n"
    overlay = b"resources: [../base]\npatches: [{path: scale.yaml}]\n"
    files = {
        "base/kustomization.yaml": base,
        "base/web.yaml": DEPLOYMENT,
        "base/scale.yaml": V2.replace(b"ion: 60\n", b"ion: 50\n"),
        "prod/kustomization.yaml": overlay,
        "prod/scale.yaml": patch,
    }

    plan = planned(files)

    assert [each.path for each in plan.files] == ["base/web.yaml", "prod/scale.yaml"]
    assert plan.files[1].after == patch.replace(b"60", b"85")


def test_without_its_autoscaler_the_request_stays() -> None:
    with pytest.raises(Refused, match="is in no manifest here"):
        planned({"web.yaml": DEPLOYMENT})


def test_a_target_that_moved_on_is_refused() -> None:
    with pytest.raises(Refused, match="The file has moved on"):
        planned({"web.yaml": DEPLOYMENT, "scale.yaml": V1.replace(b"60", b"70")})


def test_two_autoscalers_are_refused_by_place() -> None:
    other = V1.replace(b"{name: frontend,", b"{name: other,").replace(b"9", b"8")
    twice = {"a.yaml": V1, "b.yaml": V1, "c.yaml": other, "web.yaml": DEPLOYMENT}

    with pytest.raises(Refused, match="is written in 2 places") as caught:
        planned(twice)

    assert "a.yaml line 7, b.yaml line 7" in str(caught.value)
