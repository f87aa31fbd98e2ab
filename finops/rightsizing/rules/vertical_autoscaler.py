"""A VerticalPodAutoscaler that sets requests itself makes the manifest's figures moot.

`Off` only recommends and is no obstacle. Every other mode replaces the requests when a pod is made,
so a pull request would change a file and nothing else.
"""

from finops.domain.estate import Workload


def why_not(workload: Workload) -> str:
    """The reason to leave the workload alone, or an empty text."""
    scaler = workload.vertical_autoscaler
    if scaler is None or not scaler.sets_requests:
        return ""
    return (
        f"The VerticalPodAutoscaler {scaler.name} (mode {scaler.mode}) sets its requests when pods "
        "start, so what the manifest asks for does not count."
    )
