"""A Java heap beside the memory of its container: where it is written, and what must not be."""

import re
from collections.abc import Iterator, Sequence

from finops.domain.changes import Change, Setting
from finops.domain.errors import Refused
from finops.domain.heaps import floor_of, heap_in, with_heap
from finops.domain.quantities import format_memory
from finops.edits.pieces import Piece
from finops.edits.slots import Slot
from finops.edits.splices import Splice
from finops.edits.yaml_source import ContainerSource, refuse_shared
from finops.edits.yaml_splice import Intent, YamlEdit, value_of
from finops.edits.yaml_tree import NodeKind, Path, YamlNode

_RAM_SHARE = re.compile(r"-XX:MaxRAM(?:Percentage|Fraction)=[0-9.]+")
_QUOTED = {"": "{}", "'": "'{}'", '"': '"{}"'}

Words = tuple[Path, tuple[YamlNode, ...]]


def heap_words(container: ContainerSource) -> list[Words]:
    """Each scalar of its command, arguments and environment that names a heap, with its trail."""
    return [each for each in _texts(container) if "-Xmx" in each[1][-1].text]


def heap_piece(slot: Slot, container: ContainerSource, change: Change) -> Piece:
    """The edit of the one `-Xmx` of a container. Refused where there is no single one."""
    found = heap_words(container)
    where = f"{slot.path} line {container.node.line}"
    if len(found) != 1:
        count = "names no heap by -Xmx" if not found else "names its heap in several places"
        raise Refused(f"{where} {count}, so heap and memory cannot be changed together.")
    path, trail = found[0]
    node = trail[-1]
    refuse_shared(slot.file, trail, document=container.document)
    if heap_in(node.text) != change.current:
        raise Refused(
            f"The file has moved on: line {node.line} says {node.text[:80]!r}, but the estate "
            f"showed a heap of {format_memory(change.current_number or 0)}. Wait for the next one."
        )
    quoted = _QUOTED.get(node.style, "\0").format(node.text)
    if not slot.file.text[node.start : node.end].endswith(quoted):
        raise Refused(f"line {node.line} writes its heap in a form that is edited by hand.")
    text = with_heap(node.text, change.number)
    start = slot.file.byte_at(node.end - len(quoted))
    splice = Splice(start, slot.file.byte_at(node.end), _QUOTED[node.style].format(text).encode())
    intent = Intent(container.document, path, path, node.text, text)
    return Piece(slot, YamlEdit((splice,), (intent,)))


def refuse_under_heap(container: ContainerSource, changes: Sequence[Change], where: str) -> None:
    """Raise Refused where a memory limit would fall under the heap and what is outside of it."""
    limit = next((each for each in changes if each.setting is Setting.MEMORY_LIMIT), None)
    known = value_of(container, Setting.MEMORY_LIMIT)
    if limit is None or known is None or limit.number >= known:
        return
    heap = _heap_after(container, changes)
    words = " ".join(trail[-1].text for _, trail in _texts(container))
    if heap is not None and floor_of(heap) > limit.number:
        raise Refused(
            f"{where} gives Java a heap of {format_memory(heap)}, which with what is outside of it "
            f"needs {format_memory(floor_of(heap))}: a memory limit of "
            f"{format_memory(limit.number)} would have it killed. Lower -Xmx first, or allow "
            "rightsizing.scale_jvm_heap."
        )
    if heap is None and _RAM_SHARE.search(words):
        raise Refused(
            f"{where} gives Java a heap that is a share of its memory limit, so a lower limit "
            "would shrink the heap too; name the heap with -Xmx, or lower the request alone."
        )


def _heap_after(container: ContainerSource, changes: Sequence[Change]) -> int | None:
    """The largest heap that it names, as it is then."""
    named = next((each.number for each in changes if each.setting is Setting.HEAP), None)
    if named is not None:
        return named
    found = [heap_in(trail[-1].text) for _, trail in heap_words(container)]
    return max((each for each in found if each is not None), default=None)


def _texts(container: ContainerSource) -> Iterator[Words]:
    for name in ("command", "args"):
        listing = container.node.get(name)
        for index, item in enumerate(listing.items() if listing else ()):
            if listing is not None and item.kind is NodeKind.SCALAR:
                trail = (*container.trail, listing, item)
                yield (*container.path, name, index), trail
    listing = container.node.get("env")
    for index, variable in enumerate(listing.items() if listing else ()):
        value = variable.get("value")
        if listing is not None and value is not None and value.kind is NodeKind.SCALAR:
            trail = (*container.trail, listing, variable, value)
            yield (*container.path, "env", index, "value"), trail
