"""When cycles and digests are due: pure functions of the clock and the timetable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from finops.report_generator import Period, PeriodKind
from finops.reports.report import month_before


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When cycles and digests are due.

    The digest's hour is on the clock of the channel: of its own zone in `time_zones`, or else of
    `time_zone`.
    """

    cycle_every_hours: int = 24
    digest_weekday: int = 0
    digest_hour: int = 9
    time_zone: str = "UTC"
    time_zones: Mapping[str, str] = field(default_factory=dict)
    weekly_digest: bool = True
    monthly_digest: bool = True

    def zone_of(self, channel: str) -> ZoneInfo:
        """The zone of a channel's clock."""
        return ZoneInfo(self.time_zones.get(channel, self.time_zone))


@dataclass(frozen=True, slots=True)
class DueDigest:
    """The newest digest of a kind that is due, the key of its unit, and its period if set."""

    kind: PeriodKind
    unit: str
    due: datetime
    period: Period | None = None


def cycle_unit(cluster: str, now: datetime, every_hours: int) -> str:
    """The unit of work that a cycle at `now` belongs to.

    >>> cycle_unit("shop", datetime(2026, 11, 23, 14, 30, tzinfo=UTC), 24)
    'shop/2026-11-23T00'
    """
    hours = int(now.timestamp()) // 3600
    start = datetime.fromtimestamp(hours // every_hours * every_hours * 3600, tz=UTC)
    return f"{cluster}/{start:%Y-%m-%dT%H}"


def newest_digest(now: datetime, timetable: Timetable, *, channel: str = "") -> DueDigest:
    """The newest weekly digest that is due: its local ISO week and the moment it was due.

    Keyed by the local week, so that a clock change neither doubles nor drops one.

    >>> newest_digest(datetime(2026, 11, 24, 8, tzinfo=UTC), Timetable()).unit
    '2026-W48'
    """
    zone = timetable.zone_of(channel)
    local = now.astimezone(zone)
    day = local.date() - timedelta(days=(local.weekday() - timetable.digest_weekday) % 7)
    due = _local_moment(day, timetable.digest_hour, zone)
    if due > now:
        day -= timedelta(days=7)
        due = _local_moment(day, timetable.digest_hour, zone)
    year, week, _ = day.isocalendar()
    return DueDigest(PeriodKind.WEEKLY, f"{year}-W{week:02d}", due)


def newest_monthly_digest(now: datetime, timetable: Timetable, *, channel: str = "") -> DueDigest:
    """The newest monthly digest that is due: on the first working day, of the month before.

    Saturdays and Sundays are not worked; holidays differ by country and are not known here.

    >>> newest_monthly_digest(datetime(2026, 11, 2, 10, tzinfo=UTC), Timetable()).unit
    '2026-11'
    """
    zone = timetable.zone_of(channel)
    day = first_working_day(now.astimezone(zone).date())
    due = _local_moment(day, timetable.digest_hour, zone)
    if due > now:
        day = first_working_day(day.replace(day=1) - timedelta(days=1))
        due = _local_moment(day, timetable.digest_hour, zone)
    return DueDigest(PeriodKind.MONTHLY, f"{day:%Y-%m}", due, month_before(day))


def first_working_day(day: date) -> date:
    """The first Monday to Friday of the month of `day`.

    >>> first_working_day(date(2026, 11, 20))  # the first of November 2026 is a Sunday
    datetime.date(2026, 11, 2)
    """
    first = day.replace(day=1)
    return first + timedelta(days={5: 2, 6: 1}.get(first.weekday(), 0))


def _local_moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
