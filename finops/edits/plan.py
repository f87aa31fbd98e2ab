"""From an opportunity and a repository's files to whole new files with their proof."""

from collections.abc import Mapping
from types import MappingProxyType

from finops.domain.opportunity import Opportunity
from finops.domain.pull_request import RepositoryFiles
from finops.edits.gitops.source_index import SourceIndex
from finops.edits.hcl_terraform import is_in_terraform, plan_terraform, plan_workload
from finops.edits.pointed import plan_pointed
from finops.edits.pointers import PointsElsewhere, pointer_in, pointer_of
from finops.edits.results import PlannedEdit, SourceNotFound
from finops.edits.workloads import plan_container

NO_CHOICES: Mapping[str, str] = MappingProxyType({})


def plan_edit(
    files: RepositoryFiles,
    opportunity: Opportunity,
    *,
    choices: Mapping[str, str] = NO_CHOICES,
    index: SourceIndex | None = None,
) -> PlannedEdit:
    """The edit that implements the opportunity in this repository, proved.

    `choices` holds what a person picked before, `Candidate.choice` by `Resource.key`. `index` is
    the index of these very files, for a caller that plans more than one edit at a commit.

    What people name as the source goes before what is found.

    Raises SourceNotFound when no file declares the resource, AmbiguousSource with candidates when
    several may decide the value and none was picked, AlreadyApplied when the file says it already,
    any other Refused with the reason and the place, and WillNeverWork when the proof fails, which
    is a fault of this program.
    """
    choice = choices.get(opportunity.resource.key, "")
    if is_in_terraform(opportunity.resource):
        return plan_terraform(files, opportunity, choice=choice)
    index = index or SourceIndex(files.files)
    pointer = pointer_of(opportunity)
    if pointer is None:
        pointer = pointer_in(index, opportunity.resource)
        if pointer is not None and pointer.repository:
            raise PointsElsewhere(f"{pointer.words}.", pointer)
    if pointer is not None:
        return plan_pointed(index, opportunity, pointer)
    try:
        return plan_container(index, opportunity, choice)
    except SourceNotFound as in_manifests:
        return _in_terraform_or(in_manifests, files, opportunity, choice)


def _in_terraform_or(
    refusal: SourceNotFound, files: RepositoryFiles, opportunity: Opportunity, choice: str
) -> PlannedEdit:
    """The edit of a workload that only Terraform declares, else the first refusal."""
    try:
        return plan_workload(files, opportunity, choice=choice)
    except SourceNotFound:
        raise refusal from None
