"""Write a missing attribute into a block or an object, in that block's own style."""

import re

from tree_sitter import Node

from finops.domain.errors import Refused
from finops.edits.hcl_scope import Place
from finops.edits.hcl_sites import blocks_inside
from finops.edits.hcl_tree import text_of
from finops.edits.splices import Splice

_STEP = 2  # `terraform fmt` indents by two blanks


def insertion(place: Place, path: tuple[str, ...], value: str) -> Splice:
    """The splice that writes `path = value` into the block or object at `place`.

    It stands below the attributes that are there, aligned with them where the name fits, with the
    file's line ends. Steps of the path that have no block yet become blocks.
    """
    node = place.node
    steps = list(path)
    while len(steps) > 1 and (inner := _only_block(node, steps[0])) is not None:
        node, steps = inner, steps[1:]
    if len(steps) > 1:
        return _nested(place, node, steps, value)
    return _attribute(place, node, steps[0], value)


def _only_block(node: Node, kind: str) -> Node | None:
    found = blocks_inside(node, kind)
    return found[0].node if len(found) == 1 else None


def _attribute(place: Place, node: Node, name: str, value: str) -> Splice:
    items = _items(node)
    source = place.file.source
    if not _is_spread(node):
        return _on_one_line(place, node, items, f"{name} = {value}")
    newline = _newline(source, node)
    if not items:
        line = f"{_indent(source, node)}{' ' * _STEP}{name} = {value}"
        return _after_line(source, _opening(node), line, newline)
    anchor = _anchor(node, items)
    written = (
        f"{name}{_padding(source, anchor, name)}{_sign(anchor)} {value}{_comma(source, anchor)}"
    )
    gap = newline if _is_too_long(source, anchor, name) else ""
    return _after_line(source, anchor.end_byte, f"{_indent(source, anchor)}{written}", newline, gap)


def _nested(place: Place, node: Node, steps: list[str], value: str) -> Splice:
    """Blocks in blocks, at the end of the block, below a blank line."""
    if node.type != "block" or not _is_spread(node):
        raise Refused(f"{place.where} has no {steps[0]} and no room for it; write it out by hand.")
    source, newline = place.file.source, _newline(place.file.source, node)
    outer = _indent(source, node)
    blanks = [outer + " " * _STEP * (depth + 1) for depth in range(len(steps))]
    opened = [f"{blank}{step} {{" for blank, step in zip(blanks, steps[:-1], strict=False)]
    closed = [f"{blank}}}" for blank in reversed(blanks[:-1])]
    lines = [*opened, f"{blanks[-1]}{steps[-1]} = {value}", *closed]
    at = source.rindex(b"\n", 0, node.end_byte) + 1
    gap = [""] if _has_content(node) else []
    return Splice(at, at, "".join(line + newline for line in [*gap, *lines]).encode())


def _on_one_line(place: Place, node: Node, items: list[Node], text: str) -> Splice:
    if node.type != "object" and items:
        raise Refused(
            f"{place.at(node).where}: {text_of(node).splitlines()[0]} stands on one line, where a "
            "block has room for one attribute; spread it over lines first."
        )
    if items:
        at = items[-1].end_byte
        return Splice(at, at, f", {text}".encode())
    at = _opening(node)
    if node.type == "object":
        return Splice(at, _closing(node), f" {text} ".encode())
    source = place.file.source
    newline, outer = _newline(source, node), _indent(source, node)
    line = f"{newline}{outer}{' ' * _STEP}{text}{newline}{outer}"
    return Splice(at, _closing(node), line.encode())


def _items(node: Node) -> list[Node]:
    if node.type == "object":
        return [child for child in node.children if child.type == "object_elem"]
    body = next((child for child in node.children if child.type == "body"), None)
    return [child for child in body.children if child.type == "attribute"] if body else []


def _has_content(node: Node) -> bool:
    return any(child.type == "body" for child in node.children)


def _opening(node: Node) -> int:
    """The byte behind the opening brace."""
    return next(c for c in node.children if c.type in ("block_start", "object_start")).end_byte


def _closing(node: Node) -> int:
    return next(c for c in node.children if c.type in ("block_end", "object_end")).start_byte


def _is_spread(node: Node) -> bool:
    """Whether its braces stand on different lines."""
    start = next(c for c in node.children if c.type in ("block_start", "object_start"))
    return start.start_point.row != node.end_point.row and text_of(node).count("\n") > 0


def _anchor(node: Node, items: list[Node]) -> Node:
    """The last attribute of the first run of lines that is no meta-argument's."""
    runs: list[list[Node]] = []
    for item in items:
        is_next = runs and item.start_point.row == runs[-1][-1].end_point.row + 1
        if is_next:
            runs[-1].append(item)
        else:
            runs.append([item])
    meta = ("count", "for_each", "provider", "source", "version", "depends_on")
    plain = [r for r in runs if text_of(r[0].children[0]) not in meta and _is_short(r[-1])]
    return (plain or runs)[0][-1]


def _is_short(item: Node) -> bool:
    return item.start_point.row == item.end_point.row


def _indent(source: bytes, node: Node) -> str:
    start = source.rfind(b"\n", 0, node.start_byte) + 1
    blanks = re.match(rb"[ \t]*", source[start : node.start_byte])
    return blanks.group().decode() if blanks else ""


def _name_width(source: bytes, item: Node) -> int:
    """The columns from the name's first to its sign."""
    return item.children[1].start_byte - item.start_byte


def _sign(item: Node) -> str:
    return text_of(item.children[1])


def _padding(source: bytes, item: Node, name: str) -> str:
    if _sign(item) == ":":
        return ""
    is_aligned = _is_short(item) and not _is_too_long(source, item, name)
    return " " * max(1, _name_width(source, item) - len(name)) if is_aligned else " "


def _is_too_long(source: bytes, item: Node, name: str) -> bool:
    """Whether the name would push the signs of its neighbours to the right."""
    return _sign(item) == "=" and _is_short(item) and len(name) + 1 > _name_width(source, item)


def _comma(source: bytes, item: Node) -> str:
    return "," if source[item.end_byte :].lstrip(b" \t").startswith(b",") else ""


def _newline(source: bytes, node: Node) -> str:
    at = source.find(b"\n", node.start_byte)
    return "\r\n" if at > 0 and source[at - 1 : at] == b"\r" else "\n"


def _after_line(source: bytes, position: int, line: str, newline: str, gap: str = "") -> Splice:
    at = source.find(b"\n", position) + 1
    return Splice(at, at, f"{gap}{line}{newline}".encode())
