"""Remove an EBS volume that Terraform declares, with what belongs to it and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from finops.domain.errors import Refused
from finops.edits.hcl_tree import (
    HclBlock,
    HclFile,
    attributes_in,
    descendants,
    literal_text,
    object_entries,
    references,
    text_of,
)
from finops.edits.results import ProofEntry
from finops.edits.splices import Splice

_VOLUME = "aws_ebs_volume"


@dataclass(frozen=True, slots=True)
class VolumeSource:
    """One declared volume; `is_by_id` when the file names its id, not just its name."""

    file: HclFile
    block: HclBlock
    is_by_id: bool

    @property
    def where(self) -> str:
        """`infra/volumes.tf line 3 (aws_ebs_volume.data)`."""
        return f"{self.file.path} line {self.block.line} ({self.block.address})"


@dataclass(frozen=True, slots=True)
class _Found:
    """A top-level block of some file."""

    file: HclFile
    block: HclBlock


def find_volumes(
    module: Sequence[HclFile], volume_id: str, names: frozenset[str]
) -> list[VolumeSource]:
    """The volumes of one Terraform module (a folder) that are this one, by id or by name.

    The id counts in a tag or an import block; the names count in the `Name` tag or as label. A
    block that names another volume id is not it.
    """
    imported = _imported_ids(module)
    found: list[VolumeSource] = []
    for file in module:
        for block in file.blocks("resource", _VOLUME):
            ids = _volume_ids(block) | imported.get(block.address, frozenset())
            named = {block.labels[-1], _name_tag(block)} & names
            if volume_id in ids or (named and not ids):
                found.append(VolumeSource(file, block, volume_id in ids))
    return found


def remove_volume(
    module: Sequence[HclFile], volume: VolumeSource
) -> tuple[dict[str, tuple[Splice, ...]], tuple[ProofEntry, ...]]:
    """Splices by path that remove the volume, its attachments and import blocks.

    Raises Refused when it counts (`count`, `for_each`), is protected (`prevent_destroy`), or is
    referred to elsewhere; the message names the places.
    """
    _refuse_protected(volume)
    belonging = [_Found(volume.file, volume.block), *_belonging(module, volume)]
    _refuse_references(module, belonging)
    splices: dict[str, tuple[Splice, ...]] = {}
    for file in {id(each.file): each.file for each in belonging}.values():
        blocks = [each.block for each in belonging if each.file is file]
        splices[file.path] = tuple(_removals(file, blocks))
    entries = tuple(
        ProofEntry(f"{each.block.kind} {each.block.address}", _first_line(each), "", each.file.path)
        for each in belonging
    )
    return splices, entries


def _imported_ids(module: Sequence[HclFile]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for file in module:
        for block in file.blocks("import"):
            target, identity = block.attribute("to"), literal_text(block.attribute("id"))
            if target is not None and identity:
                found[text_of(target)] = found.get(text_of(target), frozenset()) | {identity}
    return found


def _volume_ids(block: HclBlock) -> frozenset[str]:
    texts = [literal_text(node) for node in descendants(block.node) if node.type == "string_lit"]
    return frozenset(text for text in texts if text and text.startswith("vol-"))


def _name_tag(block: HclBlock) -> str:
    tags = block.attribute("tags")
    for node in descendants(tags) if tags is not None else ():
        name = literal_text(object_entries(node).get("Name")) if node.type == "object" else None
        if name:
            return name
    return ""


def _refuse_protected(volume: VolumeSource) -> None:
    for name in ("count", "for_each"):
        if volume.block.attribute(name) is not None:
            raise Refused(f"{volume.where} is made with {name}; take this one out by hand.")
    for lifecycle in volume.block.blocks("lifecycle"):
        kept = attributes_in(lifecycle.body).get("prevent_destroy")
        if kept is not None and text_of(kept) != "false":
            raise Refused(f"{volume.where} is protected by prevent_destroy; ask who set it.")


def _belonging(module: Sequence[HclFile], volume: VolumeSource) -> list[_Found]:
    """Attachments and import blocks that name this volume, and imports of those attachments."""
    addresses = {volume.block.address}
    found: list[_Found] = []
    for file in module:
        for block in file.blocks("resource", "aws_volume_attachment"):
            target = block.attribute("volume_id")
            if target is not None and {name for name, _ in references(target)} == addresses:
                found.append(_Found(file, block))
    addresses |= {each.block.address for each in found}
    for file in module:
        for block in file.blocks("import"):
            target = block.attribute("to")
            if target is not None and {name for name, _ in references(target)} & addresses:
                found.append(_Found(file, block))
    return found


def _refuse_references(module: Sequence[HclFile], belonging: Sequence[_Found]) -> None:
    addresses = {each.block.address for each in belonging if each.block.kind == "resource"}
    places = [
        f"{file.path} line {node.start_point.row + 1} ({name})"
        for file in module
        for name, node in references(file.root)
        if name in addresses and not _is_inside(file, node, belonging)
    ]
    if places:
        raise Refused(
            f"{', '.join(sorted(addresses))} cannot be removed while it is used elsewhere: "
            f"{'; '.join(places)}. Take these out first."
        )


def _is_inside(file: HclFile, node: Node, belonging: Sequence[_Found]) -> bool:
    return any(
        each.file is file
        and each.block.node.start_byte <= node.start_byte < each.block.node.end_byte
        for each in belonging
    )


def _removals(file: HclFile, blocks: Sequence[HclBlock]) -> list[Splice]:
    """One splice for each run of whole lines: comments above, the block, one blank line."""
    lines = file.source.splitlines(keepends=True)
    gone: set[int] = set()
    for block in blocks:
        first, last = _comment_start(file, block, lines), block.node.end_point.row
        _refuse_shared_lines(file, block, lines)
        gone.update(range(first, last + 1))
    gone |= {_blank_beside(lines, gone, block) for block in blocks} - {-1}
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    runs = [line for line in sorted(gone) if line - 1 not in gone]
    ends = [line + 1 for line in sorted(gone) if line + 1 not in gone]
    return [Splice(starts[a], starts[b], b"") for a, b in zip(runs, ends, strict=True)]


def _comment_start(file: HclFile, block: HclBlock, lines: Sequence[bytes]) -> int:
    """The first line of the comments that stand directly above the block."""
    comments = {
        node.end_point.row: node.start_point.row
        for node in descendants(file.root)
        if node.type == "comment"
        and not lines[node.start_point.row][: node.start_point.column].strip(b" \t\xef\xbb\xbf")
    }
    first = block.node.start_point.row
    while first - 1 in comments:
        first = comments[first - 1]
    return first


def _refuse_shared_lines(file: HclFile, block: HclBlock, lines: Sequence[bytes]) -> None:
    begin, end = block.node.start_point, block.node.end_point
    before = lines[begin.row][: begin.column].strip()
    after = lines[end.row][end.column :].strip()
    if before.removeprefix(b"\xef\xbb\xbf") or (after and not after.startswith((b"#", b"//"))):
        raise Refused(f"{file.path} line {block.line} shares its line; put it on its own.")


def _blank_beside(lines: Sequence[bytes], gone: set[int], block: HclBlock) -> int:
    """The blank line that goes with the block: the one below, at the end the one above; or -1."""
    below = block.node.end_point.row + 1
    if below < len(lines):
        return below if not lines[below].strip() else -1
    above = block.node.start_point.row
    while above in gone:
        above -= 1
    return above if above >= 0 and not lines[above].strip() else -1


def _first_line(found: _Found) -> str:
    return text_of(found.block.node).splitlines()[0]
