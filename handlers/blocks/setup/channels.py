"""Where the bot posts: what nobody owns, and the digests of each edition."""

from collections.abc import Collection
from dataclasses import dataclass

from handlers.blocks import text
from handlers.blocks.elements import Block, section
from handlers.blocks.inputs import channel_select
from handlers.blocks.setup.parts import SETTING, Row, filled, settings_form, switch_row
from handlers.ids import ViewId
from handlers.reference import SettingsReference

TRIAGE, LEADERSHIP = "triage_channel", "leadership_channel"
CFO, CTO = "cfo_channel", "cto_channel"
WEEKLY, MONTHLY = "weekly_digest", "monthly_digest"
CHANNELS = (TRIAGE, LEADERSHIP, CFO, CTO)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """What holds now; `locked` are the names of the settings that the file says."""

    triage: str
    leadership: str
    cfo: str = ""
    cto: str = ""
    is_weekly: bool = True
    is_monthly: bool = True
    locked: Collection[str] = ()


def channels_modal(now: ChannelSettings, *, instance: str) -> Block:
    """The form, as it stands."""
    rows = [
        _channel(
            TRIAGE, "Triage", now.triage, "Waste that no team owns yet is asked about there."
        ),
        _channel(LEADERSHIP, "Leadership", now.leadership, "The digests go there."),
        _channel(CFO, "CFO edition", now.cfo, "The digests with what finance asks first."),
        _channel(CTO, "CTO edition", now.cto, "The digests with what engineering asks first."),
        switch_row(
            WEEKLY, "Weekly digest", off="Never", on="Every week", is_on=now.is_weekly
        ),
        switch_row(
            MONTHLY, "Monthly digest", off="Never", on="On the first working day",
            is_on=now.is_monthly,
        ),
    ]  # fmt: skip
    first = section("First invite me to where I should post: `/invite @finops-bot`.")
    return settings_form(
        "Channels",
        [first, *filled(rows, now.locked)],
        callback_id=ViewId.SETUP_CHANNELS,
        reference=str(SettingsReference(instance)),
    )


def _channel(name: str, label: str, channel: str, hint: str) -> Row:
    shown = text.channel(channel) if channel else ""
    return Row(name, label, shown, channel_select(SETTING, channel), hint)
