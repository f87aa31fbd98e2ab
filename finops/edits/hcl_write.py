"""Turn targets into whole new files, each with its proof."""

from collections import Counter
from collections.abc import Sequence

from finops.domain.pull_request import FileChange
from finops.edits.hcl_insert import innermost, insertions
from finops.edits.hcl_prove import Fact, changed_leaves, path_of, prove_terraform
from finops.edits.hcl_scope import Place
from finops.edits.hcl_sites import expressions_in
from finops.edits.hcl_target import Target
from finops.edits.hcl_tree import HclFile, place_parts
from finops.edits.results import PlannedEdit, Proof, ProofEntry
from finops.edits.splices import Splice, apply_splices


def written(targets: Sequence[Target], notes: tuple[str, ...] = ()) -> PlannedEdit:
    """The edit that writes all targets. Raises Refused where there is no room for one."""
    by_file: dict[str, tuple[HclFile, list[Target]]] = {}
    for target in targets:
        by_file.setdefault(target.place.file.path, (target.place.file, []))[1].append(target)
    changes: list[FileChange] = []
    entries: list[ProofEntry] = []
    lines = 0
    for path, (file, own) in by_file.items():
        # Two settings may be decided by one literal: it is exchanged once.
        exchanged = list(dict.fromkeys(each.splice() for each in own if not each.missing))
        splices = [*exchanged, *_insertions(own)]
        after = apply_splices(file.source, splices)
        facts = changed_leaves(file, exchanged)
        opened: set[str] = set()
        for target in own:
            facts.update(_added(target, opened) if target.missing else {})
        lines += prove_terraform(file, after, splices, facts)
        changes.append(FileChange(path, file.source, after))
        entries += [_entry(target) for target in own]
    return PlannedEdit(tuple(changes), Proof(changes[0].path, tuple(entries), lines), notes)


def _insertions(targets: Sequence[Target]) -> list[Splice]:
    """The missing settings of a place together."""
    missing: dict[int, tuple[Place, dict[tuple[str, ...], str]]] = {}
    for target in targets:
        if target.missing:
            start = target.place.node.start_byte
            values = missing.setdefault(start, (target.place, {}))[1]
            values[target.missing] = target.expression
    return [each for place, values in missing.values() for each in insertions(place, values)]


def _added(target: Target, opened: set[str]) -> Counter[Fact]:
    """The facts of a missing attribute, and of the blocks that are made for it, once each."""
    found: Counter[Fact] = Counter()
    node, rest = innermost(target.place.node, target.missing)
    place = path_of(node)
    if node.type == "object" and not expressions_in(node) and place not in opened:
        # An object that holds nothing reads as it is written and becomes one that holds something.
        found[place, (node.text or b"").decode()] -= 1
        found[place, "{}"] += 1
        opened.add(place)
    for step in rest[:-1]:
        place = f"{place}.{step}"
        if place not in opened:
            found[place, "{}"] += 1
            opened.add(place)
    place = f"{place}.{rest[-1]}"
    if target.as_list:
        found[place, "[]"] += 1
        found[f"{place}[0]", target.expression.strip("[]")] += 1
    else:
        found[place, target.expression] += 1
    return found


def _entry(target: Target) -> ProofEntry:
    where = ", ".join((*place_parts(target.place.node), *target.missing))
    return ProofEntry(where, target.written, target.text, target.place.file.path)
