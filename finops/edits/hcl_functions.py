"""The functions and conditions of Terraform that choose between literals."""

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from finops.edits.hcl_scope import Absent, NotFollowed, Place
from finops.edits.hcl_tree import text_of, tuple_items, unwrap

if TYPE_CHECKING:
    from finops.edits.hcl_follow import Follower

_LOOKED_THROUGH = (
    "tostring",
    "tonumber",
    "tolist",
    "toset",
    "tomap",
    "tobool",
    "flatten",
    "trimspace",
)
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def called(follower: "Follower", place: Place) -> Place:
    """What a function call comes to. Raises NotFollowed for functions that compute."""
    name, arguments = _parts(place)
    if name in _LOOKED_THROUGH and arguments:
        return follower.literal(arguments[0])
    if name in ("try", "coalesce"):
        return _first_there(follower, place, arguments)
    if name == "lookup" and len(arguments) in (2, 3):
        return _looked_up(follower, arguments)
    if name == "element" and len(arguments) == 2:
        return _element(follower, place, arguments)
    if name in ("one", "concat"):
        return follower.literal(follower.below(arguments[0], ["0"]))
    raise NotFollowed(f"{place.where}: {place.text} is computed by {name}().")


def merged_maps(place: Place) -> list[Place]:
    """The arguments of `merge(…)`, the last of which counts; nothing for anything else."""
    name, arguments = _parts(place)
    return arguments if name == "merge" else []


def decided(follower: "Follower", place: Place) -> Place:
    """The branch of `a ? b : c`, where literals decide the condition."""
    condition, yes, no = (c for c in place.node.children if c.type == "expression")
    return place.at(yes if is_true(follower.aside(), place.at(condition)) else no)


def number_of(follower: "Follower", place: Place) -> int:
    """The whole number an expression comes to: `3`, `length(var.zones)`. Raises NotFollowed."""
    node = unwrap(place.node)
    if node is not None and node.type == "conditional":
        return number_of(follower, decided(follower, place.at(node)))
    return int(_number(follower, place))


def is_true(follower: "Follower", place: Place) -> bool:
    """Whether a condition holds. Raises NotFollowed when no literals decide it."""
    node = unwrap(place.node) if not place.rest else None
    if node is not None and node.type == "operation":
        return _operation(follower, place.at(node.children[0]))
    text = follower.text(place)
    if text not in ("true", "false"):
        raise NotFollowed(f"{place.where}: {place.text} is neither true nor false.")
    return text == "true"


def _operation(follower: "Follower", place: Place) -> bool:
    parts = [c for c in place.node.children if c.type not in ("(", ")", "comment")]
    if text_of(parts[0]) == "!":
        return not is_true(follower, _operand(place, parts[1:]))
    at = next((index for index, c in enumerate(parts) if not c.is_named), 0)
    if not 0 < at < len(parts) - 1:
        raise NotFollowed(f"{place.where}: {place.text} is computed.")
    left, sign = _operand(place, parts[:at]), text_of(parts[at])
    right = _operand(place, parts[at + 1 :])
    if sign == "&&":
        return is_true(follower, left) and is_true(follower, right)
    if sign == "||":
        return is_true(follower, left) or is_true(follower, right)
    if sign in ("==", "!="):
        return (_value(follower, left) == _value(follower, right)) is (sign == "==")
    if sign in _COMPARISONS:
        return _COMPARISONS[sign](_number(follower, left), _number(follower, right))
    raise NotFollowed(f"{place.where}: {place.text} is computed.")


def _operand(place: Place, nodes: list[Node]) -> Place:
    """One side of an operation; the grammar does not wrap `var.size` in a node of its own."""
    return place.at(nodes[0]) if len(nodes) == 1 else replace(place.at(nodes[0]), rest=nodes[1:])


def _value(follower: "Follower", place: Place) -> str | None:
    """The text of an expression, None for null."""
    node = unwrap(place.node)
    if place.rest:
        return follower.text(place)
    if node is not None and node.type == "null_lit":
        return None
    name, arguments = _parts(place.at(node)) if node is not None else ("", [])
    if name == "length" and arguments:
        return str(follower.number_of_items(arguments[0]))
    try:
        return follower.text(place)
    except Absent:
        return None


def _number(follower: "Follower", place: Place) -> float:
    text = _value(follower, place) or ""
    try:
        return float(text)
    except ValueError as error:
        raise NotFollowed(f"{place.where}: {place.text} is no number.") from error


def _parts(place: Place) -> tuple[str, list[Place]]:
    """The name and the arguments of a call; an empty name for anything else."""
    if place.node.type != "function_call":
        return "", []
    given = [c for c in place.node.children if c.type == "function_arguments"]
    nodes: list[Node] = [c for c in (given[0].children if given else []) if c.type == "expression"]
    return text_of(place.node.children[0]), [place.at(node) for node in nodes]


def _first_there(follower: "Follower", place: Place, arguments: list[Place]) -> Place:
    missing: Absent | None = None
    for argument in arguments:
        try:
            return follower.literal(argument)
        except Absent as error:
            missing = missing or error
    if missing is not None:
        raise missing
    raise NotFollowed(f"{place.where}: {place.text} chooses between nothing.")


def _looked_up(follower: "Follower", arguments: list[Place]) -> Place:
    try:
        return follower.literal(follower.below(arguments[0], [follower.aside().text(arguments[1])]))
    except Absent as error:
        if len(arguments) == 3 and error.key:
            try:
                return follower.literal(arguments[2])
            except Absent:
                raise error from None
        raise


def _element(follower: "Follower", place: Place, arguments: list[Place]) -> Place:
    found = follower.literal(arguments[0])
    items, index = tuple_items(found.node), follower.text(arguments[1])
    if not items or not index.isdecimal():
        raise NotFollowed(f"{place.where}: {place.text} is computed.")
    return follower.literal(found.at(items[int(index) % len(items)]))
