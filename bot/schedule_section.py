"""The schedule of `finops.yml`: when cycles, digests and plans are due, and the quiet hours."""

from datetime import time
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from bot.estate_sections import Section
from bot.timetable import Timetable
from finops.domain.sending import SendingHours, is_time_zone

_QUIET_HOURS = r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$"


def known_zone(name: str) -> str:
    """The name as it is; for models, whose ValueError names an example."""
    if name and not is_time_zone(name):
        raise ValueError("no IANA time zone such as Europe/Berlin")
    return name


class ScheduleSection(Section):
    """When cycles, digests and plans are due, and when nobody is written to unasked.

    Hours are local to `time_zone`, or to the team's own. `quiet_hours: ""` means none.
    """

    cycle_every_hours: int = Field(default=24, ge=1, le=168)
    digest_weekday: int = Field(default=0, ge=0, le=6, description="0 is Monday")
    digest_hour: int = Field(default=9, ge=0, le=23)
    plan_weekday: int = Field(default=0, ge=0, le=6, description="0 is Monday")
    plan_hour: int = Field(default=9, ge=0, le=23)
    quiet_hours: str = Field(default="20:00-07:00", pattern=_QUIET_HOURS)
    time_zone: Annotated[str, Field(min_length=1), AfterValidator(known_zone)] = "UTC"
    # Of channels whose clock is another one.
    time_zones: dict[Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{5,20}$")], str] = {}
    weekly_digest: bool = True
    # On the first working day, of the calendar month before.
    monthly_digest: bool = True

    def timetable(self) -> Timetable:
        """When cycles and digests are due."""
        return Timetable(
            cycle_every_hours=self.cycle_every_hours,
            digest_weekday=self.digest_weekday,
            digest_hour=self.digest_hour,
            time_zone=self.time_zone,
            time_zones=self.time_zones,
            weekly_digest=self.weekly_digest,
            monthly_digest=self.monthly_digest,
        )

    def hours(self) -> SendingHours:
        """When people may be written to, as the engine knows it."""
        begin, _, end = (self.quiet_hours or "00:00-00:00").partition("-")
        return SendingHours(
            time_zone=self.time_zone,
            quiet_from=time.fromisoformat(begin),
            quiet_until=time.fromisoformat(end),
            plan_weekday=self.plan_weekday,
            plan_hour=self.plan_hour,
        )

    @field_validator("time_zones")
    @classmethod
    def _known_zones(cls, zones: dict[str, str]) -> dict[str, str]:
        for name in zones.values():
            known_zone(name)
        return zones
