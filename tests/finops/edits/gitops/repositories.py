"""Small GitOps repositories, and what tests ask of an edit in them."""

from collections.abc import Mapping
from dataclasses import replace

from finops.domain.changes import Change, Setting
from finops.domain.opportunity import Resource
from finops.edits import PlannedEdit, plan_edit
from tests.finops.edits.opportunities import opportunity, repository

GIB = 1024**3

DEPLOYMENT = """\
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
        - name: app # the shop
          image: shop/web:1
          resources:
            requests:
              cpu: 500m
              memory: 1Gi
"""
CPU_PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: app
          resources: {requests: {cpu: "750m"}} # measured in 2024
"""
CHART = """\
apiVersion: v2
name: shop
version: 1.0.0
"""
TEMPLATE = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
  namespace: {{ .Release.Namespace }}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: app
          image: "shop/web:{{ .Values.tag }}"
          resources:
            {{- toYaml .Values.web.resources | nindent 12 }}
        - name: proxy
          image: proxy:1
          resources:
            requests:
              cpu: 40m
              memory: 32Mi
"""
VALUES = """\
tag: "1"
web:
  replicas: 2
  resources:
    requests:
      cpu: 500m # for the sale
      memory: 1Gi
"""


def chart(folder: str = "charts/shop") -> dict[str, str]:
    """A chart of one Deployment, with a container from its values and one of its own."""
    return {
        f"{folder}/Chart.yaml": CHART,
        f"{folder}/values.yaml": VALUES,
        f"{folder}/templates/web.yaml": TEMPLATE,
    }


def web(
    name: str = "web", *, cluster: str = "prod", namespace: str = "shop", within: str = "app"
) -> Resource:
    return Resource(
        cluster=cluster, kind="Deployment", namespace=namespace, name=name, container=within
    )


def cpu(current: int | None, proposed: int = 120) -> Change:
    return Change(Setting.CPU_REQUEST, current, proposed)


def planned(
    files: Mapping[str, str],
    resource: Resource,
    *changes: Change,
    tags: Mapping[str, str] | None = None,
    choice: str = "",
) -> PlannedEdit:
    subject = replace(opportunity(resource, *changes), tags=dict(tags or {}))
    sources = {path: text.encode() for path, text in files.items()}
    return plan_edit(repository(sources), subject, choices={resource.key: choice})


def edited(files: Mapping[str, str], plan: PlannedEdit) -> dict[str, tuple[str, str]]:
    """For each changed file the one text that was exchanged: before and after."""
    found: dict[str, tuple[str, str]] = {}
    for change in plan.files:
        before, after = change.before.decode(), change.after.decode()
        assert before == files[change.path]
        start = next(i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b)
        tail = 0
        while (
            before[-1 - tail] == after[-1 - tail] and tail < min(map(len, (before, after))) - start
        ):
            tail += 1
        found[change.path] = before[start : len(before) - tail], after[start : len(after) - tail]
    return found
