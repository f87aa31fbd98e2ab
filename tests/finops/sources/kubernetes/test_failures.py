"""A server that refuses, forgets, hangs, drips and lies: the rest is read and nothing is faked."""

import json
import time
from collections.abc import Iterator

import pytest

from finops.domain.errors import TryAgainLater, WillNeverWork
from finops.domain.estate import Gap, SnapshotPart
from finops.ports import ClusterState
from finops.sources.kubernetes.api import Patience
from finops.sources.kubernetes.cluster import KubernetesCluster
from finops.sources.kubernetes.pod_joins import PODS_UNKNOWN
from tests.finops.sources.kubernetes.builders import container, controller, of_kinds, pod
from tests.finops.sources.kubernetes.estates import shop
from tests.finops.sources.kubernetes.test_cluster import NOW, read_from
from tests.real_parts.kubernetes_api import ApiServer, connect_to, kubernetes_api

PODS, DEPLOYMENTS = "/api/v1/pods", "/apis/apps/v1/deployments"
QUICK = Patience(timeout_seconds=0.3, tries=2, backoff_seconds=0.01, total_seconds=5)


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with kubernetes_api(shop("1.33")) as running:
        yield running


def read(server: ApiServer, patience: Patience = QUICK, *, token: str = "") -> ClusterState:
    connect = connect_to(server, token)
    return KubernetesCluster(cluster="prod", connect=connect, patience=patience).read(now=NOW)


def only_gap(state: ClusterState) -> Gap:
    assert len(state.gaps) == 1, state.gaps
    return state.gaps[0]


def test_a_refused_list_names_the_rule_to_add_and_hides_its_part_only(server: ApiServer) -> None:
    server.fail("/apis/batch/v1/cronjobs", 403, message="cronjobs.batch is forbidden")
    state = read(server)

    assert only_gap(state) == Gap(
        "Kubernetes",
        "cronjobs.batch could not be listed: the server refuses the verb list on it (HTTP 403: "
        "cronjobs.batch is forbidden); run `kubectl apply -f deploy/kubernetes-rbac.yaml`, or add "
        "the rule {apiGroups: [batch], resources: [cronjobs], verbs: [get, list]} to the bot's "
        "ClusterRole.",
        hides=frozenset({SnapshotPart.WORKLOADS}),
    )
    assert len(state.nodes) == 1
    assert {w.kind for w in state.workloads} >= {"Deployment", "StatefulSet"}


def test_refused_scalers_hide_nothing_but_leave_the_scaling_unknown(server: ApiServer) -> None:
    server.fail("/apis/autoscaling/v2/horizontalpodautoscalers", 403)
    state = read(server)

    assert only_gap(state).hides == frozenset()
    assert {w.is_scaling_known for w in state.workloads} == {False}


def test_where_groups_may_not_be_listed_the_newest_versions_are_tried(server: ApiServer) -> None:
    server.fail("/apis", 403)
    state = read(server)

    assert state.gaps == ()
    assert {w.is_scaling_known for w in state.workloads} == {True}
    assert "/apis/batch/v1/cronjobs?limit=500" in server.asked("cronjobs")


def test_a_node_whose_pods_are_unknown_is_not_an_empty_node(server: ApiServer) -> None:
    server.fail(PODS, 403)
    state = read(server)

    assert SnapshotPart.VOLUMES in only_gap(state).hides
    assert [n.blockers for n in state.nodes] == [(PODS_UNKNOWN,)]


def test_replica_sets_that_are_refused_are_told_by_their_names(server: ApiServer) -> None:
    server.fail("/apis/apps/v1/replicasets", 403)
    owners = {p.name: (p.workload_kind, p.workload_name) for p in read(server).pods}

    assert owners["web-7d9f-a"] == ("Deployment", "web")


def test_endpoints_that_could_not_be_counted_are_not_none_ready(server: ApiServer) -> None:
    server.fail("/apis/discovery.k8s.io/v1/endpointslices", 403)

    assert [s.endpoints for s in read(server).services] == [None]


def many_pods() -> list[dict[str, object]]:
    return [pod(f"p{number}", owner="StatefulSet/db") for number in range(30)]


def test_a_list_that_expires_begins_anew_once() -> None:
    with kubernetes_api(of_kinds(Pod=many_pods())) as server:
        server.fail(PODS, 410, on_page=2, times=1)
        state = read_from(server, page_size=10)

    assert len(state.pods) == 30
    assert state.gaps == ()
    assert len(server.asked(PODS)) == 5


def test_what_was_read_before_a_list_expired_is_forgotten() -> None:
    with kubernetes_api(of_kinds(Pod=[None, *many_pods()])) as server:
        server.fail(PODS, 410, on_page=2, times=1)
        state = read_from(server, page_size=10)

    assert only_gap(state).sentence.startswith("1 of pods could not be read")


def test_a_list_that_expires_twice_is_a_gap() -> None:
    with kubernetes_api(of_kinds(Pod=many_pods())) as server:
        server.fail(PODS, 410, on_page=2)
        state = read_from(server, page_size=10)

    assert "changed faster than it could be read (HTTP 410)" in only_gap(state).sentence


def test_an_expired_list_goes_on_where_the_server_offers_a_cursor() -> None:
    with kubernetes_api(of_kinds(Pod=many_pods())) as server:
        server.fail(PODS, 410, on_page=2, times=1, offers_cursor=True)
        state = read_from(server, page_size=10)

    assert (len(state.pods), state.gaps) == (30, ())
    assert len(server.asked(PODS)) == 4


def test_a_server_that_only_expires_is_left_after_ten_times() -> None:
    with kubernetes_api(of_kinds(Pod=many_pods())) as server:
        server.fail(PODS, 410, on_page=2, offers_cursor=True)
        state = read_from(server, page_size=10)

    assert "HTTP 410" in only_gap(state).sentence
    assert len(server.asked(PODS)) == 12


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_failure_is_asked_again(server: ApiServer, status: int) -> None:
    server.fail(DEPLOYMENTS, status, times=1)

    assert read(server).gaps == ()
    assert len(server.asked(DEPLOYMENTS)) == 2


def test_the_pause_that_a_server_asks_for_is_kept(server: ApiServer) -> None:
    server.fail(DEPLOYMENTS, 429, times=1, headers={"Retry-After": "1"})
    began = time.monotonic()

    assert read(server).gaps == ()
    assert time.monotonic() - began >= 1


def test_a_pause_beyond_our_patience_is_a_gap_at_once(server: ApiServer) -> None:
    server.fail(DEPLOYMENTS, 429, headers={"Retry-After": "3000"})
    state = read(server)

    assert "deployments.apps could not be listed: HTTP 429" in only_gap(state).sentence
    assert len(server.asked(DEPLOYMENTS)) == 1


def test_a_failure_that_stays_is_a_gap_and_what_came_before_is_kept() -> None:
    with kubernetes_api(of_kinds(Deployment=[controller(f"d{i}") for i in range(20)])) as server:
        server.fail(DEPLOYMENTS, 500, on_page=2, message="etcdserver: request timed out")
        connect = connect_to(server)
        cluster = KubernetesCluster(cluster="prod", connect=connect, page_size=10, patience=QUICK)
        state = cluster.read(now=NOW)

    assert "etcdserver: request timed out" in only_gap(state).sentence
    assert len(state.workloads) == 10


def test_one_hanging_list_does_not_hold_the_others(server: ApiServer) -> None:
    server.fail(DEPLOYMENTS, hang_seconds=30)
    began = time.monotonic()
    state = read(server)

    assert "no answer within 0.3 s" in only_gap(state).sentence
    assert time.monotonic() - began < 3


def test_a_server_that_hangs_altogether_is_left_in_time(server: ApiServer) -> None:
    server.fail("/version", hang_seconds=30)
    began = time.monotonic()
    with pytest.raises(TryAgainLater, match="The API server of prod could not be read: no answer"):
        read(server)

    assert time.monotonic() - began < 3


def test_all_lists_hanging_end_with_the_whole_time_given(server: ApiServer) -> None:
    for group_version, plurals in server.served.items():
        start = "/apis" if "/" in group_version else "/api"
        for plural in plurals:
            server.fail(f"{start}/{group_version}/{plural}", hang_seconds=30)
    began = time.monotonic()
    state = read(server, Patience(timeout_seconds=0.3, tries=2, total_seconds=1))

    assert (state.workloads, state.nodes) == ((), ())
    assert len(state.gaps) > 15
    assert time.monotonic() - began < 3


def test_a_dripping_answer_is_left_in_time(server: ApiServer) -> None:
    server.fail(DEPLOYMENTS, drip=True)
    began = time.monotonic()

    assert "its answer took too long" in only_gap(read(server)).sentence
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"<html>login</html>", "instead of JSON"),
        (b"{", "cut off or broken"),
        (b"[]", "no Kubernetes object"),
        (b'{"items": null}', "it has no items"),
        (b"[" * 100_000, "instead of JSON"),
        (b"\xff\xfe", "instead of JSON"),
    ],
)
def test_an_answer_that_is_no_list_is_a_gap(server: ApiServer, body: bytes, sentence: str) -> None:
    server.fail(DEPLOYMENTS, body=body)
    state = read(server)

    assert sentence in only_gap(state).sentence
    assert {w.kind for w in state.workloads} >= {"StatefulSet", "DaemonSet"}


def test_the_same_page_for_ever_is_noticed(server: ApiServer) -> None:
    page = {"items": [controller("web")], "metadata": {"continue": "7"}}
    server.fail(DEPLOYMENTS, body=json.dumps(page).encode())

    assert "the same page again" in only_gap(read(server)).sentence


def test_an_answer_over_the_limit_is_not_held_in_memory() -> None:
    small = Patience(timeout_seconds=5, answer_bytes=8_000)
    with kubernetes_api(of_kinds(Deployment=[controller(f"d{i}") for i in range(50)])) as server:
        state = read(server, small)

    assert "lower page_size" in only_gap(state).sentence


def test_an_object_that_lies_is_counted_and_the_others_are_read() -> None:
    broken: list[object] = [
        None,
        7,
        {"metadata": None},
        {"metadata": {"name": "NO", "namespace": "x"}},
    ]
    with kubernetes_api(of_kinds(Deployment=[*broken, controller("web")])) as server:
        state = read_from(server)

    gap = only_gap(state)
    assert gap.sentence.startswith("4 of deployments.apps could not be read: an object without a")
    assert gap.hides == {SnapshotPart.WORKLOADS}
    assert [w.name for w in state.workloads] == ["web"]


@pytest.mark.parametrize("cpu", ["1e9", "-1", "lots", 1e30, True, [], "1Zi"])
def test_an_absurd_quantity_is_a_gap_in_that_field_only(cpu: object) -> None:
    bad = container("app", memory="1Gi")
    bad["resources"]["requests"]["cpu"] = cpu
    with kubernetes_api(of_kinds(Deployment=[controller("web", bad)])) as server:
        state = read_from(server)

    [read_back] = state.workloads[0].containers
    gap = only_gap(state)
    assert (read_back.cpu_request_millicores, read_back.memory_request_bytes) == (None, 2**30)
    assert gap.sentence.startswith(
        "Figures of deployments.apps make no sense and were left out: "
        "shop/web: spec.template.spec.containers[0].resources.requests.cpu: "
    )
    assert gap.hides == frozenset()


def test_a_missing_group_is_a_gap_and_not_an_empty_cluster(server: ApiServer) -> None:
    server.fail("/apis", body=b'{"groups": []}')
    state = read(server)

    assert any("deployments.apps is not served" in gap.sentence for gap in state.gaps)
    assert {SnapshotPart.WORKLOADS} <= frozenset().union(*(gap.hides for gap in state.gaps))


def test_a_group_that_does_not_answer_is_a_gap(server: ApiServer) -> None:
    server.fail("/apis/policy/v1", 503)

    assert only_gap(read(server)).sentence.startswith(
        "poddisruptionbudgets.policy could not be looked for: /apis/policy/v1 did not answer"
    )


def test_refused_credentials_end_the_reading_with_the_fix(server: ApiServer) -> None:
    server.tokens = {"right"}
    with pytest.raises(WillNeverWork, match=r"refused the credentials .*log in again") as caught:
        read(server, token="wrong")

    assert "wrong" not in str(caught.value)


def test_credentials_that_expire_on_the_way_are_fetched_once_more(server: ApiServer) -> None:
    server.tokens = {"first"}
    given = iter(["first", "second", "third"])

    def rotate(path: str) -> None:
        if path.startswith(DEPLOYMENTS):
            server.tokens = {"second"}

    server.on_request = rotate
    cluster = KubernetesCluster(
        cluster="prod", connect=lambda: connect_to(server, next(given))(), patience=QUICK
    )

    assert cluster.read(now=NOW).gaps == ()
    assert next(given) == "third"


def test_an_address_where_nobody_listens_is_tried_later() -> None:
    with kubernetes_api({}) as server:
        gone = connect_to(server)
    cluster = KubernetesCluster(cluster="prod", connect=gone, patience=QUICK)
    with pytest.raises(TryAgainLater, match="nobody listens at its address"):
        cluster.read(now=NOW)


def test_a_redirect_is_not_followed(server: ApiServer) -> None:
    server.fail("/version", 302, headers={"Location": "/apis"})
    with pytest.raises(WillNeverWork, match="is this the address of an API server"):
        read(server)

    assert server.asked("/apis") == []
