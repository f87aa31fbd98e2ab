"""What a controller's own object says."""

import pytest

from finops.domain.estate import Workload
from finops.sources.kubernetes.listing import Notes
from finops.sources.kubernetes.objects import Owner, Scope
from finops.sources.kubernetes.workloads import (
    Controller,
    MadeBy,
    controller_from,
    read_job,
    read_replica_set,
)
from finops.sources.manifest_workloads import ManifestRules
from tests.finops.sources.kubernetes.builders import Raw, container, controller, cron_job

SCOPE = Scope(cluster="prod", rules=ManifestRules())


def read(kind: str, raw: Raw) -> Workload:
    return controller_from(kind, raw, SCOPE, Notes()).workload


@pytest.mark.parametrize(
    ("kind", "raw", "replicas"),
    [
        ("Deployment", controller("a", replicas=0), 0),
        ("Deployment", controller("a", spec={"replicas": None}, status={"replicas": 3}), 3),
        ("Deployment", controller("a", spec={"replicas": None}), 1),
        ("Deployment", controller("a", spec={"replicas": 10**12}), 1),
        ("DaemonSet", controller("a", status={"desiredNumberScheduled": 7}), 7),
        ("DaemonSet", controller("a"), 0),
        ("Job", controller("a", spec={"parallelism": 4}), 4),
        ("Job", controller("a"), 1),
        (
            "Job",
            controller("a", status={"conditions": [{"type": "Complete", "status": "True"}]}),
            0,
        ),
        ("Job", controller("a", spec={"suspend": True}), 0),
        ("CronJob", cron_job("a"), 1),
        ("CronJob", cron_job("a", suspend=True), 0),
    ],
)
def test_replicas_are_the_pods_that_run_at_once(kind: str, raw: Raw, replicas: int) -> None:
    assert read(kind, raw).replicas == replicas


def test_a_deployers_trail_and_all_labels_are_tags() -> None:
    raw = controller(
        "web",
        labels={"app": "web", "kustomize.toolkit.fluxcd.io/name": "shop"},
        annotations={
            "argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web",
            "meta.helm.sh/release-name": "web",
            "owner": "ann",
            "kubectl.kubernetes.io/last-applied-configuration": "{}",
        },
    )

    assert read("Deployment", raw).tags == {
        "app": "web",
        "argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web",
        "kustomize.toolkit.fluxcd.io/name": "shop",
        "meta.helm.sh/release-name": "web",
        "owner": "ann",
    }


def test_the_labels_of_its_pods_are_kept_for_finding_the_owner() -> None:
    assert read("Deployment", controller("a")).pod_labels == {"app": "a"}


def test_a_replica_set_counts_only_when_nobody_made_it() -> None:
    made = read_replica_set(controller("web-1", owner="Deployment/web"), SCOPE, Notes())
    alone = read_replica_set(controller("alone"), SCOPE, Notes())

    assert made == MadeBy("ReplicaSet", ("shop", "web-1"), Owner("Deployment", "web"))
    assert isinstance(alone, Controller)


def test_a_job_of_a_cron_job_is_its_run_and_one_of_anybody_else_is_its_own() -> None:
    run = read_job(controller("r-1", owner="CronJob/r"), SCOPE, Notes())
    other = read_job(controller("w-1", owner="Workflow/w"), SCOPE, Notes())

    assert isinstance(run, MadeBy)
    assert isinstance(other, Controller)


def test_priority_class_and_schedule_are_read() -> None:
    raw = controller("a", container("app"), pod={"priorityClassName": "high"})

    assert read("Deployment", raw).priority_class == "high"
    assert read("CronJob", cron_job("a", schedule="*/5 * * * *")).schedule == "*/5 * * * *"
