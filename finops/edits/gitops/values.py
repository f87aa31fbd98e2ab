"""Chart values laid over each other the way Helm lays them."""

import re
from collections.abc import Mapping
from typing import Any

_STEP = re.compile(r"((?:\\.|[^.\[\\])+)|\[(\d+)\]")


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings are merged key by key, everything else is replaced; null stays, Helm drops it."""
    result = dict(under)
    for key, value in over.items():
        known = result.get(key)
        is_both = isinstance(value, Mapping) and isinstance(known, Mapping)
        result[key] = merged(known, value) if is_both else value  # type: ignore[arg-type]
    return result


def with_parameter(values: Mapping[str, Any], name: str, text: str) -> dict[str, Any]:
    """Values with one set as `--set name=text` does: `a.b`, `a[0].b`, `a\\.b.c`."""
    steps = [int(n) if n else re.sub(r"\\(.)", r"\1", k) for k, n in _STEP.findall(name)]
    found = _set(dict(values), steps, _typed(text))
    return found if isinstance(found, dict) else dict(values)


def _set(value: Any, steps: list[str | int], leaf: Any) -> Any:
    if not steps:
        return leaf
    step, *rest = steps
    if isinstance(step, int):
        items = list(value) if isinstance(value, list) else []
        items += [None] * (step + 1 - len(items))
        items[step] = _set(items[step], rest, leaf)
        return items
    result = dict(value) if isinstance(value, Mapping) else {}
    result[step] = _set(result.get(step), rest, leaf)
    return result


def _typed(text: str) -> Any:
    words: dict[str, Any] = {"true": True, "false": False, "null": None}
    if text in words:
        return words[text]
    is_number = re.fullmatch(r"0|-?[1-9]\d{0,17}", text)
    return int(text) if is_number else text
