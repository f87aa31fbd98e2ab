"""Remove a resource that Terraform declares, with what belongs to it and nothing else."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity
from finops.domain.pull_request import FileChange, RepositoryFiles
from finops.edits.hcl_code import Module, TerraformCode, code_of
from finops.edits.hcl_locate import located
from finops.edits.hcl_prove import Fact, block_facts, prove_terraform
from finops.edits.hcl_rules import refuse_generated
from finops.edits.hcl_sites import Site
from finops.edits.hcl_tree import (
    HclBlock,
    HclFile,
    attributes_in,
    descendants,
    references,
    text_of,
)
from finops.edits.results import (
    AmbiguousSource,
    Candidate,
    PlannedEdit,
    Proof,
    ProofEntry,
    picked,
)
from finops.edits.splices import Splice, apply_splices

# What only connects a resource to others, and by which attribute: it goes with the resource.
_CONNECTING = {
    "aws_volume_attachment": "volume_id",
    "aws_eip_association": "allocation_id",
    "aws_route": "nat_gateway_id",
    "aws_elb_attachment": "elb",
    "aws_lb_listener": "load_balancer_arn",
    "aws_alb_listener": "load_balancer_arn",
    "aws_lb_listener_rule": "listener_arn",
    "aws_alb_listener_rule": "listener_arn",
    "aws_lb_listener_certificate": "listener_arn",
    "aws_alb_listener_certificate": "listener_arn",
    "aws_wafv2_web_acl_association": "resource_arn",
}
# What a resource pays for besides itself: it goes too where nothing else uses it.
_OWNED = {"aws_nat_gateway": ("allocation_id", "aws_eip")}
_NOTES = {
    "aws_route": "Subnets behind the NAT gateway lose this way out; check that nothing needs it.",
    "aws_eip": "The address is given back to AWS and cannot be had again.",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A top-level block of some file."""

    file: HclFile
    block: HclBlock


def plan_removal(
    files: RepositoryFiles, opportunity: Opportunity, *, choice: str = ""
) -> PlannedEdit:
    """The edit that removes the resource, its attachments and its import blocks.

    Raises SourceNotFound, AmbiguousSource where several blocks or elements may be meant, or
    Refused when it is protected (`prevent_destroy`), stands in a file next to one that cannot be
    read, or is referred to elsewhere; the message names the places.
    """
    code = code_of(files)
    site = _the_one(located(code, opportunity), opportunity, choice)
    module, main = site.place.scope.module, Piece(site.place.file, site.block)
    _refuse_protected(site)
    _refuse_unreadable_neighbours(code, site)
    belonging = _belonging(module, main)
    refuse_generated(each.file for each in belonging)
    _refuse_references(module.files, belonging)
    changes: list[FileChange] = []
    lines = 0
    for file in {each.file.path: each.file for each in belonging}.values():
        blocks = [each.block for each in belonging if each.file.path == file.path]
        splices = _removals(file, blocks)
        after = apply_splices(file.source, splices)
        gone = Counter(fact for block in blocks for fact in block_facts(block.node))
        lines += prove_terraform(file, after, splices, _negative(gone))
        changes.append(FileChange(file.path, file.source, after))
    entries = tuple(
        ProofEntry(f"{each.block.kind} {each.block.address}", _first_line(each), "", each.file.path)
        for each in belonging
    )
    kinds = dict.fromkeys(each.block.labels[0] for each in belonging if each.block.labels)
    notes = tuple(_NOTES[kind] for kind in kinds if kind in _NOTES)
    return PlannedEdit(tuple(changes), Proof(site.place.file.path, entries, lines), notes)


def _negative(facts: Counter[Fact]) -> Counter[Fact]:
    return Counter({fact: -count for fact, count in facts.items()})


def _the_one(sites: Sequence[Site], opportunity: Opportunity, choice: str) -> Site:
    """The one block; several elements of one block go only together, when a person picks that."""
    blocks: dict[tuple[str, int], list[Site]] = {}
    for site in sites:
        blocks.setdefault((site.place.file.path, site.place.node.start_byte), []).append(site)
    held = list(blocks.values())
    candidates = [_candidate(each) for each in held]
    index = picked(candidates, choice)
    if index is not None:
        return held[index][0]
    label = opportunity.resource.label
    if len(held) > 1:
        places = "; ".join(f"{each[0].where}" for each in held[:10])
        raise AmbiguousSource(
            f"{label} is declared in {len(held)} places: {places}. Which one is in use cannot be "
            "told from here; pick one, or name the folder after the cluster.",
            candidates,
        )
    site = held[0][0]
    if site.is_of_module:
        raise Refused(f"{site.where} is made by a module; take it out there by hand.")
    if len(held[0]) > 1 or site.place.scope.is_many:
        raise AmbiguousSource(
            f"{site.where} {_made_with(site)}, and only one of its elements is to go; take that "
            "one out by hand, or pick the block to remove them all.",
            candidates,
        )
    return site


def _candidate(sites: Sequence[Site]) -> Candidate:
    site = sites[0]
    several = f", all {len(sites)} of it" if len(sites) > 1 else ""
    every = ", every element of it" if site.place.scope.is_many else ""
    words = f"line {site.block.line}{several or every}"
    return Candidate(site.place.file.path, site.address, words)


def _made_with(site: Site) -> str:
    for name in ("count", "for_each"):
        if site.block.attribute(name) is not None:
            return f"is made with {name}"
    return "is in a module that is used several times"


def _refuse_protected(site: Site) -> None:
    for lifecycle in site.block.blocks("lifecycle"):
        kept = attributes_in(lifecycle.body).get("prevent_destroy")
        if kept is not None and text_of(kept) != "false":
            raise Refused(f"{site.where} is protected by prevent_destroy; ask who set it.")


def _refuse_unreadable_neighbours(code: TerraformCode, site: Site) -> None:
    """A file of the same module that cannot be read may use the resource."""
    label = site.block.labels[-1]
    for path in code.neighbours(site.place.file.path):
        if label.encode() in code.sources[path]:
            raise Refused(
                f"{path} could not be read and mentions {label}, so removing {site.where} is not "
                "safe; repair that file first."
            )


def _belonging(module: Module, main: Piece) -> list[Piece]:
    """The block, what connects it, what only it uses, and the imports of these."""
    found, waiting = [main], [main.block.address]
    while waiting:
        address = waiting.pop()
        for piece in (*_connecting(module, address), *_owned(module, address, found)):
            if piece.block.address not in {each.block.address for each in found}:
                found.append(piece)
                waiting.append(piece.block.address)
    addresses = {each.block.address for each in found}
    for file, block in module.blocks("import"):
        target = block.attribute("to")
        if target is not None and {name for name, _ in references(target)} & addresses:
            found.append(Piece(file, block))
    return found


def _connecting(module: Module, address: str) -> Iterator[Piece]:
    for kind, attribute in _CONNECTING.items():
        for file, block in module.blocks("resource", kind):
            target = block.attribute(attribute)
            if target is not None and {name for name, _ in references(target)} == {address}:
                yield Piece(file, block)


def _owned(module: Module, address: str, found: Sequence[Piece]) -> Iterator[Piece]:
    """What the resource at the address uses and nothing that stays does."""
    attribute, kind = _OWNED.get(address.split(".")[0], ("", ""))
    holder = next((each for each in found if each.block.address == address), None)
    used = holder.block.attribute(attribute) if holder else None
    names = {name for name, _ in references(used)} if used is not None else set()
    for name in names:
        piece = module.resource(name) if name.split(".")[0] == kind else None
        if piece is None:
            continue
        gone = [*found, Piece(*piece)]
        users = [
            n
            for f in module.files
            for each, n in references(f.root)
            if each == name and not _is_inside(f, n, gone)
        ]
        if not users:
            yield Piece(*piece)


def _refuse_references(module: Sequence[HclFile], belonging: Sequence[Piece]) -> None:
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


def _is_inside(file: HclFile, node: Node, belonging: Sequence[Piece]) -> bool:
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


def _first_line(found: Piece) -> str:
    return text_of(found.block.node).splitlines()[0]
