"""One small shop as servers of different age hold it: the same meaning in different versions.

Written from the API reference of each version: 1.20 (CronJob in batch/v1beta1, HPA in v2beta2, PDB
in policy/v1beta1), 1.23 (all of them in v1 or v2), 1.27 and 1.33 (native sidecars, resize).
"""

from typing import Any

from tests.finops.sources.kubernetes.builders import (
    Raw,
    budget,
    container,
    controller,
    cron_job,
    metadata,
    node,
    pod,
    scaler,
)

VERSIONS = ("1.20", "1.23", "1.27", "1.33", "1.36")
HASH = {"pod-template-hash": "7d9f"}


def shop(version: str) -> dict[str, list[Raw]]:
    """Deployment web (scaled, budgeted), StatefulSet db, DaemonSet agent, CronJob report."""
    minor = int(version.split(".")[1])
    web_labels = {"app": "web"} | HASH
    web_pod = container("web", "250m", "256Mi")
    found = {
        "Node": [node("n1", labels=_node_labels(minor))],
        "Namespace": [{"metadata": metadata("shop", "", labels={"team": "checkout"})}],
        "Deployment": [
            controller("web", web_pod, replicas=2, labels={"team": "checkout"}, pod=_pod(minor))
        ],
        "ReplicaSet": [controller("web-7d9f", web_pod, replicas=2, owner="Deployment/web")],
        "StatefulSet": [controller("db", container("db", "1", "2Gi"))],
        "DaemonSet": [
            controller("agent", container("agent", "50m"), status={"desiredNumberScheduled": 1})
        ],
        "CronJob": [_versioned(cron_job("report"), "batch/v1beta1" if minor < 21 else "batch/v1")],
        "Job": [_job("report-28", owner="CronJob/report"), _job("import", owner="")],
        "Pod": [
            pod("web-7d9f-a", web_pod, owner="ReplicaSet/web-7d9f", labels=web_labels),
            pod("web-7d9f-b", web_pod, owner="ReplicaSet/web-7d9f", labels=web_labels),
            pod(
                "db-0",
                container("db", "1", "2Gi"),
                owner="StatefulSet/db",
                spec={
                    "volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data-db-0"}}]
                },
            ),
            pod("agent-x", container("agent", "50m"), owner="DaemonSet/agent"),
            pod("report-28-z", owner="Job/report-28", status={"phase": "Succeeded"}),
            pod("debug", container("debug", "100m")),
        ],
        "HorizontalPodAutoscaler": [_scaler(minor)],
        "PodDisruptionBudget": [
            _versioned(
                budget("web", {"matchLabels": {"app": "web"}}, minAvailable=1),
                "policy/v1beta1" if minor < 21 else "policy/v1",
            )
        ],
        "PersistentVolumeClaim": [_claim()],
        "PersistentVolume": [_volume(minor)],
        "Service": [_service()],
        "PriorityClass": [{"metadata": metadata("high", ""), "value": 1000}],
    }
    return found | _slices(minor)


def _versioned(raw: Raw, api_version: str) -> Raw:
    return raw | {"apiVersion": api_version}


def _pod(minor: int) -> Raw:
    mesh = container("mesh", "50m", restartPolicy="Always")
    return {"initContainers": [mesh]} if minor >= 29 else {}


def _job(name: str, owner: str) -> Raw:
    template = {"spec": {"containers": [container()]}}
    return {
        "metadata": metadata(name, owner=owner),
        "spec": {"parallelism": 2, "template": template},
        "status": {"active": 2},
    }


def _scaler(minor: int) -> Raw:
    target = {"type": "Utilization", "averageUtilization": 70}
    metric = {"type": "Resource", "resource": {"name": "cpu", "target": target}}
    version = "autoscaling/v2beta2" if minor < 23 else "autoscaling/v2"
    return scaler("web", "Deployment/web", spec={"metrics": [metric]}, api_version=version)


def _node_labels(minor: int) -> dict[str, str]:
    common = {
        "node.kubernetes.io/instance-type": "m5.xlarge",
        "topology.kubernetes.io/region": "eu-central-1",
        "topology.kubernetes.io/zone": "eu-central-1a",
        "kubernetes.io/arch": "amd64",
        "eks.amazonaws.com/nodegroup": "general",
        "eks.amazonaws.com/capacityType": "SPOT",
        "cost-center": "42",
    }
    old = {"failure-domain.beta.kubernetes.io/region": "eu-central-1"} if minor < 21 else {}
    return common | old


def _claim() -> Raw:
    return {
        "metadata": metadata("data-db-0"),
        "spec": {
            "storageClassName": "gp3",
            "volumeName": "pvc-1",
            "resources": {"requests": {"storage": "10Gi"}},
        },
        "status": {"phase": "Bound", "capacity": {"storage": "10Gi"}},
    }


def _volume(minor: int) -> Raw:
    """In-tree before the CSI migration of 1.23, a CSI volume since."""
    if minor < 23:
        source: dict[str, Any] = {"awsElasticBlockStore": {"volumeID": "aws://eu-central-1a/vol-1"}}
    else:
        source = {"csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-1"}}
    zone = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["eu-central-1a"]}
    return {
        "metadata": metadata("pvc-1", ""),
        "spec": source
        | {
            "capacity": {"storage": "10Gi"},
            "claimRef": {"namespace": "shop", "name": "data-db-0"},
            "persistentVolumeReclaimPolicy": "Delete",
            "storageClassName": "gp3",
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [zone]}]}},
        },
        "status": {"phase": "Bound"},
    }


def _service() -> Raw:
    ingress = [{"hostname": "web-1.elb.amazonaws.com"}]
    return {
        "metadata": metadata("web"),
        "spec": {"type": "LoadBalancer", "selector": {"app": "web"}},
        "status": {"loadBalancer": {"ingress": ingress}},
    }


def _slices(minor: int) -> dict[str, list[Raw]]:
    endpoints = [
        {"addresses": ["10.0.0.1"], "targetRef": {"name": "web-7d9f-a"}},
        {"addresses": ["10.0.0.2"], "conditions": {"ready": False}},
    ]
    labels = {"kubernetes.io/service-name": "web"}
    found = {"metadata": metadata("web-x1", labels=labels), "endpoints": endpoints}
    version = "discovery.k8s.io/v1beta1" if minor < 21 else "discovery.k8s.io/v1"
    return {"EndpointSlice": [_versioned(found, version)]}
