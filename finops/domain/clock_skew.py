"""This machine's clock against somebody else's, as a check.

Slack refuses nothing older than 5 minutes but we refuse its requests then; AWS refuses signatures
that are 5 minutes off (15 for some services); GitHub refuses App tokens from the future.
"""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from finops.domain.checks import Area, Check

# A Date header has whole seconds and the answer was under way; a minute is a clock that drifts.
NOTICEABLE = timedelta(seconds=60)
HARMFUL = timedelta(minutes=5)
_FIX = "Switch on time synchronisation (chrony, systemd-timesyncd) where the bot runs."


def clock_check(area: Area, *, whose: str, theirs: datetime, ours: datetime) -> Check:
    """How far our clock is from theirs: fine within a minute, harmful from 5 minutes on.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    >>> clock_check(Area("Slack"), whose="Slack", theirs=noon, ours=noon).detail
    "within a minute of Slack's"
    """
    apart = abs(ours - theirs)
    if apart < NOTICEABLE:
        return area.ok("clock", f"within a minute of {whose}'s")
    direction = "ahead of" if ours > theirs else "behind"
    detail = f"{apart.total_seconds() / 60:.0f} min {direction} {whose}'s"
    if apart < HARMFUL:
        return area.warning("clock", detail, fix=_FIX)
    return area.failed("clock", f"{detail}; signatures are refused from 5 min on", fix=_FIX)


def date_of_header(text: str) -> datetime | None:
    """The moment of an HTTP Date header, None for anything else."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
