"""Plan an edit of Terraform: find the declaration, follow it to what decides, write it."""

from collections.abc import Sequence

from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity
from finops.domain.pull_request import RepositoryFiles
from finops.edits.hcl_alternatives import Alternative, alternatives
from finops.edits.hcl_code import TerraformCode, code_of
from finops.edits.hcl_locate import listed, located
from finops.edits.hcl_scope import NotFollowed
from finops.edits.hcl_settings import refuse_moved_on
from finops.edits.hcl_sites import Site
from finops.edits.results import (
    AlreadyApplied,
    AmbiguousSource,
    Candidate,
    PlannedEdit,
    picked,
)


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
    site = alternative.sites[0]
    for target in alternative.targets:
        refuse_moved_on(site, target)
    if not alternative.pending:
        said = ", ".join(f"{'.'.join(t.parts)} {t.written}" for t in alternative.targets)
        raise AlreadyApplied(f"{site.where} already has {said}.")
    return alternative.edit(code, opportunity)


def _the_one(
    code: TerraformCode, sites: Sequence[Site], opportunity: Opportunity, choice: str
) -> Alternative:
    found, problems = alternatives(code, sites, opportunity)
    if not found:
        raise _refusal(opportunity, problems)
    candidates = [each.candidate() for each in found]
    index = picked(candidates, choice)
    if index is not None:
        return found[index]
    if len(found) == 1 and not problems and not (found[0].pending and found[0].others):
        return found[0]
    if all(each.way for each in found):
        raise _undecided(opportunity, candidates, list(problems))
    raise _ambiguous(opportunity, candidates, list(problems))


def _refusal(opportunity: Opportunity, problems: dict[str, Refused]) -> Refused:
    if len(problems) == 1:
        return next(iter(problems.values()))
    label = opportunity.resource.label
    return NotFollowed(f"Nothing in here decides {label} alone: {listed(list(problems))}")


def _undecided(
    opportunity: Opportunity, candidates: Sequence[Candidate], problems: Sequence[str]
) -> AmbiguousSource:
    """Nothing in here decides it: a person says where it is to be written from now on."""
    places = [f"{each.path} {each.words} ({each.place})" for each in candidates]
    return AmbiguousSource(
        f"Nothing in here decides {opportunity.resource.label}: {listed(problems)} Pick where it "
        f"is to be written from now on: {listed(places)}.",
        candidates,
        reason=f"Waits for a pick of where to write the value: {listed(problems)}",
    )


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
