"""YAML inside YAML: a file, and the block texts in it that are YAML themselves.

Inline patches of Kustomize, chart values of Argo CD and values in ConfigMaps are block texts
(`|`). Each is a slot of its own: it is edited like a file, and its splices are carried over to the
bytes of the file that it stands in.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from finops.edits.splices import Splice
from finops.edits.yaml_tree import (
    NodeKind,
    Path,
    UnreadableYaml,
    YamlFile,
    YamlNode,
    parse_yaml,
    path_text,
)

# An inline patch that holds an Application that holds values: nobody nests deeper.
_MAX_NESTING = 2

# Where a block text stands: the document's number and the path in it.
At = tuple[int, Path]


@dataclass(frozen=True)
class Slot:
    """One YAML text of a file. `at` leads to it through the texts around it; empty: the file.

    `starts` are, for each line of an inner text, where it begins in the text around it.
    """

    path: str
    file: YamlFile
    at: tuple[At, ...] = ()
    outer: "Slot | None" = None
    starts: tuple[int, ...] = ()
    indent: int = 0

    def carried_over(self, splices: Sequence[Splice]) -> tuple[Splice, ...]:
        """The splices as splices of the whole file."""
        if self.outer is None:
            return tuple(splices)
        return self.outer.carried_over([self._outwards(each) for each in splices])

    def place(self, document: int, path: Path) -> str:
        """`spec.values, resources.requests.cpu`: how people find it in the file."""
        steps = [*self.at, (document, path)]
        texts = [
            f"document {number + 1}, {path_text(inner)}" if number else path_text(inner)
            for number, inner in steps
        ]
        return " > ".join(texts)

    def line(self, line: int) -> int:
        """A line of this text as a line of the file, counting from 1."""
        if self.outer is None:
            return line
        return self.outer.line(self.outer.file.text.count("\n", 0, self.starts[line - 1]) + 1)

    @cached_property
    def _line_starts(self) -> list[int]:
        text = self.file.text
        return [0, *(index + 1 for index, sign in enumerate(text) if sign == "\n")]

    def _outwards(self, splice: Splice) -> Splice:
        assert self.outer is not None  # noqa: S101 - the caller has asked
        start, end = (self._outer_byte(at) for at in (splice.start, splice.end))
        deeper = b"\n" + b" " * self.indent
        return Splice(start, end, splice.text.replace(b"\n", deeper))

    def _outer_byte(self, offset: int) -> int:
        assert self.outer is not None  # noqa: S101 - the caller has asked
        index = len(self.file.source[:offset].decode())
        line = bisect_right(self._line_starts, index) - 1
        return self.outer.file.byte_at(self.starts[line] + index - self._line_starts[line])


def slots_of(path: str, file: YamlFile) -> list[Slot]:
    """The file itself and every block text in it that is YAML with keys or items."""
    return list(_with_inner(Slot(path, file)))


def _with_inner(slot: Slot) -> Iterator[Slot]:
    yield slot
    if len(slot.at) >= _MAX_NESTING or "|" not in slot.file.text:
        return
    for number, root in enumerate(slot.file.documents):
        for path, node in leaves(root):
            inner = _inner(slot, (number, path), node) if node.style == "|" else None
            if inner is not None:
                yield from _with_inner(inner)


def leaves(node: YamlNode, path: Path = ()) -> Iterator[tuple[Path, YamlNode]]:
    """Every scalar value below a node with its path; keys are no values."""
    if node.kind is NodeKind.SCALAR:
        yield path, node
    for index, item in enumerate(node.items()):
        yield from leaves(item, (*path, index))
    for key, value in node.entries():
        if key.kind is NodeKind.SCALAR:
            yield from leaves(value, (*path, key.text))


def _inner(slot: Slot, at: At, node: YamlNode) -> Slot | None:
    if ":" not in node.text:
        return None
    lines, starts, indent = _block_lines(slot.file.text, node)
    text = "\n".join(lines)
    if text.replace("\r", "").rstrip("\n") != node.text.rstrip("\n"):
        return None  # an indentation sign or a folded line: read by hand
    try:
        file = parse_yaml(text.encode())
    except UnreadableYaml:
        return None
    if not any(root.children for root in file.documents) or text.startswith("\ufeff"):
        return None
    return Slot(slot.path, file, (*slot.at, at), slot, tuple(starts), indent)


def _block_lines(text: str, node: YamlNode) -> tuple[list[str], list[int], int]:
    """The lines of a block text without its indentation, and where each begins in the text."""
    position = text.find("\n", node.start) + 1
    lines: list[str] = []
    starts: list[int] = []
    indent = -1
    while 0 < position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        line = text[position:end]
        blanks = len(line) - len(line.lstrip(" "))
        is_blank = not line.strip()
        if indent < 0 and not is_blank:
            indent = blanks
        if not is_blank and blanks < indent:
            break
        cut = min(blanks, max(indent, 0))
        lines.append(line[cut:])
        starts.append(position + cut)
        position = end + 1
    return lines, starts, max(indent, 0)
