"""Plan an edit of Terraform: find the declaration, follow it to what decides, write it."""

from collections.abc import Sequence
from dataclasses import dataclass

from finops.domain.errors import Refused
from finops.domain.opportunity import Change, Opportunity
from finops.domain.pull_request import RepositoryFiles
from finops.edits.hcl_code import TerraformCode, code_of
from finops.edits.hcl_locate import listed, located
from finops.edits.hcl_rules import notes_of, refuse_generated, refuse_unfit
from finops.edits.hcl_scope import NotFollowed
from finops.edits.hcl_settings import refuse_moved_on, target_of
from finops.edits.hcl_sites import Site
from finops.edits.hcl_target import Target
from finops.edits.hcl_workloads import autoscaler_target
from finops.edits.hcl_write import written
from finops.edits.results import (
    AlreadyApplied,
    AmbiguousSource,
    Candidate,
    PlannedEdit,
    picked,
)


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
        many = [
            f"every element of {s.address}"
            for s in self.sites
            if any(scope.is_many for scope in s.place.scope.outward())
        ]
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
    code = code_of(files)
    return plan_at(code, located(code, opportunity), opportunity, choice)


def plan_at(
    code: TerraformCode, sites: Sequence[Site], opportunity: Opportunity, choice: str
) -> PlannedEdit:
    """The edit of the one declaration among these that is meant."""
    alternative = _the_one(code, sites, opportunity, choice)
    site, pending = alternative.sites[0], alternative.pending
    for target in alternative.targets:
        refuse_moved_on(site, target)
    if not pending:
        said = ", ".join(f"{'.'.join(t.parts)} {t.written}" for t in alternative.targets)
        raise AlreadyApplied(f"{site.where} already has {said}.")
    refuse_generated(target.place.file for target in pending)
    refuse_unfit(code, site, opportunity.changes)
    return written(pending, notes_of(site, opportunity.changes))


def _the_one(
    code: TerraformCode, sites: Sequence[Site], opportunity: Opportunity, choice: str
) -> _Alternative:
    grouped: dict[tuple[object, ...], tuple[tuple[Target, ...], list[Site]]] = {}
    problems: dict[str, Refused] = {}
    for site in sites:
        try:
            targets = tuple(_target(code, site, opportunity, c) for c in opportunity.changes)
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


def _target(code: TerraformCode, site: Site, opportunity: Opportunity, change: Change) -> Target:
    if change.setting.is_hpa_target:
        return autoscaler_target(code, opportunity, change)
    return target_of(code, site, change)


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
