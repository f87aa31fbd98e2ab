"""Opportunities for the tests of editors and pull requests."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from finops.domain.changes import Change, Setting
from finops.domain.money import Saving
from finops.domain.opportunity import (
    Effort,
    Evidence,
    Opportunity,
    Resource,
    WasteKind,
    fingerprint_of,
    opportunity_id,
)
from finops.domain.pull_request import RepositoryFiles

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

DEPLOYMENT = b"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: frontend
  namespace: shop
spec:
  replicas: 3
  template:
    spec:
      containers:
        - name: server # the shop
          image: shop/frontend:1
          resources:
            requests:
              cpu: 500m # measured in 2023
              memory: "512Mi"
            limits:
              memory: 1Gi
"""


def repository(files: Mapping[str, bytes]) -> RepositoryFiles:
    return RepositoryFiles("c0ffee", files)


def opportunity(
    resource: Resource, *changes: Change, kind: WasteKind = WasteKind.OVER_REQUESTED_CPU
) -> Opportunity:
    fingerprint = fingerprint_of(kind, resource)
    return Opportunity(
        id=opportunity_id(fingerprint),
        fingerprint=fingerprint,
        kind=kind,
        resource=resource,
        changes=changes,
        saving=Saving(Decimal(0), Decimal("41.5")),
        confidence=0.97,
        risk=0.2,
        effort=Effort.LOW,
        restart_needed=True,
        rollback_possible=True,
        summary="It used 80m at most in 14 days.",
        rollback="Revert this pull request.",
        detected_at=NOW,
        evidence=(Evidence("95th percentile", "80m", "Prometheus"),),
        caveats=("A sale is not in the window.",),
    )


def container(namespace: str = "shop", name: str = "frontend", within: str = "server") -> Resource:
    return Resource(
        cluster="prod", kind="Deployment", namespace=namespace, name=name, container=within
    )


def cpu(current: int | None = 500, proposed: int = 120) -> Change:
    return Change(Setting.CPU_REQUEST, current, proposed)


def cpu_opportunity(
    resource: Resource | None = None, *, current: int | None = 500, proposed: int = 120
) -> Opportunity:
    return opportunity(resource or container(), cpu(current, proposed))


def node_group(name: str = "workers", *, current: int = 5, proposed: int = 3) -> Opportunity:
    return opportunity(
        Resource(cluster="prod", kind="NodeGroup", name=name),
        Change(Setting.DESIRED_SIZE, current, proposed),
        kind=WasteKind.IDLE_NODE,
    )


def volume(volume_id: str = "vol-0a1", name: str = "") -> Opportunity:
    tags = {"Name": name} if name else {}
    return opportunity(
        Resource(cluster="prod", kind="Volume", name=volume_id, cloud_tags=tags),
        Change(Setting.PRESENT, 1, 0),
        kind=WasteKind.ORPHAN_VOLUME,
    )
