"""The one way in to Terraform: which resources it declares, and the edit for one of them."""

from finops.domain.changes import Setting
from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity, Resource
from finops.domain.pull_request import RepositoryFiles
from finops.edits.hcl_code import code_of
from finops.edits.hcl_helm import plan_release
from finops.edits.hcl_kinds import DECLARATIONS
from finops.edits.hcl_plan import plan_at, plan_settings
from finops.edits.hcl_remove import plan_removal
from finops.edits.hcl_workloads import container_sites
from finops.edits.results import PlannedEdit

_NODE = "Node"


def is_in_terraform(resource: Resource) -> bool:
    """Whether a resource of that kind is declared in Terraform and nowhere else."""
    return resource.kind in DECLARATIONS or resource.kind == _NODE


def plan_workload(
    files: RepositoryFiles, opportunity: Opportunity, *, choice: str = ""
) -> PlannedEdit:
    """The edit of a container that Terraform declares, by the Kubernetes provider or by Helm.

    Raises SourceNotFound and the other refusals of `plan_edit`.
    """
    code = code_of(files)
    sites = container_sites(code, opportunity)
    if sites:
        return plan_at(code, sites, opportunity, choice)
    return plan_release(code, opportunity, choice)


def plan_terraform(
    files: RepositoryFiles, opportunity: Opportunity, *, choice: str = ""
) -> PlannedEdit:
    """The edit of Terraform that implements the opportunity, proved.

    Raises SourceNotFound, AmbiguousSource, AlreadyApplied, another Refused, or WillNeverWork as
    `plan_edit` does.
    """
    resource = opportunity.resource
    if resource.kind == _NODE:
        raise Refused(
            f"{resource.label} belongs to no node group, so no file sets its number; drain and "
            "terminate it by hand."
        )
    if not opportunity.changes:
        raise Refused(f"{opportunity.id} names no change for {resource.label}.")
    if any(c.setting is Setting.PRESENT and c.proposed == 0 for c in opportunity.changes):
        return plan_removal(files, opportunity, choice=choice)
    return plan_settings(files, opportunity, choice=choice)
