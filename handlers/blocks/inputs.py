"""The inputs of settings forms. Each has what holds now as its initial value.

What a person changed is what differs from it; see `handlers/form_values.py`.
"""

from collections.abc import Sequence
from datetime import date

from handlers.blocks.elements import Block, option, plain_text

MOST_TEXT = 500


def text_input(action_id: str, value: str = "", *, example: str = "", longest: int = 0) -> Block:
    """One line of text."""
    made: Block = {
        "type": "plain_text_input",
        "action_id": action_id,
        "max_length": longest or MOST_TEXT,
    }
    if value:
        made["initial_value"] = value[: made["max_length"]]
    return made | ({"placeholder": plain_text(example)} if example else {})


def number_input(
    action_id: str, value: str, *, low: str, high: str = "", has_decimals: bool, empty: str = ""
) -> Block:
    """A number that Slack itself keeps within its bounds; acts as it is typed.

    `empty` says what holds while nothing is typed.
    """
    extra = {"initial_value": value, "max_value": high}
    made: Block = {
        "type": "number_input",
        "action_id": action_id,
        "is_decimal_allowed": has_decimals,
        "min_value": low,
        "dispatch_action_config": {
            "trigger_actions_on": ["on_character_entered", "on_enter_pressed"]
        },
    }
    made |= {name: given for name, given in extra.items() if given}
    return made | ({"placeholder": plain_text(empty)} if empty else {})


def channel_select(action_id: str, chosen: str = "") -> Block:
    """A public or private channel."""
    made: Block = {
        "type": "conversations_select",
        "action_id": action_id,
        "placeholder": plain_text("Choose a channel"),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return made | ({"initial_conversation": chosen} if chosen else {})


def people_select(action_id: str, chosen: Sequence[str] = ()) -> Block:
    """Several people."""
    made: Block = {
        "type": "multi_users_select",
        "action_id": action_id,
        "placeholder": plain_text("Choose people"),
    }
    return made | ({"initial_users": list(chosen)} if chosen else {})


def day_picker(action_id: str, day: date) -> Block:
    """A day of the calendar."""
    return {"type": "datepicker", "action_id": action_id, "initial_date": day.isoformat()}


def several(action_id: str, offered: Sequence[tuple[str, str]], chosen: Sequence[str]) -> Block:
    """Several of (label, value) pairs."""
    options = [option(label, value) for label, value in offered]
    initial = [one for one in options if one["value"] in chosen]
    made: Block = {
        "type": "multi_static_select",
        "action_id": action_id,
        "placeholder": plain_text("Choose groups"),
        "options": options,
    }
    return made | ({"initial_options": initial} if initial else {})


def one_of(action_id: str, offered: Sequence[tuple[str, str]], chosen: str) -> Block:
    """One of (label, value) pairs, one of them chosen."""
    options = [option(label, value) for label, value in offered]
    return {
        "type": "static_select",
        "action_id": action_id,
        "options": options,
        "initial_option": next(one for one in options if one["value"] == chosen),
    }
