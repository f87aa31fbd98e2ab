"""What stands in the inputs of a message or a view: `state.values` of interaction payloads."""

from typing import Any

from sandbox.slack.posting import elements_of

Values = dict[str, dict[str, dict[str, Any]]]

_STATE_KEYS = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
}


def values_of(blocks: list[dict[str, Any]], chosen: dict[str, dict[str, Any]]) -> Values:
    """The state of every input: what the person chose, else what the app set at first."""
    values: Values = {}
    for block in blocks:
        for element in elements_of(block):
            if element.get("type") in _STATE_KEYS:
                block_id, action_id = block["block_id"], element["action_id"]
                own = chosen.get(block_id, {}).get(action_id)
                values.setdefault(block_id, {})[action_id] = own or initial_state(element)
    return values


def initial_state(element: dict[str, Any]) -> dict[str, Any]:
    """The state of an element nobody has touched."""
    key, initial = _STATE_KEYS[element["type"]]
    nothing: Any = [] if key.endswith("s") else None
    return {"type": element["type"], key: element.get(initial, nothing)}


def state_from(element: dict[str, Any], given: Any) -> dict[str, Any]:
    """The state of an element after a person entered `given`.

    `given` is a state as Slack writes it, or just the value: text, option value or values,
    a date, an id. Raises ValueError for an option that is not offered.
    """
    if isinstance(given, dict) and "type" in given:
        return given
    kind = element["type"]
    if kind not in _STATE_KEYS:
        raise ValueError(f"a {kind} has no value")
    key = _STATE_KEYS[kind][0]
    if "option" not in key or given is None:
        if key == "value" and given is not None:
            given = str(given) or None
        return {"type": kind, key: [] if given is None and key.endswith("s") else given}
    if key == "selected_options":
        chosen = given if isinstance(given, list | tuple | set) else [given]
        return {"type": kind, key: [option_of(element, one) for one in chosen]}
    return {"type": kind, key: option_of(element, given)}


def option_of(element: dict[str, Any], given: Any) -> dict[str, Any]:
    """The offered option with this value; an option object is looked up by its value."""
    value = given.get("value") if isinstance(given, dict) else given
    groups = element.get("option_groups") or []
    offered = [*(element.get("options") or []), *(o for g in groups for o in g["options"])]
    for option in offered:
        if option.get("value") == value:
            return dict(option)
    if element["type"].endswith("external_select") and isinstance(given, dict):
        return given
    raise ValueError(f"no option {value!r}; there are {[o.get('value') for o in offered]}")


def is_empty(state: dict[str, Any]) -> bool:
    """Whether a required input would count as not filled in."""
    return not any(value for key, value in state.items() if key != "type")
