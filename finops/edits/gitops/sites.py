"""Places in the sources that may decide a value: literals with that very value, holders without.

Which of them decides is found by *marking*: every candidate gets a quantity of its own, all is
rendered once, and what comes out says where it came from. Overlays, patches, values files,
parameters and replacements all answer the same question this way, and the last writer wins as it
does in the cluster.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from finops.domain.changes import Setting
from finops.domain.errors import Refused
from finops.edits.setting_text import quantity_of, unit_of, written_like
from finops.edits.slots import Slot
from finops.edits.splices import Splice
from finops.edits.yaml_insert import Missing, insert_settings
from finops.edits.yaml_source import ContainerSource
from finops.edits.yaml_tree import NodeKind, Path, YamlNode

_QUOTED = {"": "{}", "'": "'{}'", '"': '"{}"'}
_TEMPLATE_LINE = re.compile(
    rb"^[ \t]*(?:- )?[\w.-]+:[ \t]+([\"']?)([0-9][\w.]*)\1[ \t]*(?:#[^\r\n]*)?\r?$", re.M
)
_HOLDER = re.compile(r"resources$", re.IGNORECASE)


class Site(Protocol):
    """A place that may decide a value."""

    @property
    def path(self) -> str:
        """The file."""
        ...

    @property
    def place(self) -> str:
        """Where in the file, for people."""
        ...

    @property
    def line(self) -> int:
        """The line in the file, counting from 1."""
        ...

    @property
    def key(self) -> tuple[str, str]:
        """The same for the same place."""
        ...

    def splices(self, setting: Setting, value: int) -> tuple[Splice, ...]:
        """The splices of the whole file that set the value here. Refused where none can."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """A scalar of a YAML text that holds the value. `trail` are the nodes from root to it."""

    slot: Slot
    document: int
    at: Path
    trail: tuple[YamlNode, ...]

    @property
    def node(self) -> YamlNode:
        """The scalar."""
        return self.trail[-1]

    @property
    def path(self) -> str:
        """The file."""
        return self.slot.path

    @property
    def place(self) -> str:
        """Where in the file."""
        return self.slot.place(self.document, self.at)

    @property
    def line(self) -> int:
        """The line in the file."""
        return self.slot.line(self.node.line)

    @property
    def key(self) -> tuple[str, str]:
        """The same for the same place."""
        return self.path, self.place

    def inner_splice(self, setting: Setting, value: int) -> Splice:
        """The splice inside the slot's own text."""
        node, file = self.node, self.slot.file
        quoted = _QUOTED.get(node.style, "\0").format(node.text)
        if not file.text[node.start : node.end].endswith(quoted):
            raise Refused(f"line {self.line} writes its value in a form that is edited by hand.")
        text = _QUOTED[node.style].format(written_like(setting, node.text, value))
        return Splice(file.byte_at(node.end - len(quoted)), file.byte_at(node.end), text.encode())

    def splices(self, setting: Setting, value: int) -> tuple[Splice, ...]:
        """The splice that exchanges the scalar's own text."""
        return self.slot.carried_over([self.inner_splice(setting, value)])


@dataclass(frozen=True, slots=True, eq=False)
class TemplateLine:
    """A literal on a line of its own in a chart's template, which is no YAML."""

    path: str
    start: int
    end: int
    text: str
    line: int

    @property
    def place(self) -> str:
        """Where in the file."""
        return f"line {self.line}"

    @property
    def key(self) -> tuple[str, str]:
        """The same for the same place."""
        return self.path, self.place

    def splices(self, setting: Setting, value: int) -> tuple[Splice, ...]:
        """The splice that exchanges the literal."""
        text = written_like(setting, self.text, value)
        return (Splice(self.start, self.end, text.encode()),)


@dataclass(frozen=True, slots=True, eq=False)
class Holder:
    """A mapping that takes a setting it does not write yet."""

    slot: Slot
    source: ContainerSource

    @property
    def path(self) -> str:
        """The file."""
        return self.slot.path

    @property
    def place(self) -> str:
        """Where in the file."""
        return self.slot.place(self.source.document, (*self.source.path, self.source.key))

    @property
    def line(self) -> int:
        """The line in the file."""
        node = self.source.node.get(self.source.key) or self.source.node
        return self.slot.line(node.line)

    @property
    def key(self) -> tuple[str, str]:
        """The same for the same place."""
        return self.path, self.place

    def inner(self, setting: Setting, value: int) -> tuple[dict[Path, Path], tuple[Splice, ...]]:
        """The new roots and the splices inside the slot's own text."""
        section = "limits" if setting in (Setting.CPU_LIMIT, Setting.MEMORY_LIMIT) else "requests"
        other = "requests" if section == "limits" else "limits"
        name = unit_of(setting)
        known = self.source.node.text_at(self.source.key, other, name) or "-"
        missing = Missing(section, name, written_like(setting, known, value))
        return insert_settings(self.slot.file, self.source, [missing])

    def splices(self, setting: Setting, value: int) -> tuple[Splice, ...]:
        """The splices that add the setting."""
        return self.slot.carried_over(self.inner(setting, value)[1])


def literals(slots: Sequence[Slot], setting: Setting, current: int) -> list[Site]:
    """Every scalar with that value, those whose keys speak of the resource first."""
    found = [
        Literal(slot, number, path, trail)
        for slot in slots
        for number, root in enumerate(slot.file.documents)
        for path, trail in _trails(root)
        if quantity_of(setting, trail[-1].text) == current
    ]
    return [*sorted(found, key=lambda site: not _speaks_of(setting, site))]


def template_lines(path: str, source: bytes, setting: Setting, current: int) -> list[Site]:
    """Every literal with that value that stands on a line of its own in a template."""
    return [
        TemplateLine(
            path,
            match.start(2),
            match.end(2),
            match[2].decode(),
            source.count(b"\n", 0, match.start(2)) + 1,
        )
        for match in _TEMPLATE_LINE.finditer(source)
        if quantity_of(setting, match[2].decode("utf-8", "replace")) == current
    ]


def holders(slots: Sequence[Slot]) -> list[Holder]:
    """Every mapping of values with a key for resources, whatever it is called in full."""
    return [
        Holder(slot, ContainerSource(number, path, trail, key=key.text))
        for slot in slots
        for number, root in enumerate(slot.file.documents)
        for path, trail in _mappings(root)
        for key, value in trail[-1].entries()
        if _HOLDER.search(key.text) and (value.kind is NodeKind.MAPPING or not value.text)
    ]


def _trails(root: YamlNode) -> Iterator[tuple[Path, tuple[YamlNode, ...]]]:
    """Every scalar value with the nodes on the way to it."""
    return _nodes(NodeKind.SCALAR, (), (root,))


def _mappings(root: YamlNode) -> Iterator[tuple[Path, tuple[YamlNode, ...]]]:
    """Every mapping with the nodes on the way to it."""
    return _nodes(NodeKind.MAPPING, (), (root,))


def _nodes(
    kind: NodeKind, path: Path, trail: tuple[YamlNode, ...]
) -> Iterator[tuple[Path, tuple[YamlNode, ...]]]:
    node = trail[-1]
    if node.kind is kind:
        yield path, trail
    for index, item in enumerate(node.items()):
        yield from _nodes(kind, (*path, index), (*trail, item))
    for key, value in node.entries():
        if key.kind is NodeKind.SCALAR:
            yield from _nodes(kind, (*path, key.text), (*trail, value))


def _speaks_of(setting: Setting, site: Literal) -> bool:
    """Whether keys, or the path or name beside the value, name the resource."""
    word = {"cpu": "cpu", "memory": "mem", "target": "utili", "heap": "java"}[unit_of(setting)]
    texts = [str(step) for step in site.at[-3:]]
    parent = site.trail[-2] if len(site.trail) > 1 else None
    texts += [parent.text_at(key) for key in ("path", "name")] if parent is not None else []
    return any(word in text.lower() for text in texts)
