"""From an opportunity and a repository's files to whole new files with their proof."""

from collections.abc import Mapping
from types import MappingProxyType

from finops.domain.errors import Refused
from finops.domain.opportunity import Change, Opportunity, Setting, WasteKind
from finops.domain.pull_request import FileChange, RepositoryFiles
from finops.edits.gitops.source_index import SourceIndex
from finops.edits.hcl_node_group import edit_node_group
from finops.edits.hcl_volume import remove_volume
from finops.edits.locate import locate_node_group, locate_volume
from finops.edits.prove import prove_hcl
from finops.edits.results import PlannedEdit, Proof
from finops.edits.splices import apply_splices
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

    Raises SourceNotFound when no file declares the resource, AmbiguousSource with candidates when
    several may decide the value and none was picked, AlreadyApplied when the file says it already,
    any other Refused with the reason and the place, and WillNeverWork when the proof fails, which
    is a fault of this program.
    """
    if opportunity.kind is WasteKind.ORPHAN_VOLUME:
        return _plan_volume(files, opportunity)
    if opportunity.kind is WasteKind.IDLE_NODE:
        return _plan_node_group(files, opportunity)
    choice = choices.get(opportunity.resource.key, "")
    return plan_container(index or SourceIndex(files.files), opportunity, choice)


def _plan_node_group(files: RepositoryFiles, opportunity: Opportunity) -> PlannedEdit:
    resource = opportunity.resource
    if resource.kind != "NodeGroup":
        raise Refused(
            f"{resource.label} belongs to no node group, so no file sets its number; drain and "
            "terminate it by hand."
        )
    target = locate_node_group(files, resource)
    splices, entries = edit_node_group(target.group, _size_change(opportunity))
    before, path = target.file.source, target.file.path
    after = apply_splices(before, splices)
    proof = Proof(path, entries, prove_hcl(target.file, after, splices))
    return PlannedEdit((FileChange(path, before, after),), proof, target.group.notes)


def _plan_volume(files: RepositoryFiles, opportunity: Opportunity) -> PlannedEdit:
    target = locate_volume(files, opportunity)
    by_path, entries = remove_volume(target.module, target.volume)
    sources = {file.path: file for file in target.module}
    changes: list[FileChange] = []
    lines = 0
    for path, splices in by_path.items():
        after = apply_splices(sources[path].source, splices)
        lines += prove_hcl(sources[path], after, splices)
        changes.append(FileChange(path, sources[path].source, after))
    return PlannedEdit(tuple(changes), Proof(target.volume.file.path, entries, lines))


def _size_change(opportunity: Opportunity) -> Change:
    for change in opportunity.changes:
        if change.setting is Setting.DESIRED_SIZE:
            return change
    raise Refused(f"{opportunity.id} names no new size for {opportunity.resource.label}.")
