"""A variable that gets its value outside of the repository: where it could be written instead.

A pipeline, `TF_VAR_…` or a workspace gives it, so no file decides and none may be chosen for the
owner. Each way of writing it down is an exact edit with a consequence that only the owner can
judge: in place of the reference it counts always, a file of variables goes before the environment,
and a default counts once nobody gives the variable any more.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from finops.domain.changes import Change
from finops.edits.hcl_code import TerraformCode
from finops.edits.hcl_scope import Place, Step, Unset
from finops.edits.hcl_target import Target
from finops.edits.hcl_tree import HclFile, attributes_in, text_of, unwrap

_ONLY_CHILD_OF = ("template_interpolation", "quoted_template", "template_expr", "expression")
_BRACKETS = frozenset(
    {"template_interpolation_start", "template_interpolation_end"}
    | {"quoted_template_start", "quoted_template_end"}
)


@dataclass(frozen=True, slots=True)
class Way:
    """One place where the value could be written: `words` for who picks, `note` for who reviews."""

    target: Target
    words: str
    note: str


def ways(code: TerraformCode, unset: Unset, change: Change) -> dict[str, Way]:
    """The ways to write the change down, by their kind; only such as Terraform would take."""
    if unset.reference.rest:
        return {}
    found = {"here": _in_place(unset, change)}
    if unset.declared is None or text_of(unset.reference.node) != unset.name:
        return found  # a part of a larger value, of which the rest is not known
    for index, way in enumerate(_above(code, unset, change)):
        found[f"above {index}"] = way
    return found


def _in_place(unset: Unset, change: Change) -> Way:
    """The literal in place of the reference."""
    name, place = unset.name, _whole(unset.reference)
    target = Target(change, place, steps=unset.steps, is_instead=True)
    return Way(
        target,
        f"line {_line(place)}: here, in place of {name}; what is set outside no longer counts",
        f"{name} gets its value outside of this repository. {target.expression} now stands in its "
        f"place in {place.file.path}, so what is set outside no longer counts there.",
    )


def _above(code: TerraformCode, unset: Unset, change: Change) -> Iterator[Way]:
    """The call of the module, else its files of variables, and the default."""
    scope, name = unset.reference.scope, unset.name
    word = name.removeprefix("var.")
    if scope.call is not None and scope.caller is not None:
        node = scope.call.block.node if scope.call.block else _inputs(scope.call.file)
        if node is not None:
            place = Place(scope.caller, scope.call.file, node)
            target = Target(change, place, (word,), steps=_with_own(unset))
            yield Way(
                target,
                f"line {_line(place)}: as {word} of {scope.call.name}",
                f"{name} had no value in this repository; {place.file.path} now gives one.",
            )
        return
    files = [scope.values] if scope.values else code.automatic_values(scope.module.folder)[-1:]
    for file in files:
        if file.is_readable and file.body is not None:
            target = Target(change, Place(scope, file, file.root), (word,), steps=_with_own(unset))
            yield Way(
                target,
                f"a new line for {word}; it goes before TF_VAR_{word}",
                f"{name} gets its value outside of this repository. The line in {file.path} goes "
                f"before TF_VAR_{word}; a value on the command line or in a workspace still wins.",
            )
    yield _as_default(unset, change)


def _as_default(unset: Unset, change: Change) -> Way:
    assert unset.declared is not None  # noqa: S101 - `ways` has looked
    name, (file, block) = unset.name, unset.declared
    place = Place(unset.reference.scope, file, block.node)
    target = Target(change, place, ("default",), steps=_with_own(unset))
    return Way(
        target,
        f"line {block.line}: as default of {name}; counts once it is not set outside",
        f"Every run gives {name} a value today, for it had no default. The default counts once "
        "that value is taken away where it is set: the pipeline, the environment or the workspace.",
    )


def _with_own(unset: Unset) -> tuple[Step, ...]:
    """What else refers to the variable gets the same value."""
    return (*unset.steps, Step(unset.name, unset.reference))


def _whole(place: Place) -> Place:
    """The whole expression where it only wraps the reference: `"${var.size}"`."""
    node = place.node
    while node.parent is not None and node.parent.type in _ONLY_CHILD_OF:
        inner = [child for child in node.parent.children if child.type not in _BRACKETS]
        if inner != [node]:
            break
        node = node.parent
    return place.at(node)


def _inputs(file: HclFile) -> Node | None:
    """The object of a `terragrunt.hcl` that gives a module its values."""
    node = unwrap(attributes_in(file.body).get("inputs"))
    return node if node is not None and node.type == "object" else None


def _line(place: Place) -> int:
    return place.node.start_point.row + 1
