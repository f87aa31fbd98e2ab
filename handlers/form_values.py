"""What a person changed in a form: what stands in an input and was not there at first.

Only that is written, so that of two people with the same form open neither takes back what the
other has saved meanwhile. Pure.
"""

from collections.abc import Mapping
from typing import Any

Value = str | list[str]

# For each kind of input: what Slack calls its value, and what it was given at first.
_KEYS = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_static_select": ("selected_options", "initial_options"),
    "datepicker": ("selected_date", "initial_date"),
    "static_select": ("selected_option", "initial_option"),
}


def changed(view: Mapping[str, Any]) -> dict[str, Value]:
    """By block_id, the values that differ from those the form was opened with."""
    now = entered(view)
    return {
        block["block_id"]: now[block["block_id"]]
        for block in view["blocks"]
        if block["block_id"] in now and now[block["block_id"]] != _initial(block["element"])
    }


def entered(view: Mapping[str, Any]) -> dict[str, Value]:
    """By block_id, everything that stands in the form: text stripped, choices as their values."""
    found = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            state = view["state"]["values"].get(block["block_id"], {})
            given = state.get(element["action_id"]) or {}
            found[block["block_id"]] = _plain(element, given.get(_KEYS[element["type"]][0]))
    return found


def _initial(element: Mapping[str, Any]) -> Value:
    return _plain(element, element.get(_KEYS[element["type"]][1]))


def _plain(element: Mapping[str, Any], value: Any) -> Value:
    if element["type"] == "multi_static_select":
        return [str(one["value"]) for one in value or []]
    if element["type"] == "multi_users_select":
        return [str(one) for one in value or []]
    if element["type"] == "static_select":
        return str((value or {}).get("value", ""))
    return str(value or "").strip()


def listed(value: Value) -> list[str]:
    """`shop, web` as a list; commas, semicolons and new lines part, each once, as first typed."""
    if isinstance(value, list):
        return value
    parts = value.replace(";", ",").replace("\n", ",").split(",")
    return list(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))
