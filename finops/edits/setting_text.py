"""Settings as texts: which quantity a text is, and how a value is written like another."""

import re

from finops.domain.changes import Setting
from finops.domain.errors import InvalidInput
from finops.domain.heaps import heap_in, with_heap
from finops.domain.quantities import parse_cpu_millicores, parse_memory_bytes
from finops.edits.quantity_style import cpu_like, memory_like


def unit_of(setting: Setting) -> str:
    """`cpu`, `memory`, `heap` or `target`: how the setting's quantities are read and written."""
    if setting is Setting.HEAP:
        return "heap"
    return "target" if setting.is_hpa_target else "cpu" if "cpu" in setting else "memory"


def quantity_of(setting: Setting, text: str) -> int | None:
    """The text in the setting's unit, or None when it is no such quantity."""
    try:
        if setting is Setting.HEAP:
            return heap_in(text)
        if setting.is_hpa_target:
            return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None
        is_cpu = unit_of(setting) == "cpu"
        return parse_cpu_millicores(text) if is_cpu else parse_memory_bytes(text)
    except InvalidInput:
        return None


def written_like(setting: Setting, text: str, value: int) -> str:
    """The value the way `text` is written."""
    unit = unit_of(setting)
    if unit == "target":
        return str(value)
    if unit == "heap":
        return with_heap(text, value)
    return cpu_like(text, value) if unit == "cpu" else memory_like(text, value)
