"""Slack's rules for the elements that stand inside blocks.

Numbers are the limits of docs.slack.dev/reference/block-kit as of 2026-11.
"""

from sandbox.slack.choice_rules import CHOICES, IDS, SELECTS
from sandbox.slack.object_rules import (
    ACTION,
    CONFIRMABLE,
    DATE,
    FOCUS,
    PICKER,
    PLAIN_OPTION,
    SLACK_FILE,
    TYPE,
    TYPED,
    URL,
    plain,
)
from sandbox.slack.shapes import (
    Check,
    boolean,
    every,
    exactly_one,
    list_of,
    number,
    one_of,
    shape,
    string,
)

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
