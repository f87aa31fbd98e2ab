"""YAML as a tree that remembers where every node stands in the file.

Built from parser events, not by composing or loading: an alias stays an alias, so a YAML bomb
expands to nothing, and the nesting is counted, because libyaml's own composer ends the process
on deep nesting (200,000 open brackets: a segmentation fault, measured).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import yaml

from finops.edits.splices import UTF8_BOM

MAX_DEPTH = 200  # Manifests nest about 15 deep; Python's own recursion limit is 1,000.

# A tree of 2,800,000 nodes (a 3.6 MB file) took 57 s to edit and prove; this many take 10 s.
MAX_NODES = 500_000

Path = tuple[str | int, ...]

# libyaml is about ten times faster and gives the same marks; some platforms have no wheel with it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Mark(Protocol):
    """A place as both parsers give it, counted from 0 in characters."""

    @property
    def index(self) -> int: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class UnreadableYaml(Exception):
    """The bytes are not YAML this program reads; the message says where and why."""


class NodeKind(StrEnum):
    """What a node is."""

    SCALAR = "scalar"
    MAPPING = "mapping"
    SEQUENCE = "sequence"
    ALIAS = "alias"


@dataclass(slots=True, eq=False)
class YamlNode:
    """One node. `start`, `end` and `column` count characters, `line` counts from 1.

    `text` is a scalar's value or an alias's name; `style` is a scalar's quote or block sign; the
    children of a mapping are its keys and values in turn.
    """

    kind: NodeKind
    start: int
    end: int
    line: int
    column: int
    text: str = ""
    style: str = ""
    anchor: str = ""
    tag: str = ""
    is_flow: bool = False
    children: list["YamlNode"] = field(default_factory=list)

    def entries(self) -> Iterator[tuple["YamlNode", "YamlNode"]]:
        """Keys and values of a mapping in file order; nothing for any other node."""
        if self.kind is NodeKind.MAPPING:
            yield from zip(self.children[::2], self.children[1::2], strict=True)

    def items(self) -> list["YamlNode"]:
        """The items of a sequence; nothing for any other node."""
        return self.children if self.kind is NodeKind.SEQUENCE else []

    def get(self, key: str) -> "YamlNode | None":
        """The value of the first key with that text, or None."""
        for found, value in self.entries():
            if found.kind is NodeKind.SCALAR and found.text == key:
                return value
        return None

    def text_at(self, *keys: str) -> str:
        """The scalar text at a chain of keys, or an empty text."""
        node: YamlNode | None = self
        for key in keys:
            node = node.get(key) if node else None
        return node.text if node and node.kind is NodeKind.SCALAR else ""

    def walk(self) -> Iterator["YamlNode"]:
        """This node and all below it, in file order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A file's bytes, its text without byte order mark, and the root of each document."""

    source: bytes
    text: str
    documents: tuple[YamlNode, ...]

    def byte_at(self, index: int) -> int:
        """Where the character `index` of the text starts in the bytes."""
        mark = len(UTF8_BOM) if self.source.startswith(UTF8_BOM) else 0
        return mark + len(self.text[:index].encode())


def parse_yaml(source: bytes) -> YamlFile:
    """Parse all documents. Raises UnreadableYaml for anything but well-formed UTF-8 YAML."""
    try:
        text = source.removeprefix(UTF8_BOM).decode("utf-8")
        return YamlFile(source, text, tuple(_roots(text)))
    except UnicodeDecodeError as error:
        raise UnreadableYaml(f"it is not UTF-8 at byte {error.start}") from error
    except yaml.YAMLError as error:
        raise UnreadableYaml(_sentence(error)) from error


def _roots(text: str) -> Iterator[YamlNode]:
    open_nodes: list[YamlNode] = []
    count = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionEndEvent):
            node = open_nodes.pop()
            node.end = _marks(event)[1].index
        elif isinstance(event, yaml.NodeEvent):
            node = _node_of(event)
            count += 1
            if open_nodes:
                open_nodes[-1].children.append(node)
            if isinstance(event, yaml.CollectionStartEvent):
                open_nodes.append(node)
                _check_size(len(open_nodes), count, node)
        else:
            continue
        if not open_nodes:
            yield node


def _check_size(depth: int, count: int, node: YamlNode) -> None:
    if count > MAX_NODES:
        raise UnreadableYaml(f"it holds more than {MAX_NODES:,} values; split the file")
    if depth > MAX_DEPTH:
        raise UnreadableYaml(f"it nests more than {MAX_DEPTH} deep at line {node.line}")


def _marks(event: yaml.Event) -> tuple[_Mark, _Mark]:
    """Where an event begins and ends; a parsed one always says, only a made one may not."""
    if event.start_mark is None or event.end_mark is None:
        raise UnreadableYaml("the parser lost its place")
    return event.start_mark, event.end_mark


def _node_of(event: yaml.NodeEvent) -> YamlNode:
    start, end = _marks(event)
    node = YamlNode(
        kind=_kind_of(event),
        start=start.index,
        end=end.index,
        line=start.line + 1,
        column=start.column,
        anchor=event.anchor or "",
        tag=getattr(event, "tag", None) or "",
        is_flow=bool(getattr(event, "flow_style", False)),
    )
    if isinstance(event, yaml.ScalarEvent):
        node.text = event.value
        # libyaml says "" and PyYAML None for a plain scalar.
        node.style = event.style or ""
    elif isinstance(event, yaml.AliasEvent):
        node.text, node.anchor = node.anchor, ""
    return node


def _kind_of(event: yaml.NodeEvent) -> NodeKind:
    if isinstance(event, yaml.MappingStartEvent):
        return NodeKind.MAPPING
    if isinstance(event, yaml.SequenceStartEvent):
        return NodeKind.SEQUENCE
    return NodeKind.ALIAS if isinstance(event, yaml.AliasEvent) else NodeKind.SCALAR


def _sentence(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or "it is not YAML"
    mark = getattr(error, "problem_mark", None)
    return f"{problem} at line {mark.line + 1}" if mark else str(problem)


def path_text(path: Path) -> str:
    """`spec.containers[0].resources`, the way people write a place in YAML."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
