"""Follow an expression of Terraform to the literal that decides its value.

Variables go to the argument of the call, the file of variables or the default; locals, outputs,
attributes of other resources, elements of loops, and the functions of `hcl_functions` are looked
through. What only a run of Terraform knows is refused with the expression and its place.
"""

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from finops.edits.hcl_code import TerraformCode
from finops.edits.hcl_functions import called, decided, merged_maps
from finops.edits.hcl_meanings import attribute_of, local_value, output, variable
from finops.edits.hcl_scope import Absent, NotFollowed, Place, Step
from finops.edits.hcl_tree import (
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


class Follower:
    """Follows expressions through one repository's Terraform, and remembers by which way.

    `via` holds the variables, locals and resources that were looked through as a whole: what else
    refers to them gets the same value.
    """

    def __init__(self, code: TerraformCode) -> None:
        self.code = code
        self.via: list[Step] = []
        self.is_aside = False
        self._steps = 0

    def aside(self) -> "Follower":
        """One for conditions and keys, which choose a value but are not its source."""
        other = Follower(self.code)
        other.is_aside = True
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
            return self.below(variable(self, place, steps[0]), steps[1:])
        if root == "local":
            return self.below(local_value(place, steps[0]), steps[1:])
        if root == "module":
            return output(self, place, steps)
        if root in _COMPUTED or root in ("each", "count"):
            raise NotFollowed(f"{place.where}: {place.text} is only known when Terraform runs.")
        return attribute_of(self, place, root, steps)

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


def _named(node: Node) -> list[Node]:
    return [child for child in node.children if child.is_named and child.type != "comment"]
