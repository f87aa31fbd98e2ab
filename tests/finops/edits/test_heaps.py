"""A Java heap changes with the memory around it, and memory never falls under a heap."""

import pytest

from finops.domain.changes import Change, Setting
from finops.domain.errors import Refused
from finops.domain.quantities import GIB, MIB
from tests.finops.edits.gitops.repositories import chart, planned, web

PLAIN = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: app
          image: shop/web:1
          env:
            - name: JAVA_TOOL_OPTIONS
              value: "-Xms4g -Xmx6g -XX:+UseG1GC" # measured in 2023
          resources:
            requests: {memory: 8Gi}
            limits: {memory: 8Gi}
"""
MEMORY = (
    Change(Setting.MEMORY_REQUEST, 8 * GIB, 2 * GIB),
    Change(Setting.MEMORY_LIMIT, 8 * GIB, 2 * GIB),
)
HEAP = Change(Setting.HEAP, 6 * GIB, 1536 * MIB)
ARGS = PLAIN.replace(
    """          env:
            - name: JAVA_TOOL_OPTIONS
              value: "-Xms4g -Xmx6g -XX:+UseG1GC" # measured in 2023
""",
    "          args: [java, -Xmx6g, -jar, web.jar]\n",
)


def lowered(text: str) -> str:
    return text.replace("8Gi", "2Gi").replace("-Xms4g", "-Xms1536m").replace("-Xmx6g", "-Xmx1536m")


@pytest.mark.parametrize("source", [PLAIN, ARGS])
def test_heap_and_memory_fall_in_one_edit(source: str) -> None:
    plan = planned({"web.yaml": source}, web(namespace=""), *MEMORY, HEAP)

    [change] = plan.files
    assert change.after == lowered(source).encode()
    assert len(plan.proof.entries) == 3


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("-Xmx6g", "-Xmx5g", "has moved on"),
        (" -Xmx6g", "", "names no heap by -Xmx"),
        ("          resources", "          args: [-Xmx6g]\n          resources", "several places"),
        ('"-Xms4g -Xmx6g -XX:+UseG1GC" #', ">-\n                -Xmx6g\n            #", "by hand"),
    ],
)
def test_a_heap_that_is_not_there_once_is_refused(old: str, new: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        planned({"web.yaml": PLAIN.replace(old, new)}, web(namespace=""), *MEMORY, HEAP)


def test_a_limit_under_the_heap_of_the_file_is_refused_whoever_proposes_it() -> None:
    with pytest.raises(Refused) as caught:
        planned({"web.yaml": PLAIN}, web(namespace=""), *MEMORY)

    assert "line 11 gives Java a heap of 6Gi, which with what is outside of it needs 7680Mi" in str(
        caught.value
    )


def test_a_limit_above_the_heap_is_not() -> None:
    limit = Change(Setting.MEMORY_LIMIT, 8 * GIB, 7680 * MIB)

    plan = planned({"web.yaml": PLAIN.replace("requests: {memory: 8Gi}", "requests: {}")},
                   web(namespace=""), limit)  # fmt: skip

    assert b"limits: {memory: 7680Mi}" in plan.files[0].after


def test_a_heap_that_is_a_share_of_the_limit_holds_the_limit() -> None:
    source = PLAIN.replace("-Xms4g -Xmx6g", "-XX:MaxRAMPercentage=75")

    with pytest.raises(Refused, match="share of its memory limit"):
        planned({"web.yaml": source}, web(namespace=""), *MEMORY)


def test_the_overlay_that_decides_the_heap_is_edited_and_rendered() -> None:
    patch = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: app
          env:
            - {name: JAVA_TOOL_OPTIONS, value: "-Xmx6g -ea"}
"""
    files = {
        "base/web.yaml": PLAIN,
        "base/kustomization.yaml": "resources: [web.yaml]\n",
        "prod/kustomization.yaml": "resources: [../base]\npatches:\n  - path: heap.yaml\n",
        "prod/heap.yaml": patch,
    }

    plan = planned(files, web(namespace=""), *MEMORY, HEAP)

    after = {each.path: each.after.decode() for each in plan.files}
    assert after["prod/heap.yaml"] == patch.replace("-Xmx6g", "-Xmx1536m")
    assert after["base/web.yaml"] == PLAIN.replace("8Gi", "2Gi")
    assert any("rendered before and after" in check for check in plan.proof.checks)


@pytest.mark.parametrize(
    ("template", "value", "after"),
    [
        ("{{ .Values.web.javaOpts | quote }}", 'javaOpts: "-Xmx6g -ea"', '"-Xmx1536m -ea"'),
        ('"-Xmx{{ .Values.web.heap }} -ea"', "heap: 6g", "1536m"),
    ],
)
def test_the_value_that_becomes_the_heap_is_edited(template: str, value: str, after: str) -> None:
    files = chart()
    env = f"          env:\n            - name: JAVA_OPTS\n              value: {template}\n"
    name = "charts/shop/templates/web.yaml"
    files[name] = files[name].replace("        - name: app\n", f"        - name: app\n{env}", 1)
    values = files["charts/shop/values.yaml"].replace("replicas: 2", f"{value}\n  replicas: 2")
    files["charts/shop/values.yaml"] = values.replace("memory: 1Gi", "memory: 8Gi")
    tags = {"meta.helm.sh/release-name": "eu"}

    plan = planned(files, web("eu-web"), MEMORY[0], HEAP, tags=tags)

    [change] = plan.files
    key = value.partition(":")[0]
    assert change.path == "charts/shop/values.yaml"
    assert f"{key}: {after}\n" in change.after.decode()
    assert "memory: 2Gi" in change.after.decode()
