"""Since when an unattached volume is not used, as far as CloudWatch can tell. Pure.

EBS measures reads and writes only while a volume is attached to a running machine. So the day of
the newest datapoint was the last one of use, and a window without any was a window without use. The
volume may have been attached to a stopped machine for some time after that: the evidence says what
was measured, and no more.
"""

from dataclasses import replace

from finops.domain.estate import Volume
from finops.sources.aws.metrics import DAY, Window

# A shorter silence says less than the volume's own age does.
SHORTEST_SILENCE_DAYS = 7
READS_AND_WRITES = ("VolumeReadOps", "VolumeWriteOps")


def with_detachment(volume: Volume, window: Window) -> Volume:
    """The volume with `detached_since` bounded by its metrics; a tag's word is kept.

    Newest datapoint on 3 July: unused since 4 July 00:00 UTC. None in the window: unused at least
    since the window began, or since the volume was made if that was later.
    """
    metrics = [volume.metrics[name] for name in READS_AND_WRITES if name in volume.metrics]
    is_measured = len(metrics) == len(READS_AND_WRITES)
    if volume.is_attached or volume.detached_since or not is_measured:
        return volume
    last = max((m.last_at for m in metrics if m.last_at), default=None)
    if last is not None:
        return replace(
            volume,
            detached_since=min(last + DAY, window.end),
            detached_evidence=f"CloudWatch measured its last reads or writes on {last:%Y-%m-%d}",
        )
    if window.days < SHORTEST_SILENCE_DAYS:
        return volume
    since = max(window.start, volume.created_at or window.start)
    return replace(
        volume,
        detached_since=since,
        detached_evidence=f"CloudWatch measured no reads or writes since {since:%Y-%m-%d}, as far "
        "back as was asked",
    )
