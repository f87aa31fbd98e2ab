"""`finops doctor` on a cluster: one line for each thing, with the exact fix."""

from collections.abc import Iterator

import pytest

from finops.domain.checks import Check, Outcome
from finops.sources.kubernetes.api import Patience
from finops.sources.kubernetes.cluster import KubernetesCluster
from finops.sources.kubernetes.resources import ALLOWED
from tests.finops.sources.kubernetes.builders import controller, of_kinds
from tests.finops.sources.kubernetes.estates import VERSIONS, shop
from tests.real_parts.kubernetes_api import ApiServer, connect_to, kubernetes_api


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with kubernetes_api(shop("1.33")) as running:
        yield running


def checks(server: ApiServer, token: str = "") -> dict[str, Check]:
    patience = Patience(timeout_seconds=0.3)
    cluster = KubernetesCluster(
        cluster="prod", connect=connect_to(server, token), patience=patience
    )
    return {check.subject: check for check in cluster.check()}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_sound_cluster_is_green_on_every_version(version: str) -> None:
    with kubernetes_api(shop(version), version=version) as server:
        found = checks(server)

    assert {c.outcome for c in found.values()} == {Outcome.OK, Outcome.SKIPPED}
    assert found["reach"].detail == f"version v{version}.4"
    assert found["list pods"].detail == "v1, 6 seen"
    assert {c.subject for c in found.values() if c.outcome is Outcome.SKIPPED} == {
        f"list {resource.name}" for resource in ALLOWED if resource.is_optional
    }
    assert {c.area for c in found.values()} == {"Kubernetes prod"}


def test_each_list_is_tried_with_one_object_only(server: ApiServer) -> None:
    checks(server)

    assert {method for method, _ in server.requests} == {"GET"}
    assert server.asked("/api/v1/pods") == ["/api/v1/pods?limit=1"]


def test_a_refused_list_is_red_with_the_rule_to_add(server: ApiServer) -> None:
    server.fail("/api/v1/nodes", 403, message="nodes is forbidden")
    found = checks(server)

    assert found["list nodes"] == Check(
        area="Kubernetes prod",
        subject="list nodes",
        outcome=Outcome.FAILED,
        detail="HTTP 403: nodes is forbidden",
        fix="run `kubectl apply -f deploy/kubernetes-rbac.yaml`, or add the rule "
        '{apiGroups: [""], resources: [nodes], verbs: [get, list]} to the bot\'s ClusterRole',
    )
    assert found["list pods"].outcome is Outcome.OK


def test_a_refused_add_on_is_a_warning() -> None:
    with kubernetes_api(of_kinds(Rollout=[controller("web")])) as server:
        server.fail("/apis/argoproj.io/v1alpha1/rollouts", 403)

        assert checks(server)["list rollouts.argoproj.io"].outcome is Outcome.WARNING


@pytest.mark.parametrize("ahead", [-600, 600])
def test_a_clock_that_is_off_is_a_warning(server: ApiServer, ahead: float) -> None:
    server.clock_ahead_seconds = ahead
    clock = checks(server)["clock"]

    assert clock.outcome is Outcome.WARNING
    assert ("behind" if ahead > 0 else "ahead of") in clock.detail


def test_a_cluster_that_is_down_is_one_red_line() -> None:
    with kubernetes_api({}) as server:
        pass
    [check] = checks(server).values()

    assert (check.subject, check.outcome) == ("reach", Outcome.FAILED)
    assert "kubectl get --raw /version" in check.fix


def test_refused_credentials_are_one_red_line(server: ApiServer) -> None:
    server.tokens = {"right"}
    [check] = checks(server, "wrong").values()

    assert check.outcome is Outcome.FAILED
    assert "refused the credentials" in check.detail


def test_a_list_that_hangs_is_red_and_the_others_are_tried(server: ApiServer) -> None:
    server.fail("/api/v1/nodes", hang_seconds=30)
    found = checks(server)

    assert found["list nodes"].detail == "no answer within 0.3 s"
    assert found["list pods"].outcome is Outcome.OK
