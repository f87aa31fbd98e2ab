"""The requests and limits that a `helm_release` writes: in sets, objects, heredocs and files."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from finops.domain.changes import Setting
from finops.edits.hcl_code import TerraformCode
from finops.edits.hcl_follow import Follower
from finops.edits.hcl_scope import NotFollowed, Place
from finops.edits.hcl_sites import blocks_inside, expressions_in
from finops.edits.hcl_tree import object_entries, text_of, tuple_items, unwrap
from finops.edits.yaml_tree import NodeKind, UnreadableYaml, YamlNode, parse_yaml

LEAVES = {
    Setting.CPU_REQUEST: ("requests", "cpu"),
    Setting.CPU_LIMIT: ("limits", "cpu"),
    Setting.MEMORY_REQUEST: ("requests", "memory"),
    Setting.MEMORY_LIMIT: ("limits", "memory"),
}
_FILES = ("file", "templatefile")
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """One value of the chart: its path in the values, and the bytes that write it.

    `node` is the literal or the heredoc in Terraform; None for a file of values.
    """

    source_path: str
    source: bytes
    path: Path
    text: str
    start: int
    end: int
    place: Place | None
    line: int

    @property
    def name(self) -> str:
        """`controller.resources.requests.cpu`."""
        return ".".join(self.path)

    @property
    def component(self) -> Path:
        """The keys above `resources`."""
        return self.path[: self.path.index("resources")]


def spots_of(code: TerraformCode, place: Place) -> Iterator[Spot]:
    """Every request and limit that the release's values write."""
    yield from _set_spots(place)
    values = expressions_in(place.node).get("values")
    if values is None:
        return
    try:
        found = Follower(code).literal(place.at(values))
    except NotFollowed:
        return
    for item in tuple_items(found.node):
        yield from _value_spots(code, found.at(item))


def _set_spots(place: Place) -> Iterator[Spot]:
    """`set { name = "resources.requests.cpu" … }` and the list of the provider's version 3."""
    holders = [place.at(block.node) for block in blocks_inside(place.node, "set")]
    listed = expressions_in(place.node).get("set")
    holders += [
        place.at(node) for item in tuple_items(listed) if (node := unwrap(item)) is not None
    ]
    for holder in holders:
        written = expressions_in(holder.node)
        name, value = unwrap(written.get("name")), unwrap(written.get("value"))
        if name is not None and value is not None and name.type == "string_lit":
            path = tuple(text_of(name).strip('"').split("."))
            if _is_leaf(path) and value.type in ("string_lit", "numeric_lit"):
                yield _literal_spot(holder.at(value), path)


def _value_spots(code: TerraformCode, place: Place) -> Iterator[Spot]:
    node = unwrap(place.node)
    if node is not None and node.type == "heredoc_template":
        yield from _heredoc_spots(place.at(node))
    if node is None or node.type != "function_call":
        return
    name = text_of(node.children[0])
    given = [c for c in node.children if c.type == "function_arguments"]
    arguments = [c for c in (given[0].children if given else []) if c.type == "expression"]
    if name == "yamlencode" and arguments:
        yield from _encoded_spots(code, place.at(arguments[0]), ())
    elif name in _FILES and arguments:
        yield from _file_spots(code, place, text_of(arguments[0]))


def _encoded_spots(code: TerraformCode, place: Place, path: Path) -> Iterator[Spot]:
    try:
        found = Follower(code).literal(place)
    except NotFollowed:
        return
    if found.node.type == "object":
        for key, value in object_entries(found.node).items():
            yield from _encoded_spots(code, found.at(value), (*path, key))
    elif _is_leaf(path) and found.node.type in ("string_lit", "numeric_lit"):
        yield _literal_spot(found, path)


def _literal_spot(place: Place, path: Path) -> Spot:
    node, is_quoted = place.node, place.node.type == "string_lit"
    start, end = node.start_byte + is_quoted, node.end_byte - is_quoted
    source = place.file.source
    text = source[start:end].decode("utf-8", "replace")
    line = node.start_point.row + 1
    return Spot(place.file.path, source, path, text, start, end, place, line)


def _heredoc_spots(place: Place) -> Iterator[Spot]:
    """Values in a heredoc; those with interpolations in them are left alone."""
    source = place.file.source
    first = source.index(b"\n", place.node.start_byte) + 1
    last = source.rindex(b"\n", first - 1, place.node.end_byte) + 1
    for path, node, offset in _yaml_leaves(source[first:last]):
        start = first + offset
        line = source.count(b"\n", 0, start) + 1
        end = start + len(node.text.encode())
        yield Spot(place.file.path, source, path, node.text, start, end, place, line)


def _file_spots(code: TerraformCode, place: Place, argument: str) -> Iterator[Spot]:
    name = argument.strip('"').replace("${path.module}/", "").replace("${path.root}/", "")
    path = posixpath.normpath(posixpath.join(place.scope.module.folder, name))
    source = code.sources.get(path)
    if source is None or "$" in name:
        return
    for keys, node, start in _yaml_leaves(source):
        end = start + len(node.text.encode())
        yield Spot(path, source, keys, node.text, start, end, None, node.line)


def _yaml_leaves(source: bytes) -> Iterator[tuple[Path, YamlNode, int]]:
    """Requests and limits in YAML with the byte their text begins at."""
    try:
        file = parse_yaml(source)
    except UnreadableYaml:
        return
    for root in file.documents:
        for path, node in scalars(root, ()):
            quote = len(node.style) if node.style in ("'", '"') else 0
            text = file.text[node.start + quote : node.end - quote]
            if _is_leaf(path) and text == node.text and not node.anchor and "${" not in text:
                yield path, node, file.byte_at(node.start + quote)


def scalars(node: YamlNode, path: Path) -> Iterator[tuple[Path, YamlNode]]:
    """Every scalar below the mappings of a node with its keys; block texts are left out."""
    if node.kind is NodeKind.SCALAR and node.style in ("", "'", '"'):
        yield path, node
    for key, value in node.entries():
        if key.kind is NodeKind.SCALAR:
            yield from scalars(value, (*path, key.text))


def _is_leaf(path: Path) -> bool:
    return len(path) > 2 and path[-3] == "resources" and path[-2:] in LEAVES.values()
