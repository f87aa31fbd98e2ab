from dataclasses import replace

import pytest

from finops.rightsizing.rules.running_time import pods_held, why_not_priced
from tests.finops.rule_examples import usage, workload

NIGHTLY = replace(usage(100, 200), pods=2.0, running_share=0.125)


def test_a_cron_job_holds_its_pods_for_the_share_of_time_that_it_runs() -> None:
    cron = workload(kind="CronJob", replicas=2)

    assert not why_not_priced(cron, NIGHTLY)
    assert pods_held(cron, NIGHTLY) == 0.25


def test_others_hold_all_their_replicas_all_the_time() -> None:
    assert pods_held(workload(replicas=3), NIGHTLY) == 3
    assert not why_not_priced(workload(), NIGHTLY)


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
