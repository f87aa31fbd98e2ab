"""Workloads with their scalers, budgets and the fate of their pods."""

from datetime import timedelta

from finops.domain.usage import Stability
from tests.finops.sources.kubernetes.builders import (
    budget,
    container,
    controller,
    metadata,
    of_kinds,
    pod,
    scaler,
)
from tests.finops.sources.kubernetes.test_cluster import NOW, read, workload


def started(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def test_restarts_and_oom_kills_are_summed_since_the_oldest_pod_started() -> None:
    killed = {
        "name": "app",
        "restartCount": 2,
        "lastState": {"terminated": {"reason": "OOMKilled"}},
    }
    fine = {"name": "app", "restartCount": 1}
    pods = [
        pod(
            "a",
            owner="StatefulSet/db",
            status={"startTime": started(10), "containerStatuses": [killed]},
        ),
        pod(
            "b",
            owner="StatefulSet/db",
            status={"startTime": started(4), "containerStatuses": [fine]},
        ),
    ]
    db = controller("db", container("app", "1"), container("proxy"))
    [app, proxy] = workload(
        read(of_kinds(StatefulSet=[db], Pod=pods)), "StatefulSet", "db"
    ).containers

    assert app.stability == Stability(window_days=10.0, restarts=3, oom_kills=1)
    assert proxy.stability is None


def test_a_start_in_the_future_is_no_window() -> None:
    fine = {"name": "app", "restartCount": 1}
    held = pod(
        "a", owner="StatefulSet/db", status={"startTime": started(-1), "containerStatuses": [fine]}
    )
    state = read(of_kinds(StatefulSet=[controller("db")], Pod=[held]))

    assert workload(state, "StatefulSet", "db").containers[0].stability is None


def test_a_vertical_autoscaler_is_tied_to_its_workload() -> None:
    vpa = {
        "metadata": metadata("db"),
        "spec": {
            "targetRef": {"kind": "StatefulSet", "name": "db"},
            "updatePolicy": {"updateMode": "Off"},
        },
    }
    state = read(of_kinds(StatefulSet=[controller("db")], VerticalPodAutoscaler=[vpa]))
    found = workload(state, "StatefulSet", "db").vertical_autoscaler

    assert found is not None
    assert (found.name, found.mode, found.sets_requests) == ("db", "Off", False)


def test_a_scaler_of_the_same_name_but_another_kind_is_not_its_own() -> None:
    hpa = scaler("db", "Deployment/db", spec={})
    state = read(of_kinds(StatefulSet=[controller("db")], HorizontalPodAutoscaler=[hpa]))

    assert workload(state, "StatefulSet", "db").autoscaler is None


def test_a_budget_is_found_by_the_labels_of_the_pod_template() -> None:
    chosen = budget("b", {"matchExpressions": [{"key": "app", "operator": "Exists"}]})
    elsewhere = budget("c", {"matchLabels": {"app": "db"}})
    elsewhere["metadata"]["namespace"] = "other"
    state = read(of_kinds(StatefulSet=[controller("db")], PodDisruptionBudget=[elsewhere, chosen]))
    found = workload(state, "StatefulSet", "db").disruption_budget

    assert found is not None
    assert (found.name, found.allowed) == ("b", 1)
