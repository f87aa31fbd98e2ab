"""Add settings a container does not write yet, in the file's own indentation and line ending."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from finops.domain.errors import Refused
from finops.edits.splices import Splice
from finops.edits.yaml_source import ContainerSource
from finops.edits.yaml_tree import NodeKind, Path, YamlFile, YamlNode

_DEFAULT_STEP = 2

# Keys to write: a text, or a mapping of the same.
Block = Mapping[str, "str | Block"]


@dataclass(frozen=True, slots=True)
class Missing:
    """A setting that is not in the file: `requests`, `cpu` and its text."""

    section: str
    resource: str
    text: str


def insert_settings(
    file: YamlFile, container: ContainerSource, missing: Sequence[Missing]
) -> tuple[dict[Path, Path], tuple[Splice, ...]]:
    """The splices, and for each new leaf the highest key that is new, or filled, with it.

    Both paths start below the container. Deeper insertions come first, so that two at the end of
    one line stay in order. Raises Refused where the style leaves no certain place.
    """
    roots: dict[Path, Path] = {}
    splices: list[Splice] = []
    key = container.key
    for parent in ((key, "requests"), (key, "limits"), (key,), ()):
        mine = [each for each in missing if _parent_path(container, each) == parent]
        if mine:
            splices.append(_insertion(file, container, parent, _block(key, parent, mine)))
        for each in mine:
            leaf = (key, each.section, each.resource)
            roots[leaf] = leaf[: len(parent) + (0 if _is_empty(container, parent) else 1)]
    return roots, tuple(splices)


def _parent_path(container: ContainerSource, missing: Missing) -> tuple[str, ...]:
    """The deepest key on the way that is there, even when its value is still empty."""
    node, path = container.node, ()
    for key in (container.key, missing.section):
        child = node.get(key)
        if child is None:
            break
        node, path = child, (*path, key)  # type: ignore[assignment]  # a tuple that grows
    return path


def _is_empty(container: ContainerSource, parent: tuple[str, ...]) -> bool:
    """Whether the key is there without a value, so that it is filled and not added to."""
    node: YamlNode | None = container.node
    for key in parent:
        node = node.get(key) if node else None
    return node is not None and node.kind is NodeKind.SCALAR


def _block(name: str, parent: tuple[str, ...], missing: Sequence[Missing]) -> Block:
    block: dict[str, dict[str, dict[str, str]]] = {name: {}}
    for each in missing:
        block[name].setdefault(each.section, {})[each.resource] = each.text
    found: Block = block
    for key in parent:
        child = found[key]
        assert not isinstance(child, str)  # noqa: S101 - parents hold mappings only
        found = child
    return found


def _insertion(
    file: YamlFile, container: ContainerSource, parent: tuple[str, ...], block: Block
) -> Splice:
    node, key = container.node, None
    for name in parent:
        key = next(found for found, _ in node.entries() if found.text == name)
        node = node.get(name) or node
    if node.kind is NodeKind.SCALAR:
        _refuse_filled(node)
        step = _step(file, container)
        column = (key or node).column + step
        return _new_lines(file, node.end, node.line, _lines(block, column, step))
    if node.kind is not NodeKind.MAPPING:
        raise Refused(f"line {node.line} is not a mapping of settings.")
    if node.is_flow:
        return _into_flow(file, node, block)
    if not parent:
        return _after_image(file, container, block)
    last = _last_leaf(node)
    lines = _lines(block, node.children[0].column, _step(file, container))
    return _new_lines(file, last.end, last.line, lines)


def _refuse_filled(node: YamlNode) -> None:
    if node.text or node.style or node.tag or node.anchor:
        raise Refused(f"line {node.line} writes {node.text!r} where settings belong; remove it.")


def _into_flow(file: YamlFile, node: YamlNode, block: Block) -> Splice:
    first = node.children[0] if node.children else None
    text = _flow_entries(block, '"' if first is not None and first.style == '"' else "")
    if first is not None:
        at = file.byte_at(first.start)
        return Splice(at, at, f"{text}, ".encode())
    opening = file.text.index("{", node.start, node.end) + 1
    at = file.byte_at(opening)
    return Splice(at, at, text.encode())


def _after_image(file: YamlFile, container: ContainerSource, block: Block) -> Splice:
    """`resources` goes below the image, a line every container has, or below the name."""
    node = container.node
    key, value = next(
        (entry for name in ("image", "name") for entry in node.entries() if entry[0].text == name),
        (None, None),
    )
    if key is None or value is None or value.style not in ("", "'", '"') or not value.text:
        raise Refused(f"line {node.line} has no image or name on one line to insert below.")
    lines = _lines(block, key.column, _step(file, container))
    return _new_lines(file, value.end, value.line, lines)


def _last_leaf(node: YamlNode) -> YamlNode:
    """The last value of a block mapping, where a line below it still belongs to the mapping."""
    while node.children and not node.is_flow:
        node = node.children[-1]
    if node.style in ("|", ">"):
        raise Refused(f"line {node.line} ends in a block text; add the setting by hand.")
    return node


def _new_lines(file: YamlFile, index: int, line: int, lines: Iterator[str]) -> Splice:
    """Lines below the one that holds `index`, whose rest must be blank or a comment."""
    end = file.text.find("\n", index)
    end = len(file.text) if end < 0 else end
    rest = file.text[index:end]
    if rest.strip() and not rest.lstrip().startswith("#"):
        raise Refused(f"line {line} goes on after its value; add the setting by hand.")
    has_return = end > 0 and file.text[end - 1] == "\r"
    uses_crlf = has_return or (end == len(file.text) and "\r\n" in file.text)
    at = file.byte_at(end - 1 if has_return else end)
    newline = "\r\n" if uses_crlf else "\n"
    return Splice(at, at, "".join(newline + each for each in lines).encode())


def _lines(block: Block, column: int, step: int) -> Iterator[str]:
    for key, value in block.items():
        if isinstance(value, str):
            yield f"{' ' * column}{key}: {value}"
        else:
            yield f"{' ' * column}{key}:"
            yield from _lines(value, column + step, step)


def _flow_entries(block: Block, quote: str) -> str:
    def written(value: "str | Block") -> str:
        if isinstance(value, str):
            return f"{quote}{value}{quote}"
        return f"{{{_flow_entries(value, quote)}}}"

    return ", ".join(f"{quote}{key}{quote}: {written(value)}" for key, value in block.items())


def _step(file: YamlFile, container: ContainerSource) -> int:
    """How far the document indents a mapping in a mapping; 2 when it shows no example."""
    for node in file.documents[container.document].walk():
        for key, value in node.entries():
            if value.kind is NodeKind.MAPPING and not value.is_flow and value.children:
                return max(value.children[0].column - key.column, 1)
    return _DEFAULT_STEP
