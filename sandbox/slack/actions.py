"""Turns what a person does to an element into the `actions` entry of a payload."""

from typing import Any

from sandbox.slack.input_values import option_of, state_from
from sandbox.slack.posting import elements_of
from sandbox.slack.state import Inputs


def find_element(
    blocks: list[dict[str, Any]], action_id: str, block_id: str | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The block and the element with this action_id; raises LookupError naming what there is."""
    known = []
    for block in blocks:
        for element in elements_of(block):
            here = element.get("action_id")
            known.append(f"{block.get('block_id')}/{here}")
            if here == action_id and block_id in (None, block.get("block_id")):
                return block, element
    raise LookupError(f"no element {action_id!r} (block {block_id!r}); there are {known}")


def action_of(
    block: dict[str, Any], element: dict[str, Any], selected: Any, ts: str
) -> dict[str, Any]:
    """The action of clicking a button, or of choosing `selected` in anything else."""
    action = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": ts,
    }
    kind = element["type"]
    if kind in ("button", "icon_button"):
        action["text"] = element["text"]
        return action | {k: element[k] for k in ("value", "style") if element.get(k)}
    if kind == "feedback_buttons":
        side = "negative_button" if selected == "negative" else "positive_button"
        return action | {"text": element[side]["text"], "value": element[side]["value"]}
    if kind == "overflow":
        return action | {"selected_option": option_of(element, selected)}
    return action | state_from(element, selected)


def remember(chosen: Inputs, block: dict[str, Any], element: dict[str, Any], selected: Any) -> None:
    """Keep what was chosen, so that later payloads carry it in `state.values`."""
    if element["type"] in ("button", "icon_button", "feedback_buttons", "overflow"):
        return
    entered = state_from(element, selected)
    chosen.setdefault(block["block_id"], {})[element["action_id"]] = entered
