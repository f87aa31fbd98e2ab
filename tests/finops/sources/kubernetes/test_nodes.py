from typing import Any

import pytest

from finops.domain.cluster_objects import Taint
from finops.domain.errors import InvalidInput
from finops.domain.estate import Node
from finops.sources.kubernetes.listing import Notes
from finops.sources.kubernetes.nodes import read_node
from finops.sources.kubernetes.objects import Scope
from tests.finops.sources.kubernetes.builders import Raw, node

SCOPE = Scope(cluster="prod")


def read(**more: Any) -> Node:
    return read_node(node("n1", **more), SCOPE, Notes())


@pytest.mark.parametrize(
    ("labels", "capacity_type"),
    [
        ({"eks.amazonaws.com/capacityType": "SPOT"}, "spot"),
        ({"eks.amazonaws.com/capacityType": "ON_DEMAND"}, "on-demand"),
        ({"eks.amazonaws.com/capacityType": "CAPACITY_BLOCK"}, "reserved"),
        ({"karpenter.sh/capacity-type": "spot"}, "spot"),
        ({"karpenter.sh/capacity-type": "reserved"}, "reserved"),
        ({"cloud.google.com/gke-spot": "true"}, "spot"),
        ({"cloud.google.com/gke-preemptible": "true"}, "spot"),
        ({"kubernetes.azure.com/scalesetpriority": "spot"}, "spot"),
        ({"node.kubernetes.io/lifecycle": "Ec2Spot"}, "spot"),
        ({"eks.amazonaws.com/capacityType": "SOMETHING"}, ""),
        ({}, ""),
    ],
)
def test_who_sells_the_node_is_read_from_every_vendors_label(
    labels: dict[str, str], capacity_type: str
) -> None:
    assert read(labels=labels).capacity_type == capacity_type


@pytest.mark.parametrize(
    "key",
    [
        "eks.amazonaws.com/nodegroup",
        "karpenter.sh/nodepool",
        "karpenter.sh/provisioner-name",
        "alpha.eksctl.io/nodegroup-name",
        "cloud.google.com/gke-nodepool",
        "agentpool",
    ],
)
def test_the_group_of_a_node_is_read_from_every_vendors_label(key: str) -> None:
    assert read(labels={key: "general"}).node_group == "general"


@pytest.mark.parametrize(
    ("provider_id", "instance_id"),
    [
        ("aws:///eu-central-1a/i-0abc", "i-0abc"),
        ("gce://project/europe-west1-b/gke-1", "gke-1"),
        ("", ""),
    ],
)
def test_the_clouds_id_is_the_end_of_the_provider_id(provider_id: str, instance_id: str) -> None:
    assert read(provider_id=provider_id).instance_id == instance_id


def test_labels_of_old_servers_say_type_and_place_too() -> None:
    found = read(
        labels={
            "beta.kubernetes.io/instance-type": "m4.large",
            "failure-domain.beta.kubernetes.io/region": "us-east-1",
            "failure-domain.beta.kubernetes.io/zone": "us-east-1a",
        }
    )

    assert (found.instance_type, found.region, found.zone) == (
        "m4.large",
        "us-east-1",
        "us-east-1a",
    )


def test_what_pods_may_use_and_what_keeps_them_away_is_read() -> None:
    found = read(
        allocatable={"cpu": "3920m", "memory": "15Gi", "pods": "58"},
        spec={"unschedulable": True, "taints": [{"key": "gpu", "effect": "NoSchedule"}]},
        annotations={"cluster-autoscaler.kubernetes.io/scale-down-disabled": "true"},
    )

    assert (found.cpu_millicores, found.allocatable_cpu_millicores) == (4000, 3920)
    assert (found.max_pods, found.is_schedulable) == (58, False)
    assert found.taints == (Taint("gpu", "", "NoSchedule"),)
    assert found.blockers == (
        "it is annotated cluster-autoscaler.kubernetes.io/scale-down-disabled",
    )


@pytest.mark.parametrize("capacity", [None, {}, {"cpu": "4"}, {"cpu": "4", "memory": "lots"}])
def test_a_node_without_a_size_is_refused(capacity: Raw | None) -> None:
    raw = node("n1")
    raw["status"]["capacity"] = capacity
    with pytest.raises(InvalidInput, match=r"status\.capacity"):
        read_node(raw, SCOPE, Notes())
