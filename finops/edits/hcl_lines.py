"""The lines of blocks that go: with the comments above them and one blank line."""

from collections.abc import Sequence

from finops.domain.errors import Refused
from finops.edits.hcl_tree import HclBlock, HclFile, descendants
from finops.edits.splices import Splice


def removals(file: HclFile, blocks: Sequence[HclBlock]) -> list[Splice]:
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
