"""Where the bot posts, when the digest comes, and when nobody is written to."""

from collections.abc import Collection
from dataclasses import dataclass

from handlers.blocks import text
from handlers.blocks.elements import Block, section
from handlers.blocks.inputs import channel_select, one_of, text_input
from handlers.blocks.setup.parts import SETTING, locked, setting, settings_form
from handlers.ids import ViewId
from handlers.reference import SettingsReference
from handlers.settings_desk import DigestTime

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TRIAGE, LEADERSHIP = "triage_channel", "leadership_channel"
WEEKDAY, HOUR, ZONE, QUIET = "digest_weekday", "digest_hour", "time_zone", "quiet_hours"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """What holds now; `locked` are the names of the settings that the file says."""

    triage: str
    leadership: str
    digest: DigestTime
    quiet_hours: str = ""
    locked: Collection[str] = ()


def channels_modal(now: ChannelSettings, *, instance: str) -> Block:
    """The form, as it stands."""
    digest = now.digest
    days = [(day, str(number)) for number, day in enumerate(DAYS)]
    hours = [(hour_words(hour), str(hour)) for hour in range(24)]
    rows = [
        (
            TRIAGE, "Triage", text.channel(now.triage) if now.triage else "",
            channel_select(SETTING, now.triage),
            "Waste that no team owns yet is asked about there.",
        ),
        (
            LEADERSHIP, "Leadership", text.channel(now.leadership) if now.leadership else "",
            channel_select(SETTING, now.leadership),
            "The weekly digest goes there.",
        ),
        (
            WEEKDAY, "Digest day", DAYS[digest.weekday],
            one_of(SETTING, days, str(digest.weekday)), "",
        ),
        (
            HOUR, "Digest hour", hour_words(digest.hour),
            one_of(SETTING, hours, str(digest.hour)), "",
        ),
        (
            QUIET, "Quiet hours", text.safe(now.quiet_hours or "none", 60),
            text_input(SETTING, now.quiet_hours, example="20:00-07:00", longest=40),
            "Nobody is written to unasked then. Empty means never.",
        ),
        (
            ZONE, "Time zone", text.safe(digest.time_zone, 60),
            text_input(SETTING, digest.time_zone, example="Europe/Berlin", longest=60),
            "Of all hours above and of the plans of the week. A city, as in Europe/Berlin.",
        ),
    ]  # fmt: skip
    blocks = [section("First invite me to where I should post: `/invite @finops-bot`.")]
    for name, label, shown, element, hint in rows:
        if name in now.locked:
            blocks.append(locked(label, shown))
        else:
            is_optional = name in (TRIAGE, LEADERSHIP, QUIET)
            blocks.append(setting(label, element, name, hint=hint, optional=is_optional))
    return settings_form(
        "Channels",
        blocks,
        callback_id=ViewId.SETUP_CHANNELS,
        reference=str(SettingsReference(instance)),
    )


def hour_words(hour: int) -> str:
    """`09:00`."""
    return f"{hour:02d}:00"
