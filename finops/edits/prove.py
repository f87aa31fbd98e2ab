"""Prove an edit by parsing the file before and after; a failing proof stops the pull request."""

from collections.abc import Iterator, Sequence

from finops.domain.errors import WillNeverWork
from finops.edits.splices import Splice, count_changed_lines, only_splices_changed
from finops.edits.yaml_splice import Intent
from finops.edits.yaml_tree import (
    NodeKind,
    Path,
    YamlFile,
    YamlNode,
    path_text,
)

# All that readers of YAML can tell of a node, with where it is.
_Mark = tuple[Path, tuple[str, str, str, str, str, bool]]
_Fact = tuple[int, *_Mark]


def prove_values(  # noqa: PLR0917 - one state, the other, and what may differ
    path: str,
    before: YamlFile,
    after: YamlFile,
    intents: Sequence[Intent],
    around: Sequence[Intent] = (),
) -> None:
    """Raise WillNeverWork unless exactly the intents differ, and texts that are proved apart."""
    apart = [*intents, *around]
    if _untouched(before, apart) != _untouched(after, apart):
        raise failed(path, "something besides the intended values changed")
    for intent in intents:
        _check_leaf(path, after, intent)
    _check_created(path, after, intents)


def prove_lines(path: str, before: bytes, after: bytes, splices: Sequence[Splice]) -> int:
    """The number of changed lines, or WillNeverWork when a byte or line outside differs."""
    if not only_splices_changed(before, after, splices):
        raise failed(path, "bytes outside the edited places changed")
    changed, unintended = count_changed_lines(before, after, splices)
    if unintended:
        raise failed(path, f"{unintended} lines changed that should not have")
    return changed


def _untouched(file: YamlFile, intents: Sequence[Intent]) -> list[_Fact]:
    """Every fact of every document, but for what lies below the intents' roots."""
    return [
        (number, path, fact)
        for number, root in enumerate(file.documents)
        for path, fact in _facts(root, ())
        if not _is_below(number, path, intents)
    ]


def _is_below(number: int, path: Path, intents: Sequence[Intent]) -> bool:
    return any(
        number == intent.document and path[: len(intent.root)] == intent.root for intent in intents
    )


def _facts(node: YamlNode, path: Path) -> Iterator[_Mark]:
    yield path, (node.kind, node.text, node.style, node.anchor, node.tag, node.is_flow)
    for index, item in enumerate(node.items()):
        yield from _facts(item, (*path, index))
    for index, (key, value) in enumerate(node.entries()):
        step = key.text if key.kind is NodeKind.SCALAR else f"? {index}"
        yield from _facts(key, (*path, step))
        yield from _facts(value, (*path, step))


def _check_leaf(path: str, file: YamlFile, intent: Intent) -> None:
    node: YamlNode | None = file.documents[intent.document]
    for step in intent.leaf:
        if node is not None:
            node = node.items()[step] if isinstance(step, int) else node.get(step)
    if node is None or node.kind is not NodeKind.SCALAR or node.text != intent.after:
        raise failed(path, f"{_place(intent)} did not become {intent.after}")


def _check_created(path: str, file: YamlFile, intents: Sequence[Intent]) -> None:
    """Below the roots stand the intended leaves and the mappings on the way, nothing more."""
    leaves = {(intent.document, intent.leaf) for intent in intents}
    ways = {(number, leaf[:size]) for number, leaf in leaves for size in range(len(leaf) + 1)}
    below = [
        (number, found)
        for number in sorted({intent.document for intent in intents})
        for found, _ in _facts(file.documents[number], ())
        if _is_below(number, found, intents)
    ]
    if not set(below) <= ways:
        raise failed(path, "more was added than intended")


def _place(intent: Intent) -> str:
    place = path_text(intent.leaf)
    return f"document {intent.document + 1}, {place}" if intent.document else place


def failed(path: str, what: str) -> WillNeverWork:
    """The error of a proof that fails: nothing is written, and it is this program's fault."""
    return WillNeverWork(
        f"The edit of {path} failed its proof: {what}. Nothing was written; this is a fault of "
        "finops-bot, please report it with the file."
    )
