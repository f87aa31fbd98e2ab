"""Reads a YAML configuration file whole or not at all.

Every problem gets one sentence with the line it stands on and what would mend it. Strict: no
duplicate keys, no tags, no second document, no silent conversion (`"10"` is not 10). `${NAME}` is
not replaced, and refused where it is a whole value: only `bot/settings.py` reads the environment.
"""

import difflib
import json
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast, get_args

import pydantic
import yaml

from finops.domain.errors import InvalidInput

MAX_BYTES = 1_000_000
MAX_PROBLEMS = 20
# A settings file nests about five deep and reuses a handful of anchors; an alias that holds
# aliases grows exponentially ("billion laughs"), so what they expand to is counted.
_MAX_DEPTH = 40
_MAX_ALIASES = 100
_MAX_VALUES = 200_000

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # about ten times faster where it is built
_Model = TypeVar("_Model", bound=pydantic.BaseModel)
_Path = tuple[str | int, ...]
_SECRET = re.compile(
    r"token|secret|passw|private|credential|authorization|cookie|api.?key", re.IGNORECASE
)
# Pydantic speaks of JSON and Python; the file is YAML and its reader may be neither's friend.
_WORDS = {
    "a valid dictionary or object": "a mapping of keys and values",
    "a valid dictionary": "a mapping of keys and values",
    "an object": "a mapping of keys and values",
    "a valid array": "a list",
    "a valid list": "a list",
    "a valid string": "text",
    "a valid integer": "a whole number",
    "a valid number": "a number",
    "a valid boolean": "true or false",
    "String should": "should",
}
_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}")
_TAG = "tag:yaml.org,2002:"
_TEXT_TAGS = {f"{_TAG}{name}" for name in ("str", "timestamp", "value")}
_OTHER_TAGS = {f"{_TAG}{name}" for name in ("null", "bool", "int", "float")}


def load_checked(text: str | bytes, model: type[_Model], *, source: str) -> _Model:
    """Read `text` as YAML and check it against `model`; an empty file means all defaults.

    `source` is the file's name as people know it. Raises InvalidInput with one line for each
    problem, at most 20, such as `guardrails.yml line 7, teams.payments.max_changes_per_day: must
    be 0 or more; it is -3.` Nothing of a wrong file is used.
    """
    root = _compose(_decode(text, source), source)
    reading = _Reading(source)
    data = {} if root is None else reading.value(root, ())
    problems = list(reading.problems)
    told = {problem.path for problem in problems}
    checked: _Model | None = None
    try:
        # By way of JSON, because pydantic's strict rules for JSON are those of a text file: a
        # list may become a tuple and a number a Decimal, but no text becomes a number.
        checked = model.model_validate_json(json.dumps(data), strict=True)
    except pydantic.ValidationError as error:
        # What could not be read at all has its sentence; that it is missing then is no second one.
        problems += [each for each in _model_problems(error, model) if each.path not in told]
    if problems or checked is None:
        raise InvalidInput(_refusal(problems, root, source))
    return checked


@dataclass(frozen=True, slots=True)
class _Problem:
    path: _Path
    sentence: str
    line: int = 0


@dataclass(slots=True)
class _Reading:
    """Turns yaml nodes into plain data and notes what is wrong on the way."""

    source: str
    problems: list[_Problem] = field(default_factory=list)
    values: int = 0

    def value(self, node: yaml.Node, path: _Path) -> Any:
        self.values += 1
        if len(path) > _MAX_DEPTH or self.values > _MAX_VALUES:
            raise InvalidInput(f"{self.source} expands to too many values; use fewer aliases.")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: _Path) -> dict[str, Any]:
        lines: dict[str, int] = {}
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            if key_node.tag == f"{_TAG}merge":
                sentence = "merge keys are not read here; write the settings out."
                self.problems.append(_Problem((*path, key), sentence, line))
            elif key_node.tag not in _TEXT_TAGS:
                sentence = f"the key {key[:40]!r} is not text; put it in quotes."
                self.problems.append(_Problem((*path, key), sentence, line))
            elif key in lines:
                sentence = f"is there twice, first on line {lines[key]}; remove one."
                self.problems.append(_Problem((*path, key), sentence, line))
            else:
                lines[key] = line
                found[key] = self.value(value_node, (*path, key))
        return found

    def _scalar(self, node: yaml.Node, path: _Path) -> Any:
        try:
            return _plain_value(node)
        except InvalidInput as error:
            self.problems.append(_Problem(path, str(error), node.start_mark.line + 1))
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


def _model_problems(
    error: pydantic.ValidationError, model: type[pydantic.BaseModel]
) -> Iterator[_Problem]:
    for entry in error.errors(include_url=False):
        path = entry["loc"]
        if entry["type"] == "extra_forbidden":
            yield _Problem(path, _unknown_key_sentence(model, path))
        elif entry["type"] == "missing":
            yield _Problem(path, "is missing; add it.")
        else:
            yield _Problem(path, _wrong_value_sentence(entry["msg"], entry["input"], path))


def _wrong_value_sentence(message: str, value: object, path: _Path) -> str:
    said = message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    said = said.replace("Input should", "should").rstrip(".")
    for theirs, ours in _WORDS.items():
        said = said.replace(theirs, ours)
    said = _plain(said, 200)
    if any(_SECRET.search(str(part)) for part in path) or isinstance(value, dict | list):
        return f"{said}."
    return f"{said}; it is {json.dumps(value, ensure_ascii=False, default=str)[:60]}."


def _plain(text: str, longest: int) -> str:
    """Text of a stranger as a sentence may hold it: printable and short."""
    printable = "".join(c if c.isprintable() else "\ufffd" for c in text[: longest + 1])
    return printable if len(printable) <= longest else f"{printable[:longest]}…"


def _shown(path: _Path) -> str:
    return _plain(".".join(_plain(str(part), 60) for part in path), 200) or "the whole file"


def _unknown_key_sentence(model: type[pydantic.BaseModel], path: _Path) -> str:
    known = _known_keys(model, path[:-1])
    near = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.5)
    if near:
        return f"is not a setting; did you mean {near[0]}?"
    return f"is not a setting; here may stand {', '.join(known[:12]) or 'nothing'}."


def _known_keys(model: type[pydantic.BaseModel], path: _Path) -> list[str]:
    """The keys that may stand at `path`. A part that is no field is a name or a list index."""
    models = [model]
    for part in path:
        models = [
            inner
            for outer in models
            for inner in (
                _models_in(outer.model_fields[str(part)].annotation)
                if str(part) in outer.model_fields
                else [outer]
            )
        ]
    return [f.alias or name for m in models for name, f in m.model_fields.items()]


def _models_in(annotation: Any) -> list[type[pydantic.BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]


def _refusal(problems: Sequence[_Problem], root: yaml.Node | None, source: str) -> str:
    placed = sorted(((p.line or _line_of(root, p.path), p) for p in problems), key=lambda x: x[0])
    lines = [
        f"{source} line {line}, {_shown(p.path)}: {p.sentence}" for line, p in placed[:MAX_PROBLEMS]
    ]
    if len(placed) > MAX_PROBLEMS:
        lines.append(f"{source}: and {len(placed) - MAX_PROBLEMS} problems more.")
    return "\n".join(lines)


def _line_of(node: yaml.Node | None, path: _Path) -> int:
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
