from finops.domain.estate import Workload
from finops.sources.prometheus.owners import Owners

OWNERS = [
    ("shop", "Deployment", "web"),
    ("shop", "CronJob", "report"),
    ("tools", "StatefulSet", "web"),
]


def owners() -> Owners:
    return Owners(
        Workload(cluster="c", namespace=namespace, kind=kind, name=name)
        for namespace, kind, name in OWNERS
    )


def labels(metric: str, **rest: str) -> dict[str, str]:
    return {"__name__": metric, "namespace": "shop"} | rest


def test_names_tell_the_owner_in_their_own_namespace() -> None:
    found = owners()

    assert found.owner_of(("shop", "web-7d4b9c6f5d-x7k2p")) == ("Deployment", "web")
    assert found.owner_of(("tools", "web-0")) == ("StatefulSet", "web")
    assert found.owner_of(("tools", "web-7d4b9c6f5d-x7k2p")) is None
    assert found.owner_of(("nowhere", "web-0")) is None


def test_what_names_do_not_tell_is_learnt_through_the_one_between() -> None:
    found = owners()
    assert found.strangers([("shop", "odd"), ("shop", "web-7d4b9c6f5d-x7k2p")])
    web = {"owner_kind": "Deployment", "owner_name": "web"}
    report = {"owner_kind": "CronJob", "owner_name": "report"}
    found.learn(
        [
            labels("kube_pod_owner", pod="odd", owner_kind="ReplicaSet", owner_name="rs"),
            labels("kube_replicaset_owner", replicaset="rs", **web),
            labels("kube_pod_owner", pod="run", owner_kind="Job", owner_name="report-1"),
            labels("kube_job_owner", job_name="report-1", **report),
        ]
    )

    assert found.owner_of(("shop", "odd")) == ("Deployment", "web")
    assert found.owner_of(("shop", "run")) == ("CronJob", "report")


def test_an_owner_that_the_cluster_does_not_list_counts_for_nothing() -> None:
    found = owners()
    found.learn(
        [
            labels("kube_pod_owner", pod="odd", owner_kind="Kafka", owner_name="events"),
            labels("kube_pod_owner", owner_kind="Deployment", owner_name="web"),
            {"__name__": "kube_pod_owner"},
            {},
        ]
    )

    assert found.owner_of(("shop", "odd")) is None


def test_the_name_outweighs_what_kube_state_metrics_says() -> None:
    found = owners()
    found.learn(
        [
            labels(
                "kube_pod_owner",
                pod="web-7d4b9c6f5d-x7k2p",
                owner_kind="CronJob",
                owner_name="report",
            )
        ]
    )

    assert found.owner_of(("shop", "web-7d4b9c6f5d-x7k2p")) == ("Deployment", "web")
