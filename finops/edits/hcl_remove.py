"""Remove a resource that Terraform declares, with what belongs to it and nothing else."""

import re
from collections import Counter
from collections.abc import Sequence

from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity
from finops.domain.pull_request import FileChange, RepositoryFiles
from finops.edits.hcl_belonging import Piece, belonging_to, used_elsewhere
from finops.edits.hcl_code import Module, TerraformCode, code_of
from finops.edits.hcl_lines import removals
from finops.edits.hcl_locate import located
from finops.edits.hcl_prove import Fact, block_facts, prove_terraform
from finops.edits.hcl_rules import refuse_generated
from finops.edits.hcl_sites import Site
from finops.edits.hcl_tree import (
    HclBlock,
    HclFile,
    attributes_in,
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
from finops.edits.splices import apply_splices

_NOTES = {
    "aws_route": "Subnets behind the NAT gateway lose this way out; check that nothing needs it.",
    "aws_eip": "The address is given back to AWS and cannot be had again.",
}


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
    belonging = belonging_to(module, main)
    belonging += _outputs(code, belonging, site, choice)
    refuse_generated(each.file for each in belonging)
    _refuse_references(module.files, belonging)
    changes: list[FileChange] = []
    lines = 0
    for file in {each.file.path: each.file for each in belonging}.values():
        blocks = [each.block for each in belonging if each.file.path == file.path]
        splices = removals(file, blocks)
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


def _outputs(
    code: TerraformCode, belonging: Sequence[Piece], site: Site, choice: str
) -> list[Piece]:
    """The outputs that show the resource, where a person agreed that they go too.

    They are the module's interface: who reads them from a state cannot be seen from here. So they
    are asked about, and stay (and stop the removal) where a module of the repository uses them.
    """
    module, found = site.place.scope.module, dict[int, Piece]()
    places: list[str] = []
    for file, node, _ in used_elsewhere(module.files, belonging):
        for block in file.blocks("output"):
            if block.node.start_byte <= node.start_byte < block.node.end_byte:
                found[block.node.start_byte] = Piece(file, block)
                places.append(f"{file.path} line {node.start_point.row + 1}")
    users = list(used_elsewhere(module.files, [*belonging, *found.values()]))
    if not found or users or any(_is_read(code, module, each.block) for each in found.values()):
        return []
    names = ", ".join(each.block.labels[0] for each in found.values())
    words = f"line {site.block.line}; it removes the outputs {names} too"
    candidate = Candidate(site.place.file.path, f"{site.address} and outputs", words)
    if picked([candidate], choice) is None or "outputs" not in choice:
        raise AmbiguousSource(
            f"{site.where} is shown by the outputs {names} ({'; '.join(places)}), which would go "
            "too; who reads them from the state cannot be seen from here. Pick it if that is what "
            "you want.",
            [candidate],
        )
    return list(found.values())


def _is_read(code: TerraformCode, module: Module, output: HclBlock) -> bool:
    """Whether a module that calls this one mentions the output."""
    for call in code.calls_of(module.folder):
        pattern = rf"{re.escape(call.name)}(\[[^\]]*\])?\.{re.escape(output.labels[0])}\b"
        for file in code.module(call.folder).files:
            if re.search(pattern.encode(), file.source):
                return True
    return False


def _refuse_references(files: Sequence[HclFile], belonging: Sequence[Piece]) -> None:
    places = [
        f"{file.path} line {node.start_point.row + 1} ({name})"
        for file, node, name in used_elsewhere(files, belonging)
    ]
    if places:
        addresses = sorted({p.block.address for p in belonging if p.block.kind == "resource"})
        raise Refused(
            f"{', '.join(addresses)} cannot be removed while it is used elsewhere: "
            f"{'; '.join(places)}. Take these out first."
        )


def _first_line(found: Piece) -> str:
    return text_of(found.block.node).splitlines()[0]
