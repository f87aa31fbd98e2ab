"""Where people say that a workload is truly written: our annotation, or a comment in a manifest.

`finops-bot/source: acme/platform//config/apps.yaml#services.frontend.resources` names the
repository (may be left out: the one that is looked at), the file, and the place in it: a mapping
that holds requests and limits, a mapping with such a `resources` in it, or `Kind/name/container` of
a manifest. Without a place the file declares the workload itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity, Resource
from finops.edits.gitops.source_index import SourceIndex
from finops.edits.results import SOURCE_TAG
from finops.edits.yaml_source import find_containers
from finops.edits.yaml_tree import Path, UnreadableYaml, YamlNode, parse_yaml

_YAML = (".yaml", ".yml")
_TOP_LINES = 40
_MAX_CHARACTERS = 500
_COMMENT = re.compile(rf"^\s*#\s*{re.escape(SOURCE_TAG)}:\s*(\S+)\s*$", re.MULTILINE)
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_PLACE = re.compile(r"[^.\[\]/]+(?:\.[^.\[\]/]+|\[\d+\])*")
_MANIFEST = re.compile(r"[A-Za-z][A-Za-z0-9]*/[^/\s]+(?:/[^/\s]+)?")


class PointsElsewhere(Refused):
    """A manifest says that its source is in another repository."""

    def __init__(self, message: str, pointer: "Pointer") -> None:
        super().__init__(message)
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Pointer:
    """A place that people name. `said_by` is where they do, for sentences."""

    text: str
    said_by: str
    repository: str
    path: str
    place: str = ""

    @property
    def words(self) -> str:
        """The beginning of every refusal of it."""
        return f"{self.said_by} says {self.text!r}"

    def resource_for(self, resource: Resource) -> Resource | None:
        """The manifest that it names; None where it names a place of another kind."""
        if self.place and not _MANIFEST.fullmatch(self.place):
            return None
        kind, _, rest = (self.place or f"{resource.kind}/{resource.name}").partition("/")
        name, _, container = rest.partition("/")
        return Resource(
            cluster=resource.cluster,
            kind=kind,
            name=name,
            container=container or resource.container,
        )

    @property
    def steps(self) -> Path:
        """The keys and numbers of a place in the file."""
        return tuple(int(n) if n else key for key, n in _STEP.findall(self.place))


def pointer_of(opportunity: Opportunity) -> Pointer | None:
    """What the annotation of the live object says. Raises Refused for what names no file."""
    text = opportunity.tags.get(SOURCE_TAG, "").strip()
    label = opportunity.resource.label
    return parse_pointer(text, f"The annotation {SOURCE_TAG} of {label}") if text else None


def pointed_to(opportunity: Opportunity, pointer: Pointer) -> Opportunity:
    """The opportunity as if the live object had the annotation that its manifest has."""
    return replace(opportunity, tags={**opportunity.tags, SOURCE_TAG: pointer.text})


def pointer_in(index: SourceIndex, resource: Resource) -> Pointer | None:
    """What the manifests that declare the workload say. Raises Refused where they disagree."""
    found = {(each.repository, each.path, each.place): each for each in _all_in(index, resource)}
    if len(found) > 1:
        said = "; ".join(each.words for each in found.values())
        raise Refused(f"The manifests of {resource.label} name different sources: {said}.")
    return next(iter(found.values()), None)


def parse_pointer(text: str, said_by: str) -> Pointer:
    """The parts of a pointer. Raises Refused, naming who says it, for what names no file inside."""
    whole, _, place = text.partition("#")
    repository, sign, path = whole.partition("//")
    repository, path = (repository, path) if sign else ("", repository)
    problem = _problem(text, repository, path, place)
    if problem:
        shown = text[:80]
        raise Refused(
            f"{said_by} says {shown!r}: {problem} Write it as repository//path/to/file.yaml#place."
        )
    return Pointer(text, said_by, repository, path, place)


def _problem(text: str, repository: str, path: str, place: str) -> str:
    parts = path.split("/")
    if len(text) > _MAX_CHARACTERS or not text.isprintable() or "\\" in text:
        return "that is no path."
    if path.startswith("/") or any(part in ("", ".", "..", ".git") for part in parts):
        return "the path must lead from the repository's root to a file inside it."
    if any(part in ("", ".", "..") for part in repository.split("/")) and repository:
        return "that is no name of a repository."
    if PurePosixPath(path).suffix not in _YAML:
        return "the source of a workload is a file ending in .yaml or .yml."
    if place and not (_PLACE.fullmatch(place) or _MANIFEST.fullmatch(place)):
        return f"{place[:40]!r} is no place in a file."
    return ""


def _all_in(index: SourceIndex, resource: Resource) -> Iterator[Pointer]:
    wanted = resource.name.encode()
    for path in index.pointing:
        source = index.files[path]
        if wanted not in source:
            continue
        try:
            file = parse_yaml(source)
        except UnreadableYaml:
            continue
        containers = find_containers(file, resource)
        for container in containers:
            said = _annotated(container.trail[0])
            if said:
                yield parse_pointer(said, f"The annotation {SOURCE_TAG} in {path}")
        head = "\n".join(source.decode("utf-8", "replace").splitlines()[:_TOP_LINES])
        for text in _COMMENT.findall(head) if containers else ():
            yield parse_pointer(text, f"The comment {SOURCE_TAG} in {path}")


def _annotated(root: YamlNode) -> str:
    """The annotation of an object that is a document of its own."""
    return root.text_at("metadata", "annotations", SOURCE_TAG).strip()
