"""Strict YAML: no duplicate keys, no tags, no second document, no bombs; problems have lines."""

import math
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any, cast

import yaml

from finops.domain.errors import InvalidInput

MAX_BYTES = 1_000_000
# A settings file nests about five deep and reuses a handful of anchors; an alias that holds
# aliases grows exponentially ("billion laughs"), so what they expand to is counted.
_MAX_DEPTH = 40
_MAX_ALIASES = 100
_MAX_VALUES = 200_000

Path = tuple[str | int, ...]

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # about ten times faster where it is built
_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}")
_TAG = "tag:yaml.org,2002:"
_TEXT_TAGS = {f"{_TAG}{name}" for name in ("str", "timestamp", "value")}
_OTHER_TAGS = {f"{_TAG}{name}" for name in ("null", "bool", "int", "float")}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where; line 0 when only the path is known."""

    path: Path
    sentence: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data, what was wrong with it, and its nodes for finding lines."""

    root: yaml.Node | None
    data: Any
    problems: tuple[Problem, ...]

    def line_of(self, path: Path) -> int:
        """The line of the last part of `path` that is there; 1 for an empty file."""
        return _line_of(self.root, path)


def read_document(text: str | bytes, source: str) -> Document:
    """Read one document; an empty one is an empty mapping.

    Raises InvalidInput for what is no YAML at all; single values that are wrong become problems.
    """
    root = _compose(_decode(text, source), source)
    reading = _Reading(source)
    data = {} if root is None else reading.value(root, ())
    return Document(root, data, tuple(reading.problems))


def read_documents(text: str | bytes, source: str) -> list[Any]:
    """Plain data of every document of a stream; single values that are wrong are None.

    For files of others in which only a few values matter. Raises InvalidInput for what is no YAML
    at all, and for bombs.
    """
    decoded = _decode(text, source)
    reading = _Reading(source)
    try:
        _check_shape(decoded, source)
        roots = list(yaml.compose_all(decoded, Loader=_Loader))
    except yaml.YAMLError as error:
        raise InvalidInput(_syntax_sentence(error, decoded, source)) from error
    return [reading.value(root, ()) for root in roots]


@dataclass(slots=True)
class _Reading:
    """Turns yaml nodes into plain data and notes what is wrong on the way."""

    source: str
    problems: list[Problem] = field(default_factory=list)
    values: int = 0

    def value(self, node: yaml.Node, path: Path) -> Any:
        self.values += 1
        if len(path) > _MAX_DEPTH or self.values > _MAX_VALUES:
            raise InvalidInput(f"{self.source} expands to too many values; use fewer aliases.")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        lines: dict[str, int] = {}
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            if key_node.tag == f"{_TAG}merge":
                sentence = "merge keys are not read here; write the settings out."
                self.problems.append(Problem((*path, key), sentence, line))
            elif key_node.tag not in _TEXT_TAGS:
                sentence = f"the key {key[:40]!r} is not text; put it in quotes."
                self.problems.append(Problem((*path, key), sentence, line))
            elif key in lines:
                sentence = f"is there twice, first on line {lines[key]}; remove one."
                self.problems.append(Problem((*path, key), sentence, line))
            else:
                lines[key] = line
                found[key] = self.value(value_node, (*path, key))
        return found

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        try:
            return _plain_value(node)
        except InvalidInput as error:
            self.problems.append(Problem(path, str(error), node.start_mark.line + 1))
            return None


def _plain_value(node: yaml.Node) -> Any:
    text = str(node.value)
    # YAML 1.1 reads 22:00 as the number 1320; nobody who writes a time means that.
    if node.tag in _TEXT_TAGS or (node.tag in _OTHER_TAGS and ":" in text):
        if any(unicodedata.category(c)[0] == "C" for c in text):
            raise InvalidInput(f"{text[:40]!a} holds characters that cannot be seen; remove them.")
        if _PLACEHOLDER.fullmatch(text.strip()):
            raise InvalidInput(f"{text[:40]} is not replaced here; write the value itself.")
        return text
    if node.tag not in _OTHER_TAGS:
        raise InvalidInput(f"the tag {node.tag[:40]!r} is not allowed; write a plain value.")
    try:
        value = yaml.constructor.SafeConstructor().construct_object(node)
    except (ValueError, yaml.YAMLError) as error:
        raise InvalidInput(f"{text[:40]!r} is no value that can be read; correct it.") from error
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidInput(f"{text[:40]!r} is not a finite number; write one.")
    return value


def _decode(text: str | bytes, source: str) -> str:
    if len(text) > MAX_BYTES:
        raise InvalidInput(f"{source} has over 1 MB; a settings file is far smaller.")
    try:
        return (text if isinstance(text, str) else text.decode("utf-8")).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{source} is not UTF-8 text (byte {error.start}); save it as UTF-8."
        ) from error


def _compose(text: str, source: str) -> yaml.Node | None:
    try:
        _check_shape(text, source)
        return cast(yaml.Node | None, _Loader(text).get_single_node())
    except yaml.YAMLError as error:
        raise InvalidInput(_syntax_sentence(error, text, source)) from error


def _check_shape(text: str, source: str) -> None:
    """Refuse bombs before anything recursive touches them; the event parser is iterative."""
    depth = aliases = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        if depth > _MAX_DEPTH or aliases > _MAX_ALIASES:
            raise InvalidInput(
                f"{source} nests more than {_MAX_DEPTH} deep or uses more than {_MAX_ALIASES} "
                "aliases (*name); a settings file needs neither."
            )


def _syntax_sentence(error: yaml.YAMLError, text: str, source: str) -> str:
    if (mark := getattr(error, "problem_mark", None)) is None:
        return f"{source} is not YAML: it holds a character that text files do not; remove it."
    line = text.splitlines()[mark.line] if mark.line < len(text.splitlines()) else ""
    place = f"{source} line {mark.line + 1}"
    if "\t" in line[: len(line) - len(line.lstrip())] or line[mark.column :].startswith("\t"):
        return f"{place}: a tab stands where YAML wants spaces; replace it by spaces."
    what = getattr(error, "problem", None) or "it cannot be read"
    return f"{place}: this is not YAML ({what}); check indentation, colons and quotes here."


def _line_of(node: yaml.Node | None, path: Path) -> int:
    """The line of the last part of `path` that is there; 1 for an empty file."""
    line = 1 if node is None else node.start_mark.line + 1
    for part in path:
        if isinstance(node, yaml.MappingNode):
            entry = next(((k, v) for k, v in node.value if k.value == part), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            entry = (node.value[part], node.value[part]) if part < len(node.value) else None
        else:
            entry = None
        if entry is None:
            return line
        line, node = entry[0].start_mark.line + 1, entry[1]
    return line
