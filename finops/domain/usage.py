"""What was used: summaries over a window. CPU in millicores, memory in bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class UsageSummary:
    """One container's use of one resource over a window, judged by its hottest pod.

    Values are millicores (CPU) or bytes (memory). `percentiles` maps a share such as 0.95 to a
    value. `daily_peaks` holds one figure for each day of the window, oldest first: the day's 95th
    percentile for CPU, the day's maximum for memory. A single figure without history has
    `window_days` 0 and no daily peaks. `pods` is how many pods ran at once on average and
    `summed_mean` what all of them used together; both 0 where nobody knows. `running_share` is the
    share (0-1) of the window in which any pod ran; 0 where nobody knows.
    """

    window_days: float
    samples: int
    mean: float
    maximum: float
    percentiles: Mapping[float, float] = field(default_factory=dict)
    daily_peaks: tuple[float, ...] = ()
    source: str = ""
    pods: float = 0.0
    summed_mean: float = 0.0
    running_share: float = 0.0
    startup_maximum: float | None = None
    startup_minutes: int = 0

    def percentile(self, share: float) -> float:
        """The value at `share`; falls back to the next higher known share, then the maximum."""
        higher = [s for s in self.percentiles if s >= share]
        return self.percentiles[min(higher)] if higher else self.maximum


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """What went wrong with a container over a window, all pods together.

    `throttled_share` is the share (0-1) of CFS periods in which it was throttled, on its worst day;
    None where there is no CPU limit or nobody measured it. Without `is_watched` nobody would have
    seen a restart or a kill, so that 0 says nothing.
    """

    window_days: float
    restarts: int = 0
    oom_kills: int = 0
    throttled_share: float | None = None
    is_watched: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaHistory:
    """How many pods a workload had over a window: fewest, mean, most."""

    window_days: float
    least: float
    mean: float
    most: float
