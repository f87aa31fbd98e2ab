"""What was changed in a form is what differs from what it was opened with."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.blocks.inputs import (
    channel_select,
    number_input,
    one_of,
    people_select,
    several,
    text_input,
)
from handlers.form_values import changed, entered, listed

PAIRS = [("One", "1"), ("Two", "2"), ("Three", "3")]
INPUTS: dict[str, tuple[dict[str, Any], dict[str, Any], Any]] = {
    "text": (text_input("a", "old"), {"value": " new "}, "new"),
    "emptied text": (text_input("a", "old"), {"value": None}, ""),
    "number": (number_input("a", "1", low="0", has_decimals=False), {"value": "2"}, "2"),
    "channel": (channel_select("a", "C1"), {"selected_conversation": "C2"}, "C2"),
    "no channel": (channel_select("a", "C1"), {"selected_conversation": None}, ""),
    "people": (people_select("a", ["U1"]), {"selected_users": ["U1", "U2"]}, ["U1", "U2"]),
    "nobody": (people_select("a", ["U1"]), {"selected_users": []}, []),
    "several": (several("a", PAIRS, ["1"]), {"selected_options": [{"value": "3"}]}, ["3"]),
    "one": (one_of("a", PAIRS, "1"), {"selected_option": {"value": "2"}}, "2"),
}


def view(element: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    block = {"type": "input", "block_id": "b", "element": element}
    return {
        "blocks": [{"type": "section", "block_id": "s"}, block],
        "state": {"values": {"b": {"a": state}}},
    }


@pytest.mark.parametrize("name", INPUTS)
def test_another_value_is_a_change(name: str) -> None:
    element, state, expected = INPUTS[name]

    assert changed(view(element, state)) == {"b": expected}


@pytest.mark.parametrize("name", INPUTS)
def test_what_stands_as_it_stood_is_none(name: str) -> None:
    element, state, _ = INPUTS[name]
    [key] = state
    initial = {k.removeprefix("initial_"): v for k, v in element.items() if "initial_" in k}
    [value] = initial.values()

    assert changed(view(element, {key: value})) == {}
    assert set(entered(view(element, {key: value}))) == {"b"}


def test_an_input_without_a_state_was_not_filled_in() -> None:
    empty = view(channel_select("a"), {})
    empty["state"]["values"] = {}

    assert changed(empty) == {}


@given(st.lists(st.text(alphabet="abc -./", min_size=1, max_size=8)), st.sampled_from(",;\n"))
def test_a_typed_list_has_each_word_once_and_nothing_empty(words: list[str], sign: str) -> None:
    found = listed(sign.join(words))

    assert len(found) == len(set(found))
    assert set(found) == {" ".join(word.split()) for word in words if word.strip()}
