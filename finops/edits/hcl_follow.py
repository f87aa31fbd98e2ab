"""Follow an expression of Terraform to the literal that decides its value.

Variables go to the argument of the call, the file of variables or the default; locals, outputs,
attributes of other resources, elements of loops, and the functions of `hcl_functions` are looked
through. What only a run of Terraform knows is refused with the expression and its place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tree_sitter import Node

from finops.edits.hcl_code import Call, TerraformCode
from finops.edits.hcl_functions import called, decided, merged_maps
from finops.edits.hcl_scope import Absent, NotFollowed, Place, Scope
from finops.edits.hcl_tree import (
    HclFile,
    attributes_in,
    attributes_named,
    literal_text,
    object_entries,
    text_of,
    tuple_items,
    unwrap,
)

_MAX_STEPS = 200  # of one expression; a circle of locals would go on for ever
_WRITTEN = frozenset(
    {"numeric_lit", "bool_lit", "string_lit", "object", "tuple", "heredoc_template", "for_expr"}
)
_COMPUTED = ("path", "terraform", "data", "self")
_Declared = TypeVar("_Declared")


@dataclass(frozen=True, slots=True)
class Step:
    """A name that was looked through, `var.size`, and where it stands."""

    name: str
    place: Place


class Follower:
    """Follows expressions through one repository's Terraform, and remembers by which way.

    `via` holds the variables, locals and resources that were looked through as a whole: what else
    refers to them gets the same value.
    """

    def __init__(self, code: TerraformCode) -> None:
        self.code = code
        self.via: list[Step] = []
        self._steps = 0

    def aside(self) -> "Follower":
        """One for conditions and keys, which choose a value but are not its source."""
        other = Follower(self.code)
        other._steps = self._steps
        return other

    def literal(self, place: Place) -> Place:
        """The deciding literal, list, object or heredoc. Raises NotFollowed or Absent."""
        self._steps += 1
        if self._steps > _MAX_STEPS:
            raise NotFollowed(f"{place.where}: {place.text} refers to itself or is too long.")
        node = unwrap(place.node)
        if node is None or node.type == "null_lit":
            raise Absent(f"{place.where} is null.")
        at = place.at(node)
        if not place.rest and node.type in _WRITTEN:
            return at
        meant = self._meant(place, at)
        return self.literal(meant) if meant is not None else self._called(at)

    def _meant(self, place: Place, at: Place) -> Place | None:
        """What a name stands for; None where no name stands there."""
        if place.rest:
            return self._referred(place, [place.node, *place.rest])
        if at.node.type == "quoted_template":
            return self._only_interpolation(at)
        if at.node.type == "expression":
            return self._referred(at, _named(at.node))
        return self._bound(at, text_of(at.node)) if at.node.type == "variable_expr" else None

    def _called(self, at: Place) -> Place:
        """What a condition or a function comes to."""
        if at.node.type == "conditional":
            return self.literal(decided(self, at))
        if at.node.type == "function_call":
            return at if merged_maps(at) else called(self, at)
        raise NotFollowed(f"{at.where}: {at.text} is computed, so no literal decides it.")

    def text(self, place: Place) -> str:
        """The text that an expression comes to, with interpolations filled in."""
        node = unwrap(place.node) if not place.rest else None
        if place.rest:
            meaning = self._known(place, [place.node, *place.rest])
            if meaning is not None:
                return meaning
        if node is not None and node.type == "quoted_template":
            return "".join(self._piece(place.at(each)) for each in node.children)
        if node is not None and node.type in ("expression", "variable_expr"):
            nodes = [node] if node.type == "variable_expr" else _named(node)
            meaning = self._known(place.at(node), nodes)
            if meaning is not None:
                return meaning
        found = self.literal(place)
        written = literal_text(found.node)
        if written is None and found.node.type not in ("numeric_lit", "bool_lit"):
            raise NotFollowed(f"{found.where}: {found.text} is no text.")
        return text_of(found.node) if written is None else written

    def number_of_items(self, place: Place) -> int:
        """How many elements a list or a map has."""
        found = self.literal(place)
        return len(self.entries(found) if found.node.type != "tuple" else tuple_items(found.node))

    def entries(self, place: Place) -> dict[str, Place]:
        """The values of a map by key, of a literal object, a `for`, or a set of texts."""
        found = self.literal(place)
        if found.node.type == "object":
            return {key: found.at(node) for key, node in object_entries(found.node).items()}
        if found.node.type == "tuple":
            return {self.text(found.at(n)): found.at(n) for n in tuple_items(found.node)}
        if found.node.type == "for_expr":
            return dict(self._comprehended(found))
        if maps := merged_maps(found):
            return {key: value for each in maps for key, value in self.entries(each).items()}
        raise NotFollowed(f"{found.where}: {found.text} is no map.")

    def below(self, place: Place, steps: Sequence[str]) -> Place:
        """The expression at a chain of keys and numbers below an object or a list."""
        for step in steps:
            found = self.literal(place)
            if found.node.type == "tuple":
                items = tuple_items(found.node)
                if not step.isdecimal() or int(step) >= len(items):
                    raise Absent(f"{found.where} has no element {step}.")
                place = found.at(items[int(step)])
            elif maps := merged_maps(found):
                place = self._in_one_of(found, maps, step)
            else:
                entries = self.entries(found)
                if step not in entries:
                    holder = found if found.node.type == "object" else None
                    raise Absent(f"{found.where} has no {step}.", holder, step)
                place = entries[step]
        return place

    def _in_one_of(self, place: Place, maps: Sequence[Place], key: str) -> Place:
        """The value of a key in merged maps: the last map that has it counts."""
        missing: Absent | None = None
        for each in reversed(maps):
            try:
                return self.below(each, [key])
            except Absent as error:
                missing = missing or error
        raise missing or Absent(f"{place.where} has no {key}.")

    def _comprehended(self, place: Place) -> Iterator[tuple[str, Place]]:
        """`{ for k, v in map : k => value }`, element by element; a condition is not followed."""
        node = place.node.named_children[0]
        intro = next((c for c in node.children if c.type == "for_intro"), None)
        is_plain = all(c.type != "for_cond" for c in node.children)
        if intro is None or node.type != "for_object_expr" or not is_plain:
            raise NotFollowed(f"{place.where}: {place.text} is computed.")
        names = [text_of(c) for c in intro.children if c.type == "identifier"]
        source = next(c for c in intro.children if c.type == "expression")
        key, value = (c for c in node.children if c.type == "expression")
        for each, meaning in self.entries(place.at(source)).items():
            bound = {names[-1]: meaning} | ({names[0]: each} if len(names) > 1 else {})
            scope = place.scope.binding(**bound)
            yield self.text(Place(scope, place.file, key)), Place(scope, place.file, value)

    def _piece(self, place: Place) -> str:
        if place.node.type == "template_literal":
            return text_of(place.node)
        inner = [child for child in place.node.children if child.type == "expression"]
        return self.text(place.at(inner[0])) if inner else ""

    def _only_interpolation(self, place: Place) -> Place:
        """What `"${x}"` holds; any other template is put together."""
        pieces = [c for c in place.node.children if not c.type.startswith("quoted_template")]
        if len(pieces) == 1 and pieces[0].type == "template_interpolation":
            inner = [child for child in pieces[0].children if child.type == "expression"]
            if inner:
                return place.at(inner[0])
        raise NotFollowed(f"{place.where}: {place.text} is an expression put together from parts.")

    def _known(self, place: Place, nodes: Sequence[Node]) -> str | None:
        """What a bound name means where that is no expression but a key or an index."""
        if nodes[0].type != "variable_expr":
            return None
        root, steps = self._reference(place, nodes)
        meaning = place.scope.bound.get(root if not steps else f"{root}.{steps[0]}")
        return meaning if isinstance(meaning, str) else None

    def _bound(self, place: Place, name: str) -> Place:
        meaning = place.scope.bound.get(name)
        if isinstance(meaning, Place):
            return meaning
        raise NotFollowed(f"{place.where}: {place.text} is no literal.")

    def _reference(self, place: Place, nodes: Sequence[Node]) -> tuple[str, list[str]]:
        """`local.a["b"].c` as `("local", ["a", "b", "c"])`."""
        steps: list[str] = []
        for child in nodes[1:]:
            if child.type == "get_attr":
                steps.append(text_of(child.children[-1]))
            elif child.type == "index":
                steps.append(self._index(place, child))
            else:
                raise NotFollowed(f"{place.where}: {place.text} takes several at once.")
        return text_of(nodes[0]), steps

    def _index(self, place: Place, node: Node) -> str:
        inner = node.children[0]
        keys = [child for child in inner.children if child.type == "expression"]
        if keys:
            return self.aside().text(place.at(keys[0]))
        return text_of(inner).removeprefix(".")

    def _referred(self, place: Place, nodes: Sequence[Node]) -> Place:
        """The expression that a reference means."""
        if nodes[0].type != "variable_expr":
            return self._of_call(place, nodes)
        root, steps = self._reference(place, nodes)
        for length in (0, 1):
            name = ".".join((root, *steps[:length]))
            if name in place.scope.bound:
                return self.below(self._bound(place, name), steps[length:])
        return self._declared(place, root, steps)

    def _declared(self, place: Place, root: str, steps: list[str]) -> Place:
        """What a name means that no loop binds."""
        if len(steps) == 1 and root in ("var", "local"):
            self.via.append(Step(f"{root}.{steps[0]}", place))
        if root == "var":
            return self.below(self.variable(place, steps[0]), steps[1:])
        if root == "local":
            return self.below(self._local(place, steps[0]), steps[1:])
        if root == "module":
            return self._output(place, steps)
        if root in _COMPUTED or root in ("each", "count"):
            raise NotFollowed(f"{place.where}: {place.text} is only known when Terraform runs.")
        return self._attribute(place, root, steps)

    def _of_call(self, place: Place, nodes: Sequence[Node]) -> Place:
        """`{ … }[var.key]` and `lookup(…).size`."""
        first, *rest = nodes
        if first.type not in ("function_call", "collection_value", "expression") or not all(
            c.type in ("get_attr", "index") for c in rest
        ):
            raise NotFollowed(f"{place.where}: {place.text} is an expression.")
        steps = [
            self._index(place, c) if c.type == "index" else text_of(c.children[-1]) for c in rest
        ]
        return self.below(self.literal(place.at(first)), steps)

    def variable(self, place: Place, name: str) -> Place:
        """What a variable is in this scope: an argument, a written value, or the default."""
        scope = place.scope
        file, block = _only(place, f"var.{name}", scope.module.variables.get(name, []))
        if scope.call is not None and scope.caller is not None:
            if name in scope.call.arguments:
                return Place(scope.caller, scope.call.file, scope.call.arguments[name])
        elif (written := self._written(scope, name)) is not None:
            return written
        default = block.attribute("default")
        if default is None:
            raise NotFollowed(
                f"var.{name} ({file.path} line {block.line}) gets its value outside of this "
                "repository: it has no default and no file of variables sets it."
            )
        return Place(scope, file, default)

    def _written(self, scope: Scope, name: str) -> Place | None:
        """The value in a file of variables: one named on the command line goes first."""
        automatic = self.code.automatic_values(scope.module.folder)
        for file in (*([scope.values] if scope.values else []), *reversed(automatic)):
            nodes = attributes_named(file.body, name) if file.is_readable else []
            if len(nodes) > 1:
                raise NotFollowed(f"{file.path} sets {name} twice, which Terraform refuses.")
            if nodes:
                return Place(scope, file, nodes[0])
        return None

    def _local(self, place: Place, name: str) -> Place:
        module = place.scope.module
        file, node = _only(place, f"local.{name}", module.locals.get(name, []))
        return Place(place.scope.outside_loops(), file, node)

    def _output(self, place: Place, steps: Sequence[str]) -> Place:
        """An output of a local module, followed inside it."""
        for file, block in place.scope.module.blocks("module", steps[0]):
            source = literal_text(block.attribute("source")) or ""
            folder = self.code.called_folder(place.scope.module.folder, source)
            if folder is not None:
                module = self.code.module(folder)
                name = f"module.{steps[0]}"
                call = Call(module.folder, file, name, attributes_in(block.body), block)
                scope = Scope(module, call, place.scope, label=name)
                return self._named_output(place, scope, steps[1:])
        raise NotFollowed(f"{place.where}: {place.text} comes from a module that is not in here.")

    def _named_output(self, place: Place, scope: Scope, steps: Sequence[str]) -> Place:
        for index, name in enumerate(steps[:2]):
            for file, block in scope.module.blocks("output", name):
                value = block.attribute("value")
                if value is not None:
                    return self.below(Place(scope, file, value), steps[index + 1 :])
        raise NotFollowed(f"{place.where}: {place.text} is no output of its module.")

    def _attribute(self, place: Place, kind: str, steps: Sequence[str]) -> Place:
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
        self.via.append(Step(f"{kind}.{steps[0]}", place))
        return Place(place.scope, found[0], expression)


def _only(
    place: Place, name: str, declared: Sequence[tuple[HclFile, _Declared]]
) -> tuple[HclFile, _Declared]:
    """The one declaration of a name. Several (override files, mistakes) are not chosen from."""
    if not declared:
        raise NotFollowed(f"{place.where}: {name} is declared nowhere in its folder.")
    if len(declared) > 1:
        files = ", ".join(dict.fromkeys(file.path for file, _ in declared))
        raise NotFollowed(f"{place.where}: {name} is declared several times: {files}.")
    return declared[0]


def _named(node: Node) -> list[Node]:
    return [child for child in node.children if child.is_named and child.type != "comment"]
