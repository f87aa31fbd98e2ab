"""Turn targets into whole new files, each with its proof."""

from collections import Counter
from collections.abc import Sequence

from finops.domain.pull_request import FileChange
from finops.edits.hcl_insert import innermost, insertions
from finops.edits.hcl_prove import Fact, leaf_of, path_of, prove_terraform
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
        splices = _splices(own)
        after = apply_splices(file.source, splices)
        lines += prove_terraform(file, after, splices, _facts(own))
        changes.append(FileChange(path, file.source, after))
        entries += [_entry(target) for target in own]
    return PlannedEdit(tuple(changes), Proof(changes[0].path, tuple(entries), lines), notes)


def _splices(targets: Sequence[Target]) -> list[Splice]:
    """One for each literal, and the missing ones of a place together."""
    # Two settings may be decided by one literal: it is exchanged once.
    found = dict.fromkeys(target.splice() for target in targets if not target.missing)
    missing: dict[int, tuple[Place, dict[tuple[str, ...], str]]] = {}
    for target in targets:
        if target.missing:
            start = target.place.node.start_byte
            values = missing.setdefault(start, (target.place, {}))[1]
            values[target.missing] = target.expression
    inserted = [each for place, values in missing.values() for each in insertions(place, values)]
    return [*found, *inserted]


def _facts(targets: Sequence[Target]) -> Counter[Fact]:
    """What differs when exactly the targets changed."""
    found: Counter[Fact] = Counter()
    leaves: dict[str, bytes] = {}
    opened: set[str] = set()
    for target in targets:
        if target.missing:
            found.update(_added(target, opened))
            continue
        leaf, splice = leaf_of(target.place.node), target.splice()
        place, before = path_of(leaf), leaf.text or b""
        if place in leaves:
            continue
        start, end = splice.start - leaf.start_byte, splice.end - leaf.start_byte
        leaves[place] = before[:start] + splice.text + before[end:]
        found[place, before.decode()] -= 1
        found[place, leaves[place].decode()] += 1
    return found


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
