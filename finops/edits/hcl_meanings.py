"""What the names of Terraform mean in a scope: variables, locals, outputs, attributes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from finops.edits.hcl_code import Call
from finops.edits.hcl_scope import Declared, NotFollowed, Place, Scope, Step, Unset
from finops.edits.hcl_tree import HclFile, attributes_in, attributes_named, literal_text

if TYPE_CHECKING:
    from finops.edits.hcl_follow import Follower

_Declared = TypeVar("_Declared")


def variable(follower: "Follower", place: Place, name: str) -> Place:
    """What a variable is in this scope: an argument, a written value, or the default."""
    scope = place.scope
    declared = scope.module.variables.get(name, [])
    if not declared:
        message = f"{place.where}: {_undeclared(f'var.{name}')}"
        raise _unset(follower, place, f"var.{name}", message)
    file, block = _only(place, f"var.{name}", declared)
    if scope.call is not None and scope.caller is not None:
        if name in scope.call.arguments:
            return Place(scope.caller, scope.call.file, scope.call.arguments[name])
    elif (written := _written(follower, scope, name)) is not None:
        return written
    default = block.attribute("default")
    if default is None:
        message = (
            f"var.{name} ({file.path} line {block.line}) gets its value outside of this "
            "repository: it has no default and no file of variables sets it."
        )
        raise _unset(follower, place, f"var.{name}", message, (file, block))
    return Place(scope, file, default)


def _unset(  # noqa: PLR0917 - passes on what is known
    follower: "Follower",
    place: Place,
    name: str,
    message: str,
    declared: Declared | None = None,
) -> NotFollowed:
    """A condition or a key that is not known only leaves open which expression counts."""
    if follower.is_aside:
        return NotFollowed(message)
    return Unset(message, name, place, follower.via, declared)


def _undeclared(name: str) -> str:
    return f"{name} is declared nowhere in its folder."


def _written(follower: "Follower", scope: Scope, name: str) -> Place | None:
    """The value in a file of variables: one named on the command line goes first."""
    automatic = follower.code.automatic_values(scope.module.folder)
    for file in (*([scope.values] if scope.values else []), *reversed(automatic)):
        nodes = attributes_named(file.body, name) if file.is_readable else []
        if len(nodes) > 1:
            raise NotFollowed(f"{file.path} sets {name} twice, which Terraform refuses.")
        if nodes:
            return Place(scope, file, nodes[0])
    return None


def local_value(place: Place, name: str) -> Place:
    """What a local value is; it sees no loop variables of where it is used."""
    module = place.scope.module
    file, node = _only(place, f"local.{name}", module.locals.get(name, []))
    return Place(place.scope.outside_loops(), file, node)


def output(follower: "Follower", place: Place, steps: Sequence[str]) -> Place:
    """An output of a local module, followed inside it."""
    for file, block in place.scope.module.blocks("module", steps[0]):
        source = literal_text(block.attribute("source")) or ""
        folder = follower.code.called_folder(place.scope.module.folder, source)
        if folder is not None:
            module = follower.code.module(folder)
            name = f"module.{steps[0]}"
            call = Call(module.folder, file, name, attributes_in(block.body), block)
            scope = Scope(module, call, place.scope, label=name)
            return _named_output(follower, place, scope, steps[1:])
    raise NotFollowed(f"{place.where}: {place.text} comes from a module that is not in here.")


def _named_output(follower: "Follower", place: Place, scope: Scope, steps: Sequence[str]) -> Place:
    for index, name in enumerate(steps[:2]):
        for file, block in scope.module.blocks("output", name):
            value = block.attribute("value")
            if value is not None:
                return follower.below(Place(scope, file, value), steps[index + 1 :])
    raise NotFollowed(f"{place.where}: {place.text} is no output of its module.")


def attribute_of(follower: "Follower", place: Place, kind: str, steps: Sequence[str]) -> Place:
    """An attribute that another resource writes: `aws_instance.web.instance_type`."""
    found = place.scope.module.resource(f"{kind}.{steps[0]}") if steps else None
    rest = [step for step in steps[1:] if not step.isdecimal()]
    block = found[1] if found else None
    for step in rest[:-1]:
        inner = block.blocks(step) if block else []
        block = inner[0] if len(inner) == 1 else None
    expression = block.attribute(rest[-1]) if block and rest else None
    if found is None or expression is None:
        raise NotFollowed(f"{place.where}: {place.text} is only known when Terraform runs.")
    follower.via.append(Step(f"{kind}.{steps[0]}", place))
    return Place(place.scope, found[0], expression)


def _only(
    place: Place, name: str, declared: Sequence[tuple[HclFile, _Declared]]
) -> tuple[HclFile, _Declared]:
    """The one declaration of a name. Several (override files, mistakes) are not chosen from."""
    if not declared:
        raise NotFollowed(f"{place.where}: {_undeclared(name)}")
    if len(declared) > 1:
        files = ", ".join(dict.fromkeys(file.path for file, _ in declared))
        raise NotFollowed(f"{place.where}: {name} is declared several times: {files}.")
    return declared[0]
