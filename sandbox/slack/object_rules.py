"""Slack's rules for composition objects: text, options, confirm dialogs, file references."""

from sandbox.slack.shapes import (
    Check,
    boolean,
    by_type,
    every,
    exactly_one,
    list_of,
    one_of,
    shape,
    string,
)

TYPE: dict[str, Check] = {"type": string(50)}
URL = string(3000, pattern=r"(https?|mailto|slack|data):.+")
ACTION_ID = string(255)
DATE = string(10, pattern=r"\d{4}-\d{2}-\d{2}")


def plain(longest: int) -> Check:
    """A plain_text object of at most `longest` characters."""
    return by_type({"plain_text": _text_object(longest, plain_text=True)})


def mrkdwn(longest: int) -> Check:
    """A mrkdwn object of at most `longest` characters."""
    return by_type({"mrkdwn": _text_object(longest, plain_text=False)})


def text(longest: int) -> Check:
    """A plain_text or mrkdwn object of at most `longest` characters."""
    return by_type(
        {
            "plain_text": _text_object(longest, plain_text=True),
            "mrkdwn": _text_object(longest, plain_text=False),
        }
    )


def _text_object(longest: int, *, plain_text: bool) -> Check:
    extra = {"emoji": boolean} if plain_text else {"verbatim": boolean}
    return shape({**TYPE, "text": string(longest)}, extra)


CONFIRM = shape(
    {"text": text(300)},
    {
        "title": plain(100),
        "confirm": plain(30),
        "deny": plain(30),
        "style": one_of("primary", "danger"),
    },
)


def option(label: Check) -> Check:
    """An option with a label of the given kind, a value ≤ 150 and a description ≤ 75."""
    return shape(
        {"text": label, "value": string(150)}, {"description": plain(75), "url": string(3000)}
    )


PLAIN_OPTION = option(plain(75))
RICH_OPTION = option(text(75))
OPTION_GROUP = shape({"label": plain(75), "options": list_of(PLAIN_OPTION, 1, 100)})
SLACK_FILE = every(
    shape({}, {"id": string(255), "url": string(3000)}),
    exactly_one("id", "url"),
)
FOCUS: dict[str, Check] = {"focus_on_load": boolean}
ACTION: dict[str, Check] = {"action_id": ACTION_ID}
CONFIRMABLE: dict[str, Check] = {**ACTION, "confirm": CONFIRM}
PICKER: dict[str, Check] = {**CONFIRMABLE, **FOCUS, "placeholder": plain(150)}
DISPATCH = shape(
    {"trigger_actions_on": list_of(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}
)
TYPED: dict[str, Check] = {
    **ACTION,
    **FOCUS,
    "placeholder": plain(150),
    "dispatch_action_config": DISPATCH,
}
