"""When digests and plans of the week come, and when nobody is written to."""

from collections.abc import Collection
from dataclasses import dataclass

from finops.domain.sending import SendingHours
from handlers.blocks import text
from handlers.blocks.elements import Block
from handlers.blocks.inputs import text_input
from handlers.blocks.setup.parts import SETTING, Row, chosen_row, filled, settings_form
from handlers.ids import ViewId
from handlers.reference import SettingsReference
from handlers.settings_desk import DigestTime

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAY, HOUR, ZONE, QUIET = "digest_weekday", "digest_hour", "time_zone", "quiet_hours"
PLAN_WEEKDAY, PLAN_HOUR = "plan_weekday", "plan_hour"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSettings:
    """What holds now; `locked` are the names of the settings that the file says."""

    digest: DigestTime
    hours: SendingHours
    locked: Collection[str] = ()


def times_modal(now: TimeSettings, *, instance: str) -> Block:
    """The form, as it stands."""
    digest, hours = now.digest, now.hours
    rows = [
        _day(WEEKDAY, "Digest day", digest.weekday),
        _hour(HOUR, "Digest hour", digest.hour),
        _day(PLAN_WEEKDAY, "Plan of the week, day", hours.plan_weekday),
        _hour(PLAN_HOUR, "Plan of the week, hour", hours.plan_hour),
        Row(
            QUIET, "Quiet hours", text.safe(hours.quiet_words or "none", 60),
            text_input(SETTING, hours.quiet_words, example="20:00-07:00", longest=40),
            "Nobody is written to unasked then. Empty means never.",
        ),
        Row(
            ZONE, "Time zone", text.safe(digest.time_zone, 60),
            text_input(SETTING, digest.time_zone, example="Europe/Berlin", longest=60),
            "Of all hours above, where a team has no time zone of its own.", is_optional=False,
        ),
    ]  # fmt: skip
    return settings_form(
        "Times",
        filled(rows, now.locked),
        callback_id=ViewId.SETUP_TIMES,
        reference=str(SettingsReference(instance)),
    )


def time_words(weekday: int, hour: int) -> str:
    """`Monday at 09:00`."""
    return f"{DAYS[weekday]} at {_clock(hour)}"


def _day(name: str, label: str, weekday: int) -> Row:
    offered = [(day, str(number)) for number, day in enumerate(DAYS)]
    return chosen_row(name, label, offered, str(weekday))


def _hour(name: str, label: str, hour: int) -> Row:
    return chosen_row(name, label, [(_clock(each), str(each)) for each in range(24)], str(hour))


def _clock(hour: int) -> str:
    return f"{hour:02d}:00"
