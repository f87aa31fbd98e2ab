"""Requests and limits in the values that a `helm_release` of Terraform gives to its chart.

A container is found by its values: `resources.requests.cpu` at the top for the release's own
workload, or under the component that the workload's name ends in (`controller.resources …`).
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from finops.domain.changes import Change
from finops.domain.errors import InvalidInput, Refused
from finops.domain.opportunity import Opportunity
from finops.domain.pull_request import FileChange
from finops.edits.hcl_code import TerraformCode
from finops.edits.hcl_contexts import elements_of, scopes_of
from finops.edits.hcl_follow import Follower
from finops.edits.hcl_helm_values import LEAVES, Path, Spot, scalars, spots_of
from finops.edits.hcl_prove import changed_leaves, prove_terraform
from finops.edits.hcl_scope import Place
from finops.edits.hcl_sites import expressions_in
from finops.edits.hcl_target import quantity_like, value_of
from finops.edits.hcl_workloads import text_or_none
from finops.edits.prove import failed, prove_lines
from finops.edits.results import (
    AlreadyApplied,
    AmbiguousSource,
    Candidate,
    PlannedEdit,
    Proof,
    ProofEntry,
    SourceNotFound,
    picked,
)
from finops.edits.splices import Splice, apply_splices
from finops.edits.yaml_tree import parse_yaml


def plan_release(code: TerraformCode, opportunity: Opportunity, choice: str) -> PlannedEdit:
    """The edit of the values of the one release that makes the workload.

    Raises SourceNotFound when no release does, AmbiguousSource when several values may be meant,
    and Refused for values that are not written as literals.
    """
    spots = [spot for place in _releases(code, opportunity) for spot in spots_of(code, place)]
    resource = opportunity.resource
    changes = [change for change in opportunity.changes if change.setting in LEAVES]
    if len(changes) != len(opportunity.changes) or not changes:
        raise SourceNotFound(f"No release in Terraform sets what is to change of {resource.label}.")
    components = _components(spots, opportunity, changes)
    if not components:
        raise SourceNotFound(f"No helm_release in Terraform writes the values of {resource.label}.")
    candidates = [_candidate(each) for each in components]
    index = picked(candidates, choice)
    if index is None and len(components) > 1:
        places = "; ".join(f"{each.path} {each.words} ({each.place})" for each in candidates)
        raise AmbiguousSource(f"{resource.label} may be set by {places}. Pick one.", candidates)
    return _written(components[index or 0], changes)


def _releases(code: TerraformCode, opportunity: Opportunity) -> Iterator[Place]:
    resource, follower = opportunity.resource, Follower(code)
    for folder in code.folders_with("helm_release"):
        module = code.module(folder)
        for scope in scopes_of(code, module):
            for file, block in module.blocks("resource", "helm_release"):
                for element in elements_of(code, scope, file, block)[:1]:
                    place = Place(element, file, block.node)
                    written = expressions_in(block.node)
                    texts = {
                        name: text_or_none(follower, place.at(written[name]))
                        for name in ("name", "namespace", "chart")
                        if name in written
                    }
                    called = texts.get("name") or block.labels[-1]
                    space = texts.get("namespace")
                    is_here = not space or not resource.namespace or space == resource.namespace
                    if is_here and _is_of(resource.name, called):
                        yield place


def _is_of(workload: str, release: str) -> bool:
    return workload == release or workload.startswith(f"{release}-")


def _components(
    spots: Sequence[Spot], opportunity: Opportunity, changes: Sequence[Change]
) -> list[list[Spot]]:
    """The groups of values that may be the container's: all changes, in one place."""
    name = opportunity.resource.name
    grouped: dict[tuple[str, Path], list[Spot]] = {}
    for spot in spots:
        grouped.setdefault((spot.source_path, spot.component), []).append(spot)
    wanted = {LEAVES[change.setting] for change in changes}
    whole = {
        key: found for key, found in grouped.items() if wanted <= {spot.path[-2:] for spot in found}
    }
    named = [v for (_, keys), v in whole.items() if keys and name.endswith(keys[-1].lower())]
    own = [v for (_, keys), v in whole.items() if not keys]
    return named or own


def _candidate(spots: Sequence[Spot]) -> Candidate:
    spot = spots[0]
    return Candidate(
        spot.source_path, ".".join((*spot.component, "resources")), f"line {spot.line}"
    )


def _written(spots: Sequence[Spot], changes: Sequence[Change]) -> PlannedEdit:
    splices: list[tuple[Spot, Splice, Change]] = []
    for change in changes:
        spot = [each for each in spots if each.path[-2:] == LEAVES[change.setting]][-1]
        text = _new_text(spot, change)
        if text is not None:
            splices.append((spot, Splice(spot.start, spot.end, text.encode()), change))
    if not splices:
        raise AlreadyApplied(f"{spots[0].source_path} already sets what is proposed.")
    spot = splices[0][0]
    after = apply_splices(spot.source, [splice for _, splice, _ in splices])
    lines = _proved(spot, after, [splice for _, splice, _ in splices])
    entries = tuple(
        ProofEntry(s.name, s.text, splice.text.decode(), s.source_path) for s, splice, _ in splices
    )
    edited = FileChange(spot.source_path, spot.source, after)
    return PlannedEdit((edited,), Proof(spot.source_path, entries, lines))


def _new_text(spot: Spot, change: Change) -> str | None:
    """The proposal in the style of the old value; None when it is there already."""
    try:
        value = value_of(change.setting, spot.text)
    except (InvalidInput, ValueError) as error:
        raise Refused(
            f"{spot.source_path} line {spot.line}: {spot.name} is {spot.text!r}, which is no "
            "quantity; write a number there."
        ) from error
    if value == change.proposed:
        return None
    if change.current is not None and value != change.current:
        raise Refused(
            f"The file has moved on: {spot.source_path} line {spot.line} ({spot.name}) is "
            f"{spot.text}, but the estate showed {change.current}. Wait for the next cycle."
        )
    return quantity_like(change.setting, spot.text, change.number)


def _proved(spot: Spot, after: bytes, splices: Sequence[Splice]) -> int:
    if spot.place is None:
        return _proved_values(spot, after, splices)
    file = spot.place.file
    return prove_terraform(file, after, splices, changed_leaves(file, splices))


def _proved_values(spot: Spot, after: bytes, splices: Sequence[Splice]) -> int:
    """The changed lines of a file of values, or WillNeverWork when another value differs."""
    before = Counter(_facts(spot.source))
    different = Counter(_facts(after))
    different.subtract(before)
    changed = sum(abs(count) for count in different.values())
    if changed != 2 * len(splices):
        raise failed(spot.source_path, "something besides the intended values changed")
    return prove_lines(spot.source_path, spot.source, after, splices)


def _facts(source: bytes) -> Iterator[tuple[Path, str]]:
    for number, root in enumerate(parse_yaml(source).documents):
        for path, node in scalars(root, (str(number),)):
            yield path, node.text
