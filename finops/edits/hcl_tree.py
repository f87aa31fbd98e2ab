"""Terraform files as blocks, attributes and literals that remember their bytes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import tree_sitter_hcl
from tree_sitter import Language, Node, Parser, Tree

from finops.edits.splices import UTF8_BOM

_LANGUAGE = Language(tree_sitter_hcl.language())


@dataclass(frozen=True, slots=True)
class HclBlock:
    """A block: `resource "aws_ebs_volume" "data" { … }` has two labels."""

    node: Node
    kind: str
    labels: tuple[str, ...]

    @property
    def address(self) -> str:
        """`aws_ebs_volume.data` for a resource, `module.eks` for another block."""
        return ".".join(self.labels if self.kind == "resource" else (self.kind, *self.labels))

    @property
    def body(self) -> Node | None:
        """What stands between the braces, or None for an empty block."""
        return next((n for n in self.node.children if n.type == "body"), None)

    @property
    def line(self) -> int:
        """The line it begins on, from 1."""
        return self.node.start_point.row + 1

    def blocks(self, kind: str = "") -> list["HclBlock"]:
        """The blocks directly inside, of that kind or of any."""
        return blocks_in(self.body, kind)

    def attribute(self, name: str) -> Node | None:
        """The expression of an attribute, or None."""
        return attributes_in(self.body).get(name)


@dataclass(frozen=True)  # without slots: the tree is made once and kept
class HclFile:
    """A Terraform file's bytes and their tree."""

    path: str
    source: bytes

    @cached_property
    def root(self) -> Node:
        """The tree's root. A byte order mark reads as blanks, so that no byte moves."""
        return _parsed(self.source).root_node

    @property
    def is_readable(self) -> bool:
        """Whether the whole file is HCL."""
        return not self.root.has_error

    @property
    def body(self) -> Node | None:
        """What the file holds, or None for an empty one."""
        return next((node for node in self.root.children if node.type == "body"), None)

    def blocks(self, kind: str = "", *labels: str) -> list[HclBlock]:
        """The top-level blocks of that kind whose labels begin so."""
        found = [block for block in self._blocks if kind in ("", block.kind)]
        return [block for block in found if block.labels[: len(labels)] == labels]

    @cached_property
    def _blocks(self) -> list[HclBlock]:
        return blocks_in(self.body)


@lru_cache(maxsize=256)
def _parsed(source: bytes) -> Tree:
    """One file is asked about many times: to find, to follow, to prove."""
    blanked = source
    if blanked.startswith(UTF8_BOM):
        blanked = b"   " + blanked.removeprefix(UTF8_BOM)
    return Parser(_LANGUAGE).parse(blanked)


def blocks_in(body: Node | None, kind: str = "") -> list[HclBlock]:
    """The blocks directly in a body, of that kind or of any."""
    children = body.children if body else []
    found = [_block(node) for node in children if node.type == "block"]
    return [block for block in found if kind in ("", block.kind)]


def attributes_in(body: Node | None) -> dict[str, Node]:
    """The expressions directly in a body by attribute name."""
    found: dict[str, Node] = {}
    for node in body.children if body else []:
        if node.type == "attribute":
            found[text_of(node.children[0])] = node.children[-1]
    return found


def attributes_named(body: Node | None, name: str) -> list[Node]:
    """The expressions of every attribute of that name: more than one is a mistake."""
    children = body.children if body else []
    found = [node for node in children if node.type == "attribute"]
    return [node.children[-1] for node in found if text_of(node.children[0]) == name]


def object_entries(expression: Node | None) -> dict[str, Node]:
    """The expressions of an object literal `{ key = value }` by key; empty for anything else.

    A key in parentheses is an expression and is left out.
    """
    node = unwrap(expression)
    if node is None or node.type != "object":
        return {}
    elements = [child for child in node.children if child.type == "object_elem"]
    pairs = [[c for c in each.children if c.type == "expression"] for each in elements]
    return {_key_text(pair[0]): pair[1] for pair in pairs if len(pair) == 2 and _key_text(pair[0])}


def tuple_items(expression: Node | None) -> list[Node]:
    """The expressions of a list literal `[a, b]`; nothing for anything else."""
    node = unwrap(expression)
    if node is None or node.type != "tuple":
        return []
    return [child for child in node.children if child.type == "expression"]


def literal_int(expression: Node) -> tuple[int, Node] | None:
    """The whole number an expression writes out, and the node of its digits; else None.

    `3` and `"3"` are literals, `var.size` and `3 + 1` are not.
    """
    node = unwrap(expression)
    if node is not None and node.type == "string_lit":
        node = next((each for each in node.children if each.type == "template_literal"), None)
    elif node is None or node.type != "numeric_lit":
        return None
    text = text_of(node) if node is not None else ""
    return (int(text), node) if node is not None and text.isdecimal() else None


def literal_text(expression: Node | None) -> str | None:
    """The text of a string literal, or None for an expression or nothing."""
    node = unwrap(expression)
    if node is None or node.type != "string_lit":
        return None
    return "".join(text_of(each) for each in node.children if each.type == "template_literal")


def text_of(node: Node) -> str:
    """The source text of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def descendants(node: Node) -> Iterator[Node]:
    """This node and all below it in file order, without recursion."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(current.children))


def references(node: Node) -> Iterator[tuple[str, Node]]:
    """Each reference below a node as `type.name`, the first two steps of `type.name.attribute`."""
    for each in descendants(node):
        after = each.next_sibling if each.type == "variable_expr" else None
        if after is not None and after.type == "get_attr":
            yield f"{text_of(each)}.{text_of(after).removeprefix('.').strip()}", each


def _block(node: Node) -> HclBlock:
    words = [child for child in node.children if child.type in ("identifier", "string_lit")]
    labels = tuple(text_of(word).strip('"') for word in words[1:])
    return HclBlock(node, text_of(words[0]), labels)


def _key_text(expression: Node) -> str:
    if text_of(expression).startswith("("):
        return ""
    return literal_text(expression) or text_of(expression)


def place_parts(node: Node) -> tuple[str, ...]:
    """Where a node stands, from the outside in: `("aws_instance.web", "root_block_device")`.

    The same text as long as the structure is; of several blocks of one kind the number is told.
    """
    parts: list[str] = []
    at: Node | None = node
    while at is not None:
        part = _part(at)
        parts += [part] if part else []
        at = at.parent
    return tuple(reversed(parts))


def _part(node: Node) -> str:
    if node.type == "attribute":
        return text_of(node.children[0])
    if node.type == "object_elem":
        return _key_text(next(c for c in node.children if c.type == "expression"))
    if node.type == "block":
        block = _block(node)
        same = [b for b in blocks_in(node.parent, block.kind) if b.labels == block.labels]
        number = f"[{[b.node for b in same].index(node)}]" if len(same) > 1 else ""
        return f"{block.address or block.kind}{number}"
    siblings = node.parent.children if node.parent is not None else []
    if node.parent is not None and node.parent.type == "tuple":
        return f"[{[c for c in siblings if c.type == 'expression'].index(node)}]"
    return ""


def unwrap(expression: Node | None) -> Node | None:
    """The node behind the wrappers that hold nothing but it."""
    node = expression
    wrappers = ("expression", "literal_value", "collection_value", "template_expr")
    while node is not None and node.type in wrappers and node.named_child_count == 1:
        node = node.named_children[0]
    return node
