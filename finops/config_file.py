"""Reads a YAML configuration file whole or not at all.

Every problem gets one sentence with the line it stands on and what would mend it. Strict: no
duplicate keys, no tags, no second document, no silent conversion (`"10"` is not 10). `${NAME}` is
not replaced, and refused where it is a whole value: only `bot/settings.py` reads the environment.
"""

import difflib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, get_args

import pydantic

from finops.domain.errors import InvalidInput
from finops.strict_yaml import Document, Path, Problem, read_document

MAX_PROBLEMS = 20

_Model = TypeVar("_Model", bound=pydantic.BaseModel)
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


def load_checked(text: str | bytes, model: type[_Model], *, source: str) -> _Model:
    """Read `text` as YAML and check it against `model`; an empty file means all defaults.

    `source` is the file's name as people know it. Raises InvalidInput with one line for each
    problem, at most 20, such as `guardrails.yml line 7, teams.payments.max_changes_per_day: must
    be 0 or more; it is -3.` Nothing of a wrong file is used.
    """
    document = read_document(text, source)
    problems = list(document.problems)
    told = {problem.path for problem in problems}
    checked: _Model | None = None
    try:
        # By way of JSON, because pydantic's strict rules for JSON are those of a text file: a
        # list may become a tuple and a number a Decimal, but no text becomes a number.
        checked = model.model_validate_json(json.dumps(document.data), strict=True)
    except pydantic.ValidationError as error:
        # What could not be read at all has its sentence; that it is missing then is no second one.
        problems += [each for each in _model_problems(error, model) if each.path not in told]
    if problems or checked is None:
        raise InvalidInput(_refusal(problems, document, source))
    return checked


def _model_problems(
    error: pydantic.ValidationError, model: type[pydantic.BaseModel]
) -> Iterator[Problem]:
    for entry in error.errors(include_url=False):
        path = entry["loc"]
        if entry["type"] == "extra_forbidden":
            yield Problem(path, _unknown_key_sentence(model, path))
        elif entry["type"] == "missing":
            yield Problem(path, "is missing; add it.")
        else:
            yield Problem(path, _wrong_value_sentence(entry["msg"], entry["input"], path))


def _wrong_value_sentence(message: str, value: object, path: Path) -> str:
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


def _shown(path: Path) -> str:
    return _plain(".".join(_plain(str(part), 60) for part in path), 200) or "the whole file"


def _unknown_key_sentence(model: type[pydantic.BaseModel], path: Path) -> str:
    known = _known_keys(model, path[:-1])
    near = difflib.get_close_matches(str(path[-1]), known, n=1, cutoff=0.5)
    if near:
        return f"is not a setting; did you mean {near[0]}?"
    return f"is not a setting; here may stand {', '.join(known[:12]) or 'nothing'}."


def _known_keys(model: type[pydantic.BaseModel], path: Path) -> list[str]:
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


def _refusal(problems: Sequence[Problem], document: Document, source: str) -> str:
    placed = sorted(((p.line or document.line_of(p.path), p) for p in problems), key=lambda x: x[0])
    lines = [
        f"{source} line {line}, {_shown(p.path)}: {p.sentence}" for line, p in placed[:MAX_PROBLEMS]
    ]
    if len(placed) > MAX_PROBLEMS:
        lines.append(f"{source}: and {len(placed) - MAX_PROBLEMS} problems more.")
    return "\n".join(lines)
