from dataclasses import replace

import pytest

from finops.domain.cluster_objects import Autoscaler
from finops.domain.usage import ReplicaHistory
from finops.rightsizing.rules.running_time import is_average, pods_held, why_not_priced
from tests.finops.rule_examples import usage, workload

NIGHTLY = replace(usage(100, 200), pods=2.0, running_share=0.125)


def test_a_cron_job_holds_its_pods_for_the_share_of_time_that_it_runs() -> None:
    cron = workload(kind="CronJob", replicas=2)

    assert not why_not_priced(cron, NIGHTLY)
    assert pods_held(cron, NIGHTLY) == 0.25


def test_others_hold_all_their_replicas_all_the_time() -> None:
    assert pods_held(workload(replicas=3), NIGHTLY) == 3
    assert not is_average(workload(replicas=3))
    assert not why_not_priced(workload(), NIGHTLY)


def test_what_an_autoscaler_changes_is_priced_by_its_mean() -> None:
    autoscaler = Autoscaler(name="web", min_replicas=2, max_replicas=9)
    history = ReplicaHistory(window_days=14, least=2, mean=4.5, most=9)
    scaled = workload(replicas=2, autoscaler=autoscaler, replica_history=history)

    assert pods_held(scaled, NIGHTLY) == 4.5
    assert is_average(scaled)
    assert pods_held(workload(replicas=2, replica_history=history), NIGHTLY) == 2


@pytest.mark.parametrize(
    ("kind", "used", "reason"),
    [
        ("Job", NIGHTLY, "A Job runs once"),
        ("CronJob", usage(100, 200), "how long its runs take is not known"),
        ("CronJob", replace(NIGHTLY, daily_peaks=(1.0, 2.0)), "from 3 days with runs on; it has 2"),
    ],
)
def test_what_cannot_be_priced_says_why(kind: str, used: object, reason: str) -> None:
    assert reason in why_not_priced(workload(kind=kind), used)  # type: ignore[arg-type]  # usages
