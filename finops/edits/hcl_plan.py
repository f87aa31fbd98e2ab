"""Plan an edit of Terraform: find the declaration, follow it to what decides, write it, prove it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity
from finops.domain.pull_request import FileChange, RepositoryFiles
from finops.edits.hcl_code import TerraformCode
from finops.edits.hcl_locate import listed, located
from finops.edits.hcl_prove import Fact, path_of, prove_terraform
from finops.edits.hcl_rules import notes_of, refuse_unfit
from finops.edits.hcl_scope import NotFollowed, Scope
from finops.edits.hcl_settings import Target, refuse_moved_on, target_of
from finops.edits.hcl_sites import Site, blocks_inside, expressions_in
from finops.edits.hcl_tree import HclFile, place_parts
from finops.edits.results import (
    AlreadyApplied,
    AmbiguousSource,
    Candidate,
    PlannedEdit,
    Proof,
    ProofEntry,
    picked,
)
from finops.edits.splices import Splice, apply_splices


@dataclass(frozen=True, slots=True)
class _Alternative:
    """The same edit for one or more contexts of a declaration."""

    targets: tuple[Target, ...]
    sites: tuple[Site, ...]

    @property
    def pending(self) -> list[Target]:
        return [target for target in self.targets if not target.is_applied]

    @property
    def main(self) -> Target:
        return (self.pending or list(self.targets))[0]

    @property
    def others(self) -> list[str]:
        """What else would change: other elements, other calls, other users of a variable."""
        contexts: dict[tuple[str, int], set[str]] = {}
        for site in self.sites:
            block = site.place.file.path, site.place.node.start_byte
            contexts.setdefault(block, set()).add(site.place.scope.label)
        labels = max(contexts.values(), key=len)
        several = [f"all of {', '.join(sorted(labels)[:10])}"] if len(labels) > 1 else []
        many = [f"every element of {s.address}" for s in self.sites if _is_many(s.place.scope)]
        users = [user for target in self.pending for user in target.users()]
        return [*several, *many[:1], *dict.fromkeys(users)]

    def candidate(self) -> Candidate:
        """What a person may pick."""
        others = self.others
        words = f"line {self.main.place.node.start_point.row + 1}, for {self.sites[0].address}"
        also = f"; it changes {listed(others)} too" if others else ""
        return Candidate(self.main.place.file.path, self.main.name, f"{words}{also}")


def plan_settings(
    files: RepositoryFiles, opportunity: Opportunity, *, choice: str = ""
) -> PlannedEdit:
    """The edit that sets what the opportunity changes, in Terraform.

    Raises SourceNotFound, AmbiguousSource with what may decide it, AlreadyApplied, or any other
    Refused with the place.
    """
    code = TerraformCode(files)
    sites = located(code, opportunity)
    alternative = _the_one(code, sites, opportunity, choice)
    site, pending = alternative.sites[0], alternative.pending
    for target in alternative.targets:
        refuse_moved_on(site, target)
    if not pending:
        said = ", ".join(f"{t.place.name} {t.written}" for t in alternative.targets)
        raise AlreadyApplied(f"{site.where} already has {said}.")
    refuse_unfit(code, site, opportunity.changes)
    return _planned(pending, notes_of(site, opportunity.changes))


def _the_one(
    code: TerraformCode, sites: Sequence[Site], opportunity: Opportunity, choice: str
) -> _Alternative:
    grouped: dict[tuple[object, ...], tuple[tuple[Target, ...], list[Site]]] = {}
    problems: dict[str, Refused] = {}
    for site in sites:
        try:
            targets = tuple(target_of(code, site, change) for change in opportunity.changes)
        except Refused as error:
            problems.setdefault(str(error), error)
        else:
            key = tuple(target.key for target in targets)
            grouped.setdefault(key, (targets, []))[1].append(site)
    found = [_Alternative(targets, tuple(held)) for targets, held in grouped.values()]
    if not found:
        raise _refusal(opportunity, problems)
    candidates = [each.candidate() for each in found]
    index = picked(candidates, choice)
    if index is not None:
        return found[index]
    if len(found) == 1 and not problems and not (found[0].pending and found[0].others):
        return found[0]
    raise _ambiguous(opportunity, candidates, list(problems))


def _refusal(opportunity: Opportunity, problems: dict[str, Refused]) -> Refused:
    if len(problems) == 1:
        return next(iter(problems.values()))
    label = opportunity.resource.label
    return NotFollowed(f"Nothing in here decides {label} alone: {listed(list(problems))}")


def _ambiguous(
    opportunity: Opportunity, candidates: Sequence[Candidate], problems: Sequence[str]
) -> AmbiguousSource:
    places = [f"{each.path} {each.words} ({each.place})" for each in candidates]
    label = opportunity.resource.label
    more = f" Others cannot be followed: {listed(problems)}." if problems else ""
    if len(candidates) == 1 and not problems:
        return AmbiguousSource(
            f"{label} is decided by {places[0]}. Pick it if that is what you want.", candidates
        )
    return AmbiguousSource(
        f"{label} may be decided in {len(candidates)} places: {listed(places)}. Which one is in "
        f"use cannot be told from here; pick one, or name the folder after the cluster.{more}",
        candidates,
    )


def _planned(targets: Sequence[Target], notes: tuple[str, ...]) -> PlannedEdit:
    by_file: dict[str, tuple[HclFile, list[Target]]] = {}
    for target in targets:
        by_file.setdefault(target.place.file.path, (target.place.file, []))[1].append(target)
    changes: list[FileChange] = []
    entries: list[ProofEntry] = []
    lines = 0
    for path, (file, own) in by_file.items():
        splices = joined([target.splice() for target in own])
        after = apply_splices(file.source, splices)
        lines += prove_terraform(file, after, splices, _facts(file, after, own))
        changes.append(FileChange(path, file.source, after))
        entries += [_entry(target) for target in own]
    return PlannedEdit(tuple(changes), Proof(changes[0].path, tuple(entries), lines), notes)


def joined(splices: Sequence[Splice]) -> list[Splice]:
    """Splices in order; one place that several settings share is written once."""
    return list(dict.fromkeys(splices))


def _facts(file: HclFile, after: bytes, targets: Sequence[Target]) -> Counter[Fact]:
    """What differs when exactly the targets changed."""
    found: Counter[Fact] = Counter()
    for target in targets:
        value = str(target.change.proposed)
        quoted = f'"{value}"' if target.change.setting.is_text else value
        if target.missing:
            found.update(_added(target, quoted))
            continue
        node = target.place.node
        place = path_of(node)
        before = node.text.decode() if node.text else ""
        now = f'"{value}"' if node.type == "string_lit" else value
        found[place, before] -= 1
        found[place, now] += 1
    return found


def _added(target: Target, quoted: str) -> Counter[Fact]:
    found: Counter[Fact] = Counter()
    node, place = target.place.node, path_of(target.place.node)
    was_empty = node.type == "object" and not expressions_in(node)
    if was_empty:
        # An object that holds nothing reads as `{}` and becomes one that holds something.
        found[place, node.text.decode() if node.text else ""] -= 1
        found[place, "{}"] += 1
    at: object = node
    for step in target.missing[:-1]:
        inner = blocks_inside(at, step) if at is not None else []  # type: ignore[arg-type]
        place = f"{place}.{step}"
        at = inner[0].node if inner else None
        if at is None:
            found[place, "{}"] += 1
    place = f"{place}.{target.missing[-1]}"
    if target.as_list:
        found[place, "[]"] += 1
        found[f"{place}[0]", quoted] += 1
    else:
        found[place, quoted] += 1
    return found


def _entry(target: Target) -> ProofEntry:
    where = ", ".join((*place_parts(target.place.node), *target.missing))
    return ProofEntry(where, target.written, str(target.change.proposed), target.place.file.path)


def _is_many(scope: Scope | None) -> bool:
    while scope is not None:
        if scope.is_many:
            return True
        scope = scope.caller
    return False
