"""What a person chooses for themselves: daily messages, whose clock, and what Home shows first."""

from finops.domain.people import Preferences
from handlers.blocks.elements import Block, asked, context, modal, option, plain_text
from handlers.blocks.home import Role
from handlers.blocks.inputs import one_of, text_input
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
    return modal(
        "Your settings",
        [
            _wanted_row(wants_messages=preferences.wants_messages),
            _zone_row(preferences.time_zone),
            _login_row(login, is_locked=is_login_locked),
            _home_row(preferences.home),
            context("Answers to what you do yourself always come."),
        ],
        callback_id=ViewId.PERSONAL,
        submit=plain_text("Save"),
        private_metadata=origin,
    )


def _wanted_row(*, wants_messages: bool) -> Block:
    offered = [option(label, value) for label, value in _WANTED]
    chosen: Block = {
        "type": "radio_buttons",
        "action_id": ActionId.WANTS_MESSAGES.value,
        "options": offered,
        "initial_option": offered[0 if wants_messages else 1],
    }
    return asked("Messages from this app", chosen, block_id=BlockId.WANTS_MESSAGES)


def _zone_row(zone: str) -> Block:
    return asked(
        "Your time zone",
        text_input(ActionId.TIME_ZONE, zone, example="Europe/Berlin", longest=60),
        block_id=BlockId.TIME_ZONE,
        hint="For quiet hours and the daily message. Empty: your team's.",
        optional=True,
    )


def _home_row(home: str) -> Block:
    known = home in {value for _, value in _VIEWS}
    chosen = one_of(ActionId.HOME_VIEW, _VIEWS, home if known else _AUTOMATIC)
    return asked("Home tab", chosen, block_id=BlockId.HOME_VIEW)


def _login_row(login: str, *, is_locked: bool) -> Block:
    if is_locked:
        return context(f":lock: Your GitHub login is {safe(login, 63)}, set in finops.yaml.")
    return asked(
        "Your GitHub login",
        text_input(ActionId.LOGIN, login, example="octocat", longest=63),
        block_id=BlockId.LOGIN,
        hint="So that you are asked to review, and never count as two people.",
        optional=True,
    )
