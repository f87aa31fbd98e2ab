"""Slack's rules for what stands inside blocks: text, options, confirm dialogs, every element.

Numbers are the limits of docs.slack.dev/reference/block-kit as of 2026-11.
"""

from collections.abc import Iterator

from sandbox.slack.shapes import (
    Check,
    Json,
    Problem,
    boolean,
    by_type,
    every,
    exactly_one,
    list_of,
    number,
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

BUTTON = shape(
    {**TYPE, "text": plain(75)},
    {
        **CONFIRMABLE,
        "value": string(2000, shortest=0),
        "url": URL,
        "style": one_of("primary", "danger"),
        "accessibility_label": string(75),
    },
)
IMAGE_ELEMENT = every(
    shape({**TYPE, "alt_text": string(2000)}, {"image_url": URL, "slack_file": SLACK_FILE}),
    exactly_one("image_url", "slack_file"),
)
OVERFLOW = shape({**TYPE, "options": list_of(PLAIN_OPTION, 1, 5)}, CONFIRMABLE)


def _initials_are_offered(value: Json, at: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        return
    offered = _offered(value)
    for name in ("initial_option", "initial_options"):
        given = value.get(name)
        chosen = given if isinstance(given, list) else [given] if given else []
        for one in chosen:
            if one not in offered:
                yield Problem(f"{at}/{name}", "must exactly match one of the options")


def _offered(value: dict[str, Json]) -> list[Json]:
    options = value.get("options")
    found: list[Json] = list(options) if isinstance(options, list) else []
    groups = value.get("option_groups")
    for group in groups if isinstance(groups, list) else []:
        inner = group.get("options") if isinstance(group, dict) else None
        found.extend(inner if isinstance(inner, list) else [])
    return found


def _distinct_values(value: Json, at: str) -> Iterator[Problem]:
    if not isinstance(value, dict):
        return
    values = [o.get("value") for o in _offered(value) if isinstance(o, dict)]
    if len(values) != len(set(map(str, values))):
        yield Problem(f"{at}/options", "option values must be unique")


def _static(extra: dict[str, Check]) -> Check:
    return every(
        shape(
            TYPE,
            {
                **PICKER,
                **extra,
                "options": list_of(PLAIN_OPTION, 1, 100),
                "option_groups": list_of(OPTION_GROUP, 1, 100),
            },
        ),
        exactly_one("options", "option_groups"),
        _initials_are_offered,
        _distinct_values,
    )


MANY: dict[str, Check] = {"max_selected_items": number(1)}
IDS = list_of(string(255), 0, 1000)
FILTER = shape(
    {},
    {
        "include": list_of(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_bot_users": boolean,
        "exclude_external_shared_channels": boolean,
    },
)
TALK: dict[str, Check] = {"filter": FILTER, "default_to_current_conversation": boolean}
ANSWERS: dict[str, Check] = {"response_url_enabled": boolean}

SELECTS: dict[str, Check] = {
    "static_select": _static({"initial_option": PLAIN_OPTION}),
    "multi_static_select": _static({**MANY, "initial_options": list_of(PLAIN_OPTION, 1, 100)}),
    "external_select": shape(
        TYPE, {**PICKER, "initial_option": PLAIN_OPTION, "min_query_length": number(0)}
    ),
    "multi_external_select": shape(
        TYPE,
        {
            **PICKER,
            **MANY,
            "initial_options": list_of(PLAIN_OPTION, 1, 100),
            "min_query_length": number(0),
        },
    ),
    "users_select": shape(TYPE, {**PICKER, "initial_user": string(255)}),
    "multi_users_select": shape(TYPE, {**PICKER, **MANY, "initial_users": IDS}),
    "channels_select": shape(TYPE, {**PICKER, **ANSWERS, "initial_channel": string(255)}),
    "multi_channels_select": shape(TYPE, {**PICKER, **MANY, "initial_channels": IDS}),
    "conversations_select": shape(
        TYPE, {**PICKER, **TALK, **ANSWERS, "initial_conversation": string(255)}
    ),
    "multi_conversations_select": shape(
        TYPE, {**PICKER, **TALK, **MANY, "initial_conversations": IDS}
    ),
}


def _choices(highest: int, extra: dict[str, Check]) -> Check:
    return every(
        shape({**TYPE, "options": list_of(RICH_OPTION, 1, highest)}, {**CONFIRMABLE, **extra}),
        _initials_are_offered,
        _distinct_values,
    )


CHOICES: dict[str, Check] = {
    "checkboxes": _choices(10, {**FOCUS, "initial_options": list_of(RICH_OPTION, 1, 10)}),
    "radio_buttons": _choices(10, {**FOCUS, "initial_option": RICH_OPTION}),
}
PICKERS: dict[str, Check] = {
    "datepicker": shape(TYPE, {**PICKER, "initial_date": DATE}),
    "timepicker": shape(
        TYPE,
        {**PICKER, "initial_time": string(5, pattern=r"\d{2}:\d{2}"), "timezone": string(100)},
    ),
    "datetimepicker": shape(TYPE, {**CONFIRMABLE, **FOCUS, "initial_date_time": number(1e9, 1e10)}),
}
TYPED_INPUTS: dict[str, Check] = {
    "plain_text_input": shape(
        TYPE,
        {
            **TYPED,
            "initial_value": string(3000, shortest=0),
            "multiline": boolean,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
        },
    ),
    "email_text_input": shape(TYPE, {**TYPED, "initial_value": string(3000, shortest=0)}),
    "url_text_input": shape(TYPE, {**TYPED, "initial_value": string(3000, shortest=0)}),
    "number_input": shape(
        {**TYPE, "is_decimal_allowed": boolean},
        {
            **TYPED,
            "initial_value": string(50),
            "min_value": string(50),
            "max_value": string(50),
        },
    ),
}
FEEDBACK_BUTTON = shape(
    {"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)}
)
CONTEXT_ACTIONS: dict[str, Check] = {
    "feedback_buttons": shape(
        {**TYPE, "positive_button": FEEDBACK_BUTTON, "negative_button": FEEDBACK_BUTTON}, ACTION
    ),
    "icon_button": shape(
        {**TYPE, "icon": one_of("trash"), "text": plain(75)},
        {
            **CONFIRMABLE,
            "value": string(2000),
            "accessibility_label": string(75),
            "visible_to_user_ids": IDS,
        },
    ),
}
INTERACTIVE: dict[str, Check] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    **SELECTS,
    **CHOICES,
    **PICKERS,
}
ACCESSORIES: dict[str, Check] = {**INTERACTIVE, "image": IMAGE_ELEMENT}
INPUTS: dict[str, Check] = {**SELECTS, **CHOICES, **PICKERS, **TYPED_INPUTS}
