"""Slack's rules for elements that offer options: selects, checkboxes, radio buttons."""

from collections.abc import Iterator

from sandbox.slack.object_rules import (
    CONFIRMABLE,
    FOCUS,
    OPTION_GROUP,
    PICKER,
    PLAIN_OPTION,
    RICH_OPTION,
    TYPE,
)
from sandbox.slack.shapes import (
    Check,
    Json,
    Problem,
    boolean,
    every,
    exactly_one,
    list_of,
    number,
    one_of,
    shape,
    string,
)


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
