"""How many pods hold a request, on average over a month: what a saving is multiplied by.

A Deployment's pods hold theirs all the time; where an autoscaler changes how many there are, their
mean over the history counts, not what happens to run now. A CronJob's hold it only while they run:

    pods held = pods that ran at once, on average while any did · share of the time any did

Worked: 2 pods at once for 3 hours a night: 2 · 3/24 = 0.25 pods; 4 cores freed in each are worth
0.25 · 4 · $0.031611 · 730 = $23.08 a month.
"""

from finops.domain.estate import UsageSummary, Workload

# Two runs may be two odd ones; a schedule is known by its third day.
LEAST_RUN_DAYS = 3


def why_not_priced(workload: Workload, usage: UsageSummary | None) -> str:
    """Why a month of it cannot be priced, or an empty text."""
    if workload.kind == "Job":
        return (
            "A Job runs once: its pods cannot be changed while it runs, and a month of it cannot "
            "be priced."
        )
    if workload.kind != "CronJob" or usage is None:
        return ""
    if not usage.running_share or not usage.pods:
        return (
            "A CronJob holds its request only while it runs, and how long its runs take is not "
            "known, so a month's saving cannot be priced."
        )
    if len(usage.daily_peaks) < LEAST_RUN_DAYS:
        return (
            f"A CronJob is judged from {LEAST_RUN_DAYS} days with runs on; it has "
            f"{len(usage.daily_peaks)}."
        )
    return ""


def pods_held(workload: Workload, usage: UsageSummary) -> float:
    """How many pods hold the request, averaged over all hours."""
    if workload.kind == "CronJob":
        return usage.pods * usage.running_share
    if workload.autoscaler is not None and workload.replica_history is not None:
        return workload.replica_history.mean
    return float(workload.replicas)


def is_average(workload: Workload) -> bool:
    """Whether `pods_held` is a mean over time and not a number of replicas."""
    is_measured = workload.autoscaler is not None and workload.replica_history is not None
    return workload.kind == "CronJob" or is_measured
