"""What else in a module gets its value from the same variable, local or resource."""

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from finops.edits.hcl_code import Module
from finops.edits.hcl_scope import Step
from finops.edits.hcl_tree import HclFile, place_parts, text_of

_USING = frozenset({"resource", "module", "locals"})
# What only names or describes is no use of a size.
_WORDS_ONLY = frozenset(
    {"tags", "tags_all", "name", "name_prefix", "description", "triggers", "depends_on", "labels"}
)


def other_users(steps: Sequence[Step]) -> tuple[str, ...]:
    """The places that would change too: `main.tf line 20 (aws_instance.b)`, each once."""
    found: dict[str, None] = {}
    for step in steps:
        own = _top(step.place.node)
        for file, node in _references(step.place.scope.module, step.name):
            top = _top(node)
            if top is not None and top != own and _is_use(node):
                line = node.start_point.row + 1
                found[f"{file.path} line {line} ({_name(top)})"] = None
    return tuple(found)


def _references(module: Module, name: str) -> list[tuple[HclFile, Node]]:
    """Found once for a commit: a question with forty places asks it for each of them."""
    if name not in module.references:
        module.references[name] = list(_searched(module, name))
    return module.references[name]


def _searched(module: Module, name: str) -> Iterator[tuple[HclFile, Node]]:
    pattern = re.compile(rb"(?<![\w.])" + re.escape(name.encode()) + rb"(?![\w-])")
    for file in module.files:
        for match in pattern.finditer(file.source):
            node = file.root.descendant_for_byte_range(match.start(), match.start() + 1)
            if node is not None and node.type == "identifier":
                yield file, node


def _top(node: Node) -> Node | None:
    """The top-level block around a node; for locals, the one local value."""
    block: Node | None = None
    attribute: Node | None = None
    at: Node | None = node
    while at is not None:
        attribute = at if at.type == "attribute" and block is None else attribute
        block = at if at.type == "block" else block
        at = at.parent
    if block is None or _kind(block) not in _USING:
        return None
    return attribute if _kind(block) == "locals" else block


def _is_use(node: Node) -> bool:
    at: Node | None = node
    while at is not None:
        if at.type == "attribute" and text_of(at.children[0]) in _WORDS_ONLY:
            return False
        at = at.parent
    return True


def _kind(block: Node) -> str:
    return text_of(block.children[0])


def _name(node: Node) -> str:
    return ".".join(place_parts(node))
