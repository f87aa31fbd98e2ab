"""What a person chooses for themselves: daily messages, and whose clock they go by."""

from finops.domain.people import Preferences
from handlers.blocks.elements import Block, asked, context, modal, option, plain_text
from handlers.ids import ActionId, BlockId, ViewId

_WANTED = (
    ("One message a day, when something is new", "yes"),
    ("No messages; I look at Home and the channel", "no"),
)


def personal_modal(preferences: Preferences) -> Block:
    """The form, as it stands."""
    offered = [option(label, value) for label, value in _WANTED]
    wanted: Block = {
        "type": "radio_buttons",
        "action_id": ActionId.WANTS_MESSAGES.value,
        "options": offered,
        "initial_option": offered[0 if preferences.wants_messages else 1],
    }
    zone: Block = {
        "type": "plain_text_input",
        "action_id": ActionId.TIME_ZONE.value,
        "max_length": 60,
        "placeholder": plain_text("Europe/Berlin"),
    }
    if preferences.time_zone:
        zone["initial_value"] = preferences.time_zone
    return modal(
        "Your messages",
        [
            asked("From this app", wanted, block_id=BlockId.WANTS_MESSAGES),
            asked(
                "Your time zone",
                zone,
                block_id=BlockId.TIME_ZONE,
                hint="For quiet hours and the daily message. Empty: your team's.",
                optional=True,
            ),
            context("Answers to what you do yourself always come."),
        ],
        callback_id=ViewId.PERSONAL,
        submit=plain_text("Save"),
    )
