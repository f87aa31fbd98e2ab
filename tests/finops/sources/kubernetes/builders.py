"""Kubernetes objects as plain dicts, in the shape in which an API server answers them."""

from collections.abc import Mapping, Sequence
from typing import Any

Raw = dict[str, Any]
CREATED = "2026-07-01T08:00:00Z"


def metadata(
    name: str, namespace: str = "shop", *, owner: str = "", labels: Mapping[str, str] | None = None
) -> Raw:
    """`owner` is `Kind/name` of the controller; an empty namespace leaves it out."""
    found: Raw = {"name": name, "creationTimestamp": CREATED, "uid": f"uid-{namespace}-{name}"}
    if namespace:
        found["namespace"] = namespace
    if labels:
        found["labels"] = dict(labels)
    if owner:
        kind, _, owner_name = owner.partition("/")
        found["ownerReferences"] = [
            {"apiVersion": "apps/v1", "kind": kind, "name": owner_name, "controller": True}
        ]
    return found


def container(name: str = "app", cpu: str = "", memory: str = "", **more: Any) -> Raw:
    requests = {key: value for key, value in (("cpu", cpu), ("memory", memory)) if value}
    resources = {"requests": requests} if requests else {}
    return {"name": name, "image": f"acme/{name}:1", "resources": resources} | more


def pod(name: str, *containers: Raw, owner: str = "", node: str = "n1", **more: Any) -> Raw:
    """`more` may hold `labels`, `annotations`, `namespace`, `spec` and `status` to add."""
    meta = metadata(name, more.get("namespace", "shop"), owner=owner, labels=more.get("labels"))
    if "annotations" in more:
        meta["annotations"] = more["annotations"]
    status = {"phase": "Running", "qosClass": "Burstable", "startTime": "2026-07-05T12:00:00Z"}
    return {
        "metadata": meta,
        "spec": {"nodeName": node, "containers": list(containers) or [container()]}
        | more.get("spec", {}),
        "status": status | more.get("status", {}),
    }


def controller(name: str, *containers: Raw, replicas: int = 1, **more: Any) -> Raw:
    """A Deployment, StatefulSet and the like; its pods are labelled `app: <name>`."""
    labels = {"app": name}
    meta = metadata(
        name, more.get("namespace", "shop"), owner=more.get("owner", ""), labels=more.get("labels")
    )
    if "annotations" in more:
        meta["annotations"] = more["annotations"]
    return {
        "metadata": meta,
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": list(containers) or [container()]} | more.get("pod", {}),
            },
        }
        | more.get("spec", {}),
        "status": more.get("status", {}),
    }


def cron_job(name: str, *containers: Raw, schedule: str = "0 3 * * *", **spec: Any) -> Raw:
    template = {"spec": {"containers": list(containers) or [container()]}}
    return {
        "metadata": metadata(name),
        "spec": {"schedule": schedule, "jobTemplate": {"spec": {"template": template}}} | spec,
    }


def node(name: str, *, cpu: str = "4", memory: str = "16Gi", **more: Any) -> Raw:
    """`more` may hold `labels`, `annotations`, `spec`, `allocatable`, `provider_id`."""
    meta = metadata(name, "", labels=more.get("labels"))
    if "annotations" in more:
        meta["annotations"] = more["annotations"]
    capacity = {"cpu": cpu, "memory": memory, "pods": "58"}
    provider_id = more.get("provider_id", f"aws:///eu-central-1a/i-{name}")
    return {
        "metadata": meta,
        "spec": {"providerID": provider_id} | more.get("spec", {}),
        "status": {"capacity": capacity, "allocatable": more.get("allocatable", capacity)},
    }


def scaler(name: str, target: str, *, spec: Raw, api_version: str = "", **more: Any) -> Raw:
    """A HorizontalPodAutoscaler of `Kind/name`."""
    kind, _, target_name = target.partition("/")
    meta = metadata(name)
    if "annotations" in more:
        meta["annotations"] = more["annotations"]
    reference = {"kind": kind, "name": target_name, "apiVersion": "apps/v1"}
    made = {
        "metadata": meta,
        "spec": {"scaleTargetRef": reference, "minReplicas": 2, "maxReplicas": 10} | spec,
        "status": {"currentReplicas": 3},
    }
    return made | ({"apiVersion": api_version} if api_version else {})


def budget(name: str, selector: Raw | None, *, allowed: int = 1, **spec: Any) -> Raw:
    chosen = {} if selector is None else {"selector": selector}
    return {
        "metadata": metadata(name),
        "spec": chosen | spec,
        "status": {"disruptionsAllowed": allowed},
    }


def of_kinds(**kinds: Sequence[object]) -> dict[str, Sequence[object]]:
    """Objects by kind, as the stand-in server takes them."""
    return dict(kinds)
