"""Compare all that units deploy before and after an edit, object by object."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from finops.domain.changes import Change, Setting
from finops.domain.heaps import without_heap
from finops.edits.gitops.deciding import RenderedLeaf
from finops.edits.gitops.rendering import Document, Rendering
from finops.edits.setting_text import quantity_of
from finops.edits.yaml_tree import NodeKind, Path, UnreadableYaml, YamlNode, path_text

# A chart stamps its pods with the hash of its configuration; the stamp follows what it is made of.
_STAMP = "checksum/"

_Fact = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One object that differs; an empty text means that it is not there."""

    before: Document | None
    after: Document | None

    @property
    def identity(self) -> tuple[str, str, str]:
        """(kind, namespace, name)."""
        document = self.after or self.before
        return document.identity if document is not None else ("", "", "")

    @property
    def label(self) -> str:
        """`Deployment shop/frontend`."""
        kind, namespace, name = self.identity
        return f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"


@dataclass(frozen=True, slots=True)
class Expected:
    """One setting that is to differ in a rendered object."""

    change: Change
    leaf: RenderedLeaf
    path: Path
    root: Path


def differences(before: Rendering, after: Rendering) -> list[Difference]:
    """The objects that differ, those left out that carry values rendered further."""
    return list(_differing(before, after))


def stable(found: Sequence[Difference], before: Rendering, again: Rendering) -> list[Difference]:
    """Those that do not differ by themselves; `again` is the unchanged files rendered once more.

    What differs between two renderings of the same files (random passwords, fresh certificates)
    says nothing of the edit.
    """
    unstable = {each.identity for each in _differing(before, again)}
    return [each for each in found if each.identity not in unstable]


def changed_carriers(before: Rendering, after: Rendering) -> list[Difference]:
    """The carriers of values that differ."""
    if len(before.documents) != len(after.documents):
        return []
    pairs = zip(before.documents, after.documents, strict=True)
    return [
        Difference(one, other)
        for index, (one, other) in enumerate(pairs)
        if index in before.carriers and one.text != other.text
    ]


def unexpected(difference: Difference, expected: Sequence[Expected]) -> str:
    """What differs in the object besides the expected, in words; empty when nothing does."""
    if difference.before is None or difference.after is None:
        return f"{difference.label} {'appears' if difference.before is None else 'vanishes'}"
    try:
        old, new = difference.before.root, difference.after.root
    except UnreadableYaml as error:
        return f"{difference.label} is no longer YAML: {error}"
    if old is None or new is None:
        return f"{difference.label} is empty"
    roots = [each.root for each in expected]
    before, after = (_outside(root, roots) for root in (old, new))
    odd = sorted(path_text(path) for path, _ in before.items() ^ after.items())
    if odd:
        return f"{difference.label} differs in {odd[0]} too"
    return next((words for each in expected if (words := _missed(new, each))), "")


def _differing(before: Rendering, after: Rendering) -> Iterator[Difference]:
    old, new = before.documents, after.documents
    if len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            is_carrier = index in before.carriers and index in after.carriers
            if one.text != other.text and not is_carrier:
                yield Difference(one, other)
        return
    yield from _by_identity(before, after)


def _by_identity(before: Rendering, after: Rendering) -> Iterator[Difference]:
    old, new = (_keyed(each) for each in (before, after))
    for key in sorted(old.keys() | new.keys()):
        one, other = old.get(key), new.get(key)
        if one is None or other is None or one.text != other.text:
            yield Difference(one, other)


def _keyed(rendering: Rendering) -> Mapping[tuple[str, str, str, int], Document]:
    found: dict[tuple[str, str, str, int], Document] = {}
    for index, document in enumerate(rendering.documents):
        if index not in rendering.carriers:
            number = sum(key[:3] == document.identity for key in found)
            found[(*document.identity, number)] = document
    return found


def _outside(root: YamlNode, roots: Sequence[Path]) -> dict[Path, _Fact]:
    """Every fact outside the roots, by path."""
    return {
        path: fact
        for path, fact in _facts(root, ())
        if not any(path[: len(each)] == each for each in roots) and not _is_stamp(path)
    }


def _facts(node: YamlNode, path: Path) -> Iterator[tuple[Path, _Fact]]:
    is_plain = node.kind is NodeKind.SCALAR and not node.style
    yield path, (node.kind, node.text, is_plain, node.tag)
    for index, item in enumerate(node.items()):
        yield from _facts(item, (*path, index))
    for key, value in node.entries():
        yield from _facts(value, (*path, key.text))


def _is_stamp(path: Path) -> bool:
    return bool(path) and str(path[-1]).startswith(_STAMP)


def _missed(root: YamlNode, expected: Expected) -> str:
    """The words when the setting did not become what was proposed, or more came with it."""
    node = node_at(root, expected.path)
    found = quantity_of(expected.change.setting, node.text) if node is not None else None
    if found == expected.change.proposed:
        return _other_words(expected, node)
    return f"{path_text(expected.path)} did not become what was proposed"


def _other_words(expected: Expected, node: YamlNode | None) -> str:
    """A heap stands in a text with other words, which must stay."""
    if expected.change.setting is not Setting.HEAP or node is None:
        return ""
    is_same = without_heap(node.text) == without_heap(expected.leaf.text or "")
    return "" if is_same else f"{path_text(expected.path)} differs in more than its heap"


def node_at(root: YamlNode, path: Path) -> YamlNode | None:
    """The node at a path, or None."""
    node: YamlNode | None = root
    for step in path:
        if node is None:
            return None
        items = node.items()
        if isinstance(step, int):
            node = items[step] if step < len(items) else None
        else:
            node = node.get(step)
    return node
