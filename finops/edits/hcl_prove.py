"""Prove an edit of Terraform: outside of the intended attributes and blocks both versions agree."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from tree_sitter import Node

from finops.edits.hcl_tree import HclFile, text_of, tuple_items, unwrap
from finops.edits.prove import failed
from finops.edits.splices import Splice, apply_splices, only_splices_changed

_HOLDING = ("attribute", "object_elem", "tuple")
_LOOKED_INTO = frozenset(
    {"expression", "literal_value", "collection_value", "template_expr", "object", *_HOLDING}
)

# Where something stands, and what it says; a block itself says its header.
Fact = tuple[str, str]


def prove_terraform(
    before: HclFile, after: bytes, splices: Sequence[Splice], changes: Counter[Fact]
) -> int:
    """The number of changed lines, or WillNeverWork naming what else differs.

    `changes` counts the facts: negative what goes, positive what comes.
    """
    parsed = HclFile(before.path, after)
    if not parsed.is_readable:
        raise failed(before.path, "the edited file is no longer HCL")
    different = Counter(facts_of(parsed.root))
    different.subtract(_counted(before))
    seen = {fact: count for fact, count in different.items() if count}
    if seen != {fact: count for fact, count in changes.items() if count}:
        raise failed(before.path, "something besides the intended places changed")
    if not only_splices_changed(before.source, after, splices):
        raise failed(before.path, "bytes outside the edited places changed")
    return _lines_of(before.source, splices)


def facts_of(node: Node, place: str = "") -> Iterator[Fact]:
    """Every attribute, key and block below a node with its text, in file order."""
    for child in node.children:
        if child.type == "body":
            yield from facts_of(child, place)
        elif child.type == "attribute":
            name = text_of(child.children[0])
            yield from expression_facts(child.children[-1], f"{place}.{name}")
        elif child.type == "block":
            yield from block_facts(child, place)


def block_facts(node: Node, place: str = "") -> Iterator[Fact]:
    """The facts of one block, its header first."""
    words = [text_of(c) for c in node.children if c.type in ("identifier", "string_lit")]
    header = f"{place}.{' '.join(words)}"
    yield header, "{}"
    yield from facts_of(node, header)


def expression_facts(node: Node, place: str) -> Iterator[Fact]:
    """The leaves of objects and lists; anything else as it is written."""
    found, items = unwrap(node), tuple_items(node)
    pairs = _pairs(found) if found is not None and found.type == "object" else []
    if pairs:
        yield place, "{}"
        for key, value in pairs:
            yield from expression_facts(value, f"{place}.{_key(key)}")
    elif items:
        yield place, "[]"
        for number, item in enumerate(items):
            yield from expression_facts(item, f"{place}[{number}]")
    else:
        yield place, text_of(node)


def _lines_of(source: bytes, splices: Sequence[Splice]) -> int:
    """How many lines the splices replace, take out or put in.

    Counted from the splices and not from a comparison of lines: where whole blocks go, a comparison
    takes the brace of one block for that of another.
    """
    touched: set[int] = set()
    inserted = 0
    for splice in splices:
        first = source.count(b"\n", 0, splice.start)
        gone = source[splice.start : splice.end]
        if not gone and b"\n" in splice.text:
            inserted += splice.text.count(b"\n")
        else:
            is_whole = gone.endswith(b"\n")
            touched.update(range(first, first + gone.count(b"\n") + (not is_whole)))
    return len(touched) + inserted


@lru_cache(maxsize=64)
def _counted(file: HclFile) -> Counter[Fact]:
    """The facts of a file as it is; several edits of one commit ask for them."""
    return Counter(facts_of(file.root))


def changed_leaves(file: HclFile, splices: Sequence[Splice]) -> Counter[Fact]:
    """The facts that go and come when splices exchange literals inside expressions."""
    inside: dict[int, tuple[Node, list[Splice]]] = {}
    for splice in splices:
        node = file.root.descendant_for_byte_range(splice.start, splice.end)
        leaf = leaf_of(node) if node is not None else file.root
        moved = Splice(splice.start - leaf.start_byte, splice.end - leaf.start_byte, splice.text)
        inside.setdefault(leaf.start_byte, (leaf, []))[1].append(moved)
    found: Counter[Fact] = Counter()
    for leaf, own in inside.values():
        place, before = path_of(leaf), leaf.text or b""
        found[place, before.decode()] -= 1
        found[place, apply_splices(before, own).decode()] += 1
    return found


def leaf_of(node: Node) -> Node:
    """The expression around a literal that `facts_of` takes as a whole.

    That is the literal itself, or the call, condition or template that it is a part of.
    """
    leaf = node
    at: Node | None = node.parent
    is_found = node.type == "expression" and at is not None and at.type in _HOLDING
    while at is not None and at.type not in ("attribute", "block"):
        if at.type not in _LOOKED_INTO:
            is_found = False
        elif not is_found and at.parent is not None and at.parent.type in _HOLDING:
            leaf, is_found = at, True
        at = at.parent
    return leaf


def path_of(node: Node) -> str:
    """The place of an attribute or key as `facts_of` writes it."""
    parts: list[str] = []
    at: Node | None = node
    while at is not None:
        parent = at.parent
        if at.type == "attribute":
            parts.append(f".{text_of(at.children[0])}")
        elif at.type == "object_elem":
            key = next(c for c in at.children if c.type == "expression")
            parts.append(f".{_key(key)}")
        elif at.type == "block":
            words = [text_of(c) for c in at.children if c.type in ("identifier", "string_lit")]
            parts.append(f".{' '.join(words)}")
        elif parent is not None and parent.type == "tuple":
            items = [c for c in parent.children if c.type == "expression"]
            parts.append(f"[{items.index(at)}]")
        at = parent
    return "".join(reversed(parts))


def _key(node: Node) -> str:
    found = unwrap(node)
    if found is not None and found.type == "string_lit":
        return "".join(text_of(c) for c in found.children if c.type == "template_literal")
    return text_of(node)


def _pairs(node: Node) -> list[tuple[Node, Node]]:
    """Keys and values of an object, with the keys that are expressions too."""
    found: list[tuple[Node, Node]] = []
    for element in node.children:
        if element.type == "object_elem":
            key, value = (c for c in element.children if c.type == "expression")
            found.append((key, value))
    return found
