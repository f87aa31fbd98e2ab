"""Write missing attributes into a block or an object, in that block's own style."""

import re
from collections.abc import Mapping, Sequence

from tree_sitter import Node

from finops.domain.errors import Refused
from finops.edits.hcl_scope import Place
from finops.edits.hcl_sites import blocks_inside, expressions_in
from finops.edits.hcl_tree import text_of, unwrap
from finops.edits.splices import Splice

_STEP = 2  # `terraform fmt` indents by two blanks
_META = ("count", "for_each", "provider", "source", "version", "depends_on")
# What the Kubernetes provider takes as maps, where other steps of a path are blocks.
_MAPS = ("requests", "limits")

Path = tuple[str, ...]
_Tree = dict[str, "_Tree | str"]


def insertions(place: Place, values: Mapping[Path, str]) -> list[Splice]:
    """The splices that write each `path = value` into the block or object at `place`.

    They stand below the attributes that are there, aligned with them where the name fits, with the
    file's line ends. Steps of a path that have no block yet become blocks, one for all values.
    """
    grouped: dict[int, tuple[Node, dict[Path, str]]] = {}
    for path, value in values.items():
        node, rest = innermost(place.node, path)
        grouped.setdefault(node.start_byte, (node, {}))[1][rest] = value
    splices: list[Splice] = []
    for node, inside in grouped.values():
        plain = {path[0]: value for path, value in inside.items() if len(path) == 1}
        splices += _attributes(place, node, plain)
        deep = {path: value for path, value in inside.items() if len(path) > 1}
        splices += [_blocks(place, node, deep)] if deep else []
    return splices


def innermost(node: Node, path: Path) -> tuple[Node, Path]:
    """The block or object of the path that is there, and the steps that are missing in it."""
    while len(path) > 1:
        blocks = blocks_inside(node, path[0])
        held = unwrap(expressions_in(node).get(path[0]))
        inner = blocks[0].node if len(blocks) == 1 else held
        if inner is None or inner.type not in ("block", "object"):
            return node, path
        node, path = inner, path[1:]
    return node, path


def _attributes(place: Place, node: Node, values: Mapping[str, str]) -> list[Splice]:
    items, source = _items(node), place.file.source
    if not values:
        return []
    if node.type == "config_file":
        return [_at_the_end(place, items, values)]
    if not _is_spread(node):
        pairs = [f"{name} = {value}" for name, value in values.items()]
        return [_on_one_line(place, node, items, pairs)]
    newline = _newline(source, node)
    if not items:
        indent = _indent(source, node) + " " * _STEP
        lines = [f"{indent}{name} = {value}" for name, value in values.items()]
        return [_below(source, _opening(node), lines, newline)]
    anchor = _anchor(items)
    too_long = any(_is_too_long(anchor, name) for name in values)
    lines = [""] if too_long else []
    for name, value in values.items():
        blanks = " " if too_long else _padding(anchor, name)
        written = f"{name}{blanks}{_sign(anchor)} {value}{_comma(source, anchor)}"
        lines.append(f"{_indent(source, anchor)}{written}")
    return [_below(source, anchor.end_byte, lines, newline)]


def _at_the_end(place: Place, items: list[Node], values: Mapping[str, str]) -> Splice:
    """Lines below the last of a file of variables, which may have no line end yet."""
    source, last = place.file.source, items[-1] if items else None
    newline = _newline(source, place.node)
    lines = [
        f"{name}{_padding(last, name) if last else ' '}= {value}" for name, value in values.items()
    ]
    if not source.endswith(b"\n"):
        lines = ["", *lines]
        return Splice(len(source), len(source), newline.join(lines).encode())
    return Splice(len(source), len(source), "".join(f"{x}{newline}" for x in lines).encode())


def _blocks(place: Place, node: Node, values: Mapping[Path, str]) -> Splice:
    """Blocks in blocks, at the end of the block, below a blank line."""
    if node.type != "block" or not _is_spread(node):
        first = next(iter(values))[0]
        raise Refused(f"{place.where} has no {first} and no room for it; write it out by hand.")
    source, tree = place.file.source, _tree_of(values)
    lines = [""] if any(child.type == "body" for child in node.children) else []
    lines += _rendered(tree, _indent(source, node) + " " * _STEP)
    newline = _newline(source, node)
    at = source.rindex(b"\n", 0, node.end_byte) + 1
    return Splice(at, at, "".join(f"{line}{newline}" for line in lines).encode())


def _tree_of(values: Mapping[Path, str]) -> _Tree:
    tree: _Tree = {}
    for path, value in values.items():
        at = tree
        for step in path[:-1]:
            inner = at.setdefault(step, {})
            at = inner if isinstance(inner, dict) else {}
        at[path[-1]] = value
    return tree


def _rendered(tree: _Tree, indent: str) -> list[str]:
    """As `terraform fmt` would write it: the signs of neighbours below each other."""
    width = max((len(k) for k, v in tree.items() if isinstance(v, str)), default=0)
    lines: list[str] = []
    for name, value in tree.items():
        if isinstance(value, str):
            lines.append(f"{indent}{name.ljust(width)} = {value}")
        else:
            sign = "= " if name in _MAPS else ""
            inner = _rendered(value, indent + " " * _STEP)
            lines += [f"{indent}{name} {sign}{{", *inner, f"{indent}}}"]
    return lines


def _on_one_line(place: Place, node: Node, items: list[Node], pairs: Sequence[str]) -> Splice:
    if node.type != "object" and (items or len(pairs) > 1):
        raise Refused(
            f"{place.at(node).where}: {text_of(node).splitlines()[0]} stands on one line, where a "
            "block has room for one attribute; spread it over lines first."
        )
    if items:
        at = items[-1].end_byte
        return Splice(at, at, "".join(f", {pair}" for pair in pairs).encode())
    at = _opening(node)
    if node.type == "object":
        return Splice(at, _closing(node), f" {', '.join(pairs)} ".encode())
    source = place.file.source
    newline, outer = _newline(source, node), _indent(source, node)
    line = f"{newline}{outer}{' ' * _STEP}{pairs[0]}{newline}{outer}"
    return Splice(at, _closing(node), line.encode())


def _items(node: Node) -> list[Node]:
    if node.type == "object":
        return [child for child in node.children if child.type == "object_elem"]
    body = next((child for child in node.children if child.type == "body"), None)
    return [child for child in body.children if child.type == "attribute"] if body else []


def _opening(node: Node) -> int:
    """The byte behind the opening brace."""
    return next(c for c in node.children if c.type in ("block_start", "object_start")).end_byte


def _closing(node: Node) -> int:
    return next(c for c in node.children if c.type in ("block_end", "object_end")).start_byte


def _is_spread(node: Node) -> bool:
    """Whether every item stands on lines of its own, so that a line can be put between."""
    items = _items(node)
    start = next(c for c in node.children if c.type in ("block_start", "object_start"))
    last = items[-1].end_point.row if items else start.start_point.row
    first = items[0].start_point.row if items else node.end_point.row
    return start.start_point.row < first and last < node.end_point.row


def _anchor(items: list[Node]) -> Node:
    """The last attribute of the first run of lines that is no meta-argument's."""
    runs: list[list[Node]] = []
    for item in items:
        if runs and item.start_point.row == runs[-1][-1].end_point.row + 1:
            runs[-1].append(item)
        else:
            runs.append([item])
    plain = [r for r in runs if text_of(r[0].children[0]) not in _META and _is_short(r[-1])]
    return (plain or runs)[0][-1]


def _is_short(item: Node) -> bool:
    return item.start_point.row == item.end_point.row


def _indent(source: bytes, node: Node) -> str:
    start = source.rfind(b"\n", 0, node.start_byte) + 1
    blanks = re.match(rb"[ \t]*", source[start : node.start_byte])
    return blanks.group().decode() if blanks else ""


def _name_width(item: Node) -> int:
    """The columns from the name's first to its sign."""
    return item.children[1].start_byte - item.start_byte


def _sign(item: Node) -> str:
    return text_of(item.children[1])


def _padding(item: Node, name: str) -> str:
    if _sign(item) == ":":
        return ""
    return " " * max(1, _name_width(item) - len(name)) if _is_short(item) else " "


def _is_too_long(item: Node, name: str) -> bool:
    """Whether the name would push the signs of its neighbours to the right."""
    return _sign(item) == "=" and _is_short(item) and len(name) + 1 > _name_width(item)


def _comma(source: bytes, item: Node) -> str:
    return "," if source[item.end_byte :].lstrip(b" \t").startswith(b",") else ""


def _newline(source: bytes, node: Node) -> str:
    at = source.find(b"\n", node.start_byte)
    return "\r\n" if at > 0 and source[at - 1 : at] == b"\r" else "\n"


def _below(source: bytes, position: int, lines: Sequence[str], newline: str) -> Splice:
    """New lines behind the line of a position."""
    at = source.find(b"\n", position) + 1
    return Splice(at, at, "".join(f"{line}{newline}" for line in lines).encode())
