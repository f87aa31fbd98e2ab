"""What a person chooses for themselves: daily messages, whose clock, and what Home shows first."""

from finops.domain.people import Preferences
from handlers.blocks.elements import Block, asked, context, modal, option, plain_text
from handlers.blocks.home import Role
from handlers.blocks.inputs import one_of
from handlers.blocks.text import safe
from handlers.ids import ActionId, BlockId, ViewId

_WANTED = (
    ("One message a day, when something is new", "yes"),
    ("No messages; I look at Home and the channel", "no"),
)


_AUTOMATIC = "automatic"
_VIEWS = (
    ("What fits my teams and roles", _AUTOMATIC),
    ("What waits for me, then savings", Role.OWNER.value),
    ("Savings, then what waits for me", Role.LEADER.value),
    ("What waits for me, then how fresh the data is", Role.PLATFORM.value),
)


def personal_modal(
    preferences: Preferences, *, login: str, is_login_locked: bool, origin: str = ""
) -> Block:
    """The form, as it stands; `origin` is kept for the place to be shown anew afterwards.

    A login that the configuration file says is shown and not asked.
    """
    known = preferences.home in {value for _, value in _VIEWS}
    view = preferences.home if known else _AUTOMATIC
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
        "Your settings",
        [
            asked("Messages from this app", wanted, block_id=BlockId.WANTS_MESSAGES),
            asked(
                "Your time zone",
                zone,
                block_id=BlockId.TIME_ZONE,
                hint="For quiet hours and the daily message. Empty: your team's.",
                optional=True,
            ),
            _login_row(login, is_locked=is_login_locked),
            asked(
                "Home tab",
                one_of(ActionId.HOME_VIEW, _VIEWS, view),
                block_id=BlockId.HOME_VIEW,
            ),
            context("Answers to what you do yourself always come."),
        ],
        callback_id=ViewId.PERSONAL,
        submit=plain_text("Save"),
        private_metadata=origin,
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
