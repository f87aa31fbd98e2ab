"""Plan the edit of a place that people have named as the true source of a workload."""

from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity
from finops.edits.gitops.source_index import SourceIndex
from finops.edits.plain_manifests import ContainerTarget, is_generated
from finops.edits.pointers import Pointer
from finops.edits.results import AlreadyApplied, Candidate, PlannedEdit, SourceNotFound
from finops.edits.workloads import Source, plain_pieces, plan_container, prove
from finops.edits.yaml_source import ContainerSource, find_containers, place_text
from finops.edits.yaml_tree import NodeKind, Path, UnreadableYaml, YamlFile, YamlNode, parse_yaml


def plan_pointed(index: SourceIndex, opportunity: Opportunity, pointer: Pointer) -> PlannedEdit:
    """The edit there, proved by parsing, and by rendering where something here is made of it.

    Raises SourceNotFound when this repository has no such file, Refused naming who said it when the
    place holds nothing to edit, and what editing a container raises.
    """
    if pointer.path not in index.files:
        raise SourceNotFound(f"{pointer.words}, and there is no {pointer.path} in this commit.")
    if not pointer.place and index.readers([pointer.path]):
        found = _as_rendered(index, opportunity, pointer)
        if found is not None:
            return found
    target = _target(index, opportunity, pointer)
    pieces = plain_pieces(index, target, opportunity)
    place = place_text(target.container, target.container.key)
    source = Source(Candidate(pointer.path, place, note=_note(pointer)), pieces, ())
    return prove(index, source, opportunity, is_picked=True)


def _as_rendered(
    index: SourceIndex, opportunity: Opportunity, pointer: Pointer
) -> PlannedEdit | None:
    """The edit with its full proof, where the file decides what is rendered here."""
    try:
        found = plan_container(index, opportunity, f":{pointer.path}")
    except AlreadyApplied:
        raise
    except Refused:
        return None
    return found if found.proof.path == pointer.path else None


def _target(index: SourceIndex, opportunity: Opportunity, pointer: Pointer) -> ContainerTarget:
    source = index.files[pointer.path]
    if is_generated(source):
        raise Refused(f"{pointer.words}, and {pointer.path} says that it is generated itself.")
    try:
        file = parse_yaml(source)
    except UnreadableYaml as error:
        raise Refused(f"{pointer.words}, and {pointer.path} cannot be read: {error}.") from error
    resource = pointer.resource_for(opportunity.resource)
    found = find_containers(file, resource) if resource else _mappings(file, pointer.steps)
    if len(found) != 1:
        what = pointer.place or f"{opportunity.resource.kind} {opportunity.resource.label}"
        raise Refused(
            f"{pointer.words}, and {pointer.path} has {len(found) or 'no'} {what}"
            f"{' to tell apart' if found else ''}. Name a mapping with requests and limits, or "
            "Kind/name/container of a manifest, behind #."
        )
    return ContainerTarget(pointer.path, file, found[0])


def _mappings(file: YamlFile, steps: Path) -> list[ContainerSource]:
    """The mapping at those steps, in each document that has it, as one that is like a container."""
    found: list[ContainerSource] = []
    for number, root in enumerate(file.documents):
        trail = _trail(root, steps)
        if trail is None or trail[-1].kind is not NodeKind.MAPPING:
            continue
        if trail[-1].get("resources") is not None:
            found.append(ContainerSource(number, steps, trail))
        elif len(steps) and isinstance(steps[-1], str) and _is_resources(trail[-1]):
            found.append(ContainerSource(number, steps[:-1], trail[:-1], key=steps[-1]))
    return found


def _is_resources(node: YamlNode) -> bool:
    keys = {key.text for key, _ in node.entries()}
    return bool(keys & {"requests", "limits"}) or not keys


def _trail(root: YamlNode, steps: Path) -> tuple[YamlNode, ...] | None:
    trail = [root]
    for step in steps:
        items = trail[-1].items()
        if isinstance(step, int):
            node = items[step] if step < len(items) else None
        else:
            node = trail[-1].get(step)
        if node is None:
            return None
        trail.append(node)
    return tuple(trail)


def _note(pointer: Pointer) -> str:
    return (
        f"{pointer.said_by} names this file. What is generated from it was not rendered here: see "
        "that it is made anew before or with the merge."
    )
