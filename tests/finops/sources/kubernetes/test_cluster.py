"""One shop on servers of five ages, through HTTP: every one of them says the same."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from finops.domain.cluster_objects import Claim, Pod, ScaleMetric
from finops.domain.estate import ContainerRole, Workload
from finops.ports import ClusterState
from finops.sources.kubernetes.cluster import KubernetesCluster
from tests.finops.sources.kubernetes.builders import container, controller, node, of_kinds, pod
from tests.finops.sources.kubernetes.estates import VERSIONS, shop
from tests.real_parts.kubernetes_api import ApiServer, Objects, connect_to, kubernetes_api

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)


def read_from(server: ApiServer, **settings: int) -> ClusterState:
    cluster = KubernetesCluster(cluster="prod", connect=connect_to(server))
    return replace(cluster, **settings).read(now=NOW)  # type: ignore[arg-type]  # whole numbers


def read(objects: Objects, version: str = "1.33", **settings: int) -> ClusterState:
    with kubernetes_api(objects, version=version) as server:
        return read_from(server, **settings)


def workload(state: ClusterState, kind: str, name: str) -> Workload:
    return next(w for w in state.workloads if (w.kind, w.name) == (kind, name))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_says_the_same_of_the_shop(version: str) -> None:
    state = read(shop(version), version)
    web = workload(state, "Deployment", "web")

    assert state.gaps == ()
    assert state.server_version == f"v{version}.4"
    assert sorted((w.kind, w.name, w.replicas) for w in state.workloads) == [
        ("CronJob", "report", 1),
        ("DaemonSet", "agent", 1),
        ("Deployment", "web", 2),
        ("Job", "import", 2),
        ("Pod", "debug", 1),
        ("StatefulSet", "db", 1),
    ]
    assert (web.tags["team"], web.qos_class) == ("checkout", "Burstable")
    assert web.autoscaler is not None
    assert web.autoscaler.metrics == (
        ScaleMetric(kind="Resource", name="cpu", target_type="Utilization", target=70.0),
    )
    assert web.disruption_budget is not None
    assert web.disruption_budget.min_available == "1"
    assert workload(state, "CronJob", "report").schedule == "0 3 * * *"


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_says_where_pods_run_and_what_they_hold(version: str) -> None:
    state = read(shop(version), version)
    [machine] = state.nodes

    assert {(p.name, p.workload_kind, p.workload_name) for p in state.pods} == {
        ("web-7d9f-a", "Deployment", "web"),
        ("web-7d9f-b", "Deployment", "web"),
        ("db-0", "StatefulSet", "db"),
        ("agent-x", "DaemonSet", "agent"),
        ("debug", "", ""),
    }
    assert (machine.pods, machine.requested_cpu_millicores) == (5, 1650)
    assert machine.requested_memory_bytes == (2 * 256 + 2048) * 2**20
    assert machine.blockers == ("pod shop/debug has no controller that would start it elsewhere",)
    assert (machine.instance_id, machine.capacity_type, machine.zone) == (
        "i-n1",
        "spot",
        "eu-central-1a",
    )
    assert (machine.node_group, machine.tags) == ("general", {"cost-center": "42"})


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_ties_claims_to_volumes_and_services_to_balancers(version: str) -> None:
    state = read(shop(version), version)
    [service] = state.services

    assert state.claims == (
        Claim(
            namespace="shop",
            name="data-db-0",
            phase="Bound",
            storage_class="gp3",
            size_bytes=10 * 2**30,
            volume_name="pvc-1",
            volume_handle="vol-1",
            zone="eu-central-1a",
            reclaim_policy="Delete",
            used_by=("db-0",),
            created_at=datetime(2026, 7, 1, 8, tzinfo=UTC),
        ),
    )
    assert (service.balancer, service.endpoints) == ("web-1.elb.amazonaws.com", 1)
    assert [policy.tags for policy in state.namespaces] == [{"team": "checkout"}]


def test_native_sidecars_are_told_apart_where_the_server_knows_them() -> None:
    web = workload(read(shop("1.33")), "Deployment", "web")

    assert [(c.name, c.role) for c in web.containers] == [
        ("web", ContainerRole.APP),
        ("mesh", ContainerRole.SIDECAR),
    ]


def test_only_get_is_ever_asked() -> None:
    with kubernetes_api(shop("1.33")) as server:
        read_from(server)

    assert {method for method, _ in server.requests} == {"GET"}


def test_pages_are_followed_to_the_end_and_each_is_asked_once() -> None:
    pods = [pod(f"p{number}", owner="StatefulSet/db") for number in range(25)]
    with kubernetes_api(of_kinds(Pod=pods)) as server:
        state = read_from(server, page_size=10)

    assert len(state.pods) == 25
    assert server.asked("/api/v1/pods") == [
        "/api/v1/pods?limit=10",
        "/api/v1/pods?limit=10&continue=10",
        "/api/v1/pods?limit=10&continue=20",
    ]


def test_add_ons_are_listed_only_where_they_are_served() -> None:
    rollout = controller("canary", container("canary", "2"), replicas=3)
    with kubernetes_api(of_kinds(Rollout=[rollout])) as server:
        state = read_from(server)

    assert [(w.kind, w.name, w.replicas) for w in state.workloads] == [("Rollout", "canary", 3)]
    assert server.asked("karpenter.sh") == []


def test_a_rollout_takes_its_template_from_the_deployment_it_names() -> None:
    rollout = controller("web-rollout", replicas=4)
    rollout["spec"] = {
        "replicas": 4,
        "workloadRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
    }
    deployment = controller("web", container("web", "2"), replicas=0)
    state = read(of_kinds(Rollout=[rollout], Deployment=[deployment]))

    assert [c.cpu_request_millicores for c in workload(state, "Rollout", "web-rollout").containers]
    assert workload(state, "Rollout", "web-rollout").replicas == 4
    assert workload(state, "Deployment", "web").replicas == 0


def test_endpoints_are_counted_where_there_are_no_slices() -> None:
    service = {"metadata": {"name": "web", "namespace": "shop"}, "spec": {"selector": {"a": "b"}}}
    ready = {
        "metadata": {"name": "web", "namespace": "shop"},
        "subsets": [{"addresses": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.2"}]}],
    }
    state = read(of_kinds(Service=[service], Endpoints=[ready]), "1.16")

    assert [(s.name, s.endpoints) for s in state.services] == [("web", 2)]


def test_karpenter_pools_are_groups_as_large_as_what_was_seen() -> None:
    labels = {"karpenter.sh/nodepool": "general", "karpenter.sh/capacity-type": "on-demand"}
    pools = [{"metadata": {"name": "general"}}, {"metadata": {"name": "gpu"}}]
    nodes = [node("n1", labels=labels), node("n2", labels=labels)]
    state = read(of_kinds(NodePool=pools, Node=nodes))

    assert [(g.name, g.manager, g.desired_size) for g in state.node_groups] == [
        ("general", "karpenter", 2),
        ("gpu", "karpenter", 0),
    ]
    assert {n.capacity_type for n in state.nodes} == {"on-demand"}


def test_old_provisioners_are_pools_too() -> None:
    old = node("n1", labels={"karpenter.sh/provisioner-name": "default"})
    state = read(of_kinds(Provisioner=[{"metadata": {"name": "default"}}], Node=[old]), "1.23")

    assert [(g.name, g.desired_size) for g in state.node_groups] == [("default", 1)]


def test_a_priority_that_admission_left_out_is_its_class_value() -> None:
    waiting = pod("p", owner="StatefulSet/db", spec={"priorityClassName": "high"})
    objects = of_kinds(Pod=[waiting], PriorityClass=[{"metadata": {"name": "high"}, "value": 1000}])
    found: list[Pod] = list(read(objects).pods)

    assert [p.priority for p in found] == [1000]
