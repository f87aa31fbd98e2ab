"""What a person chooses for themselves: daily messages, and whose clock they go by."""

from finops.domain.people import Preferences
from handlers.blocks.elements import Block, asked, context, modal, option, plain_text
from handlers.blocks.text import safe
from handlers.ids import ActionId, BlockId, ViewId

_WANTED = (
    ("One message a day, when something is new", "yes"),
    ("No messages; I look at Home and the channel", "no"),
)


def personal_modal(preferences: Preferences, *, login: str, is_login_locked: bool) -> Block:
    """The form, as it stands; a login that the configuration file says is shown and not asked."""
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
            _login_row(login, is_locked=is_login_locked),
            context("Answers to what you do yourself always come."),
        ],
        callback_id=ViewId.PERSONAL,
        submit=plain_text("Save"),
    )


def _login_row(login: str, *, is_locked: bool) -> Block:
    if is_locked:
        return context(f":lock: Your GitHub login is {safe(login, 63)}, set in finops.yaml.")
    typed: Block = {
        "type": "plain_text_input",
        "action_id": ActionId.LOGIN.value,
        "max_length": 63,
        "placeholder": plain_text("octocat"),
    }
    if login:
        typed["initial_value"] = login
    return asked(
        "Your GitHub login",
        typed,
        block_id=BlockId.LOGIN,
        hint="So that you are asked to review, and never count as two people.",
        optional=True,
    )
