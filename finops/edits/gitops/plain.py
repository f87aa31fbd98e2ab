"""YAML as plain dictionaries and lists of texts, bounded, for what is only read."""

from collections.abc import Iterator
from typing import Any

from finops.edits.yaml_tree import NodeKind, UnreadableYaml, YamlFile, YamlNode, parse_yaml

# Aliases of aliases of aliases grow without end; a deployer's own files hold some hundred values.
_MAX_VALUES = 100_000

# A mapping, a list or a text. `Any`, because every reader asks for the shape that it expects.
Plain = Any


def plain_documents(source: bytes) -> list[Plain]:
    """The documents of a file as dictionaries, lists and texts; none for what is no YAML."""
    try:
        return [plain(root) for root in parse_yaml(source).documents]
    except UnreadableYaml:
        return []


def plain(root: YamlNode) -> Plain:
    """A tree as dictionaries, lists and texts, aliases written out. Raises UnreadableYaml."""
    anchors = {node.anchor: node for node in root.walk() if node.anchor}
    return _Reader(anchors).read(root)


def typed_documents(source: bytes) -> list[Plain]:
    """Like `plain_documents`, but with numbers, booleans and nulls, as Helm reads its values."""
    try:
        file = parse_yaml(source)
    except UnreadableYaml:
        return []
    return [typed(file, root) for root in file.documents]


def typed(file: YamlFile, root: YamlNode) -> Plain:
    """A tree with numbers, booleans and nulls where YAML reads a plain scalar as one."""
    anchors = {node.anchor: node for node in file.documents[0].walk() if node.anchor}
    anchors |= {node.anchor: node for node in root.walk() if node.anchor}
    return _Reader(anchors, is_typed=True).read(root)


class _Reader:
    def __init__(self, anchors: dict[str, YamlNode], *, is_typed: bool = False) -> None:
        self._anchors = anchors
        self._is_typed = is_typed
        self._open: set[str] = set()
        self._count = 0

    def read(self, node: YamlNode) -> Plain:
        self._count += 1
        if self._count > _MAX_VALUES:
            raise UnreadableYaml(f"it holds more than {_MAX_VALUES:,} values with aliases")
        if node.kind is NodeKind.ALIAS:
            return self._alias(node)
        if node.kind is NodeKind.SEQUENCE:
            return [self.read(item) for item in node.items()]
        if node.kind is NodeKind.MAPPING:
            return self._mapping(node)
        return _scalar(node) if self._is_typed else node.text

    def _alias(self, node: YamlNode) -> Plain:
        found = self._anchors.get(node.text)
        if found is None or node.text in self._open:
            raise UnreadableYaml(f"the alias *{node.text} at line {node.line} leads nowhere")
        self._open.add(node.text)
        value = self.read(found)
        self._open.discard(node.text)
        return value

    def _mapping(self, node: YamlNode) -> dict[str, Plain]:
        merged: dict[str, Plain] = {}
        own: dict[str, Plain] = {}
        for key, value in node.entries():
            read = self.read(value)
            if key.text == "<<" and not key.style:
                for each in _mappings(read):
                    merged = {**each, **merged}
            else:
                own[key.text] = read
        return merged | own


def _mappings(value: Plain) -> Iterator[dict[str, Plain]]:
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        yield from (each for each in value if isinstance(each, dict))


_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    word: truth
    for truth, words in ((True, ("true", "True", "TRUE")), (False, ("false", "False", "FALSE")))
    for word in words
}


def _scalar(node: YamlNode) -> Plain:
    """Helm reads YAML 1.1 by way of JSON: plain `yes` and `on` stay texts there as they do here."""
    if node.style or node.tag.endswith(":str"):
        return node.text
    if node.text in _WORDS:
        return _WORDS[node.text]
    for read in (int, float):
        try:
            return read(node.text) if node.text[-1:].isdigit() and "_" not in node.text else _no()
        except ValueError:
            continue
    return node.text


def _no() -> float:
    raise ValueError


def at(value: Plain, *keys: str) -> Plain:
    """What stands at a chain of keys, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text_at(value: Plain, *keys: str) -> str:
    """The text at a chain of keys, or an empty one."""
    found = at(value, *keys)
    return found if isinstance(found, str) else ""


def mappings_at(value: Plain, *keys: str) -> list[dict[str, Plain]]:
    """The mappings of the list at a chain of keys."""
    found = at(value, *keys)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def texts_at(value: Plain, *keys: str) -> list[str]:
    """The texts of the list at a chain of keys."""
    found = at(value, *keys)
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
