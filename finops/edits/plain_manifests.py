"""Manifests that are applied as they stand: where they declare a container, and the edit there."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from finops.domain.changes import Change
from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity, Resource
from finops.edits.autoscalers import find_targets
from finops.edits.gitops.comparing import node_at
from finops.edits.gitops.plain import typed
from finops.edits.gitops.sites import Literal
from finops.edits.gitops.source_index import SourceIndex
from finops.edits.manifest_schema import fault
from finops.edits.pieces import Piece
from finops.edits.prove import failed
from finops.edits.results import AlreadyApplied
from finops.edits.setting_text import quantity_of, written_like
from finops.edits.slots import Slot
from finops.edits.splices import UTF8_BOM
from finops.edits.yaml_source import (
    ContainerSource,
    Place,
    find_containers,
    manifests,
    refuse_shared,
)
from finops.edits.yaml_splice import Intent, YamlEdit, edit_container, holds_any, words_of
from finops.edits.yaml_tree import (
    NodeKind,
    UnreadableYaml,
    YamlFile,
    YamlNode,
    parse_yaml,
)

MAX_FILE_BYTES = 5 * 1024**2
YAML = (".yaml", ".yml")
_TOP_LINES = 40  # a licence stands above
_GENERATED = re.compile(
    rb"auto-?\s?generated|code generated|"
    rb"generated (by|from|with)[^.]*(do not|don't) (edit|modify|change)|"
    rb"(do not|don't) (manually )?(edit|modify|change)[^.]*generated",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ContainerTarget:
    """One container that may be meant, and the file it is in."""

    path: str
    file: YamlFile
    container: ContainerSource


@dataclass(frozen=True, slots=True)
class PlainSearch:
    """The containers that were found, and the files that could not be searched, with reasons.

    `generated` are files that declare it and say that they are generated.
    """

    targets: tuple[ContainerTarget, ...]
    problems: tuple[str, ...]
    count: int
    generated: tuple[str, ...] = ()


def find_plain(index: SourceIndex, opportunity: Opportunity) -> PlainSearch:
    """Every plain manifest that declares the container.

    A Kustomize patch that does not set the value never counts beside its base.
    """
    resource = opportunity.resource
    found: list[ContainerTarget] = []
    problems: list[str] = []
    generated: list[str] = []
    for path in _searched(index, resource.name):
        try:
            file = parsed_manifests(index.files[path])
        except UnreadableYaml as error:
            problems.append(f"{path}: {error}")
            continue
        here = [ContainerTarget(path, file, each) for each in find_containers(file, resource)]
        if here and is_generated(index.files[path]):
            generated.append(path)
        elif not here and is_template(file):
            problems.append(f"{path}: it is a template")
        else:
            found += here
    count = sum(path.endswith(YAML) for path in index.files)
    targets = tuple(_without_patches(found, opportunity))
    return PlainSearch(targets, tuple(problems), count, tuple(generated))


def is_generated(source: bytes) -> bool:
    """Whether the comments at the top of a file say that a program writes it."""
    lines = source[:4096].removeprefix(UTF8_BOM).splitlines()[:_TOP_LINES]
    comments = b" ".join(line for line in lines if line.lstrip().startswith(b"#"))
    return bool(_GENERATED.search(comments))


def container_piece(target: ContainerTarget, changes: Sequence[Change]) -> Piece:
    """The edit of a container. Raises what `edit_container` raises, with the file named."""
    try:
        edit = edit_container(target.file, target.container, changes)
    except AlreadyApplied as error:
        raise AlreadyApplied(f"{target.path}: {error}") from error
    except Refused as error:
        raise Refused(f"{target.path}: {error}") from error
    return Piece(Slot(target.path, target.file), edit)


def target_piece(index: SourceIndex, resource: Resource, change: Change) -> Piece:
    """The edit of the autoscaler's target in a plain manifest. Refused unless there is one."""
    found = [
        (path, file, target)
        for path in _searched(index, resource.name)
        if b"scaleTargetRef" in index.files[path]
        for file in _readable(index.files[path])
        for target in find_targets(file, resource, change.setting)
    ]
    found = [each for each in found if each[2].autoscaler == change.holder] or found
    if len(found) != 1:
        places = ", ".join(f"{path} line {target.node.line}" for path, _, target in found)
        where = f"written in {len(found)} places: {places}" if found else "in no manifest here"
        raise Refused(
            f"The {words_of(change.setting)} of {resource.label} is {where}. It has to move from "
            f"{change.current} % to {change.proposed} % with the request, or pods are added at "
            "another use; edit both by hand."
        )
    path, file, target = found[0]
    refuse_shared(file, target.trail, document=target.document)
    if quantity_of(change.setting, target.node.text) != change.current:
        raise Refused(
            f"The file has moved on: line {target.node.line} of {path} is {target.node.text}, but "
            f"the estate showed {change.current}. Wait for the next cycle."
        )
    literal = Literal(Slot(path, file), target.document, target.path, target.trail)
    intent = Intent(
        target.document,
        target.path,
        target.path,
        target.node.text,
        written_like(change.setting, target.node.text, change.number),
    )
    splice = literal.inner_splice(change.setting, change.number)
    return Piece(literal.slot, YamlEdit((splice,), (intent,)))


def check_schema(piece: Piece, after: YamlFile) -> None:
    """Raise WillNeverWork when Kubernetes' own schema says something new against the object."""
    before = piece.slot.file
    for place in manifests(after):
        if not any(_is_in(place, intent) for intent in piece.edit.intents):
            continue
        found = fault(typed(after, place.node))
        old = node_at(before.documents[place.document], place.path) if found else None
        if found and (old is None or fault(typed(before, old)) != found):
            raise failed(piece.path, f"the schema of Kubernetes says {found}")


def parsed_manifests(source: bytes) -> YamlFile:
    """The parsed file. Raises UnreadableYaml, which says so when it is a template."""
    try:
        return parse_yaml(source)
    except UnreadableYaml as error:
        raise UnreadableYaml("it is a template" if b"{{" in source else str(error)) from error


def is_template(file: YamlFile) -> bool:
    """Whether `{{` stands where YAML itself would read it.

    Braces in comments, quotes and block texts are data (alert rules, Istio's injector). A file
    with a placeholder elsewhere is still read: what it says of the container is what it says.
    """
    return b"{{" in file.source and any(
        _is_placeholder(file, node) for root in file.documents for node in root.walk()
    )


def _is_in(place: Place, intent: Intent) -> bool:
    is_below = intent.leaf[: len(place.path)] == place.path
    return place.document == intent.document and is_below


def _readable(source: bytes) -> list[YamlFile]:
    try:
        return [parse_yaml(source)]
    except UnreadableYaml:
        return []


def _searched(index: SourceIndex, name: str) -> Iterator[str]:
    """Plain files of safe path, kind and size that mention the name, in order of path."""
    wanted = name.encode()
    for path in sorted(index.files):
        if not path.endswith(YAML) or not is_safe(path):
            continue
        source = index.files[path]
        if len(source) <= MAX_FILE_BYTES and wanted in source and index.is_plain(path):
            yield path


def is_safe(path: str) -> bool:
    """Whether a path stays in the repository and can be shown."""
    is_inside = not path.startswith("/") and ".." not in PurePosixPath(path).parts
    return is_inside and path.isprintable()


def _is_placeholder(file: YamlFile, node: YamlNode) -> bool:
    is_plain = node.kind is NodeKind.SCALAR and not node.style and "{{" in node.text
    return is_plain or (node.is_flow and file.text.startswith("{{", node.start))


def _without_patches(
    found: list[ContainerTarget], opportunity: Opportunity
) -> list[ContainerTarget]:
    if len(found) < 2 or not opportunity.resource.container:
        return found
    changes = [each for each in opportunity.changes if not each.setting.is_beside_resources]
    return [
        each for each in found if not each.container.is_patch or holds_any(each.container, changes)
    ] or found
