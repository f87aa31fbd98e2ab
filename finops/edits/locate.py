"""Find the one place in a repository that declares a resource, or say why there is none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeVar

from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity
from finops.domain.pull_request import RepositoryFiles
from finops.edits.results import AmbiguousSource, Candidate, SourceNotFound, picked
from finops.edits.yaml_source import ContainerSource, find_containers, place_text
from finops.edits.yaml_splice import holds_any
from finops.edits.yaml_tree import NodeKind, UnreadableYaml, YamlFile, YamlNode, parse_yaml

MAX_FILE_BYTES = 5 * 1024**2
_YAML = (".yaml", ".yml")
_Target = TypeVar("_Target")
_SHOWN = 10  # names in one sentence; more are counted


@dataclass(frozen=True, slots=True)
class ContainerTarget:
    """The one container to edit, and the file it is in."""

    path: str
    file: YamlFile
    container: ContainerSource


def locate_container(
    files: RepositoryFiles, opportunity: Opportunity, *, choice: str = ""
) -> ContainerTarget:
    """The one manifest that declares the container.

    Of several, one with the very namespace is taken before one without, a folder named after the
    cluster before others, and a Kustomize patch that does not set the value never counts beside
    its base. Raises SourceNotFound, or Refused naming all candidates.
    """
    resource = opportunity.resource
    found: list[ContainerTarget] = []
    problems: list[str] = []
    for path, source in _searched(files, _YAML, resource.name):
        try:
            file = _plain_manifests(source)
        except UnreadableYaml as error:
            problems.append(f"{path}: {error}")
            continue
        found += [ContainerTarget(path, file, each) for each in find_containers(file, resource)]
    found = _narrowed(found, opportunity)
    if not found:
        raise _not_found(f"{resource.kind} {resource.label}", files, _YAML, problems)
    if len(found) == 1:
        return found[0]
    candidates = [_candidate(each) for each in found]
    index = picked(candidates, choice)
    if index is None:
        places = [f"{each.path} {each.words}" for each in candidates]
        refusal = _ambiguous(f"{resource.kind} {resource.label}", places)
        raise AmbiguousSource(str(refusal), candidates)
    return found[index]


def _candidate(target: ContainerTarget) -> Candidate:
    container = target.container
    words = f"line {container.node.line} ({container.name})"
    return Candidate(target.path, place_text(container), words)


def _searched(
    files: RepositoryFiles, suffixes: tuple[str, ...], name: str = ""
) -> Iterator[tuple[str, bytes]]:
    """Files of safe path, kind and size that mention the name, in order of path."""
    for path in sorted(files.files):
        source = files.files[path]
        is_safe = not path.startswith("/") and ".." not in PurePosixPath(path).parts
        is_safe = is_safe and path.isprintable()
        is_kind = path.endswith(suffixes) and len(source) <= MAX_FILE_BYTES
        if is_safe and is_kind and name.encode() in source:
            yield path, source


def _plain_manifests(source: bytes) -> YamlFile:
    """The parsed file, unless it is a template: `{{` where YAML itself would read it.

    Braces in comments, quotes and block texts are data (alert rules, Istio's injector).
    """
    is_suspect = b"{{" in source
    try:
        file = parse_yaml(source)
    except UnreadableYaml as error:
        raise UnreadableYaml("it is a template" if is_suspect else str(error)) from error
    if is_suspect and any(
        _is_template(file, node) for root in file.documents for node in root.walk()
    ):
        raise UnreadableYaml("it is a template")
    return file


def _is_template(file: YamlFile, node: YamlNode) -> bool:
    is_plain = node.kind is NodeKind.SCALAR and not node.style and "{{" in node.text
    return is_plain or (node.is_flow and file.text.startswith("{{", node.start))


def _narrowed(found: list[ContainerTarget], opportunity: Opportunity) -> list[ContainerTarget]:
    resource = opportunity.resource
    exact = [each for each in found if each.container.namespace == resource.namespace]
    found = exact if exact and resource.namespace else found
    if len(found) > 1 and resource.container:
        changes = opportunity.changes
        found = [
            each
            for each in found
            if not each.container.is_patch or holds_any(each.container, changes)
        ] or found
    return _of_cluster(found, [target.path for target in found], resource.cluster)


def _of_cluster(found: list[_Target], paths: Sequence[str], cluster: str) -> list[_Target]:
    """Those in a folder named after the cluster, when it tells several apart."""
    pairs = zip(found, paths, strict=True)
    own = [each for each, path in pairs if cluster in PurePosixPath(path).parts[:-1]]
    return own if len(found) > 1 and own else found


def _not_found(
    what: str, files: RepositoryFiles, suffixes: tuple[str, ...], problems: Sequence[str]
) -> SourceNotFound:
    count = sum(path.endswith(suffixes) for path in files.files)
    skipped = f" Not searched: {_listed(problems)}." if problems else ""
    return SourceNotFound(
        f"None of {count} files ending in {' or '.join(suffixes)} declares {what}.{skipped}"
    )


def _ambiguous(what: str, places: Sequence[str]) -> Refused:
    return Refused(
        f"{what} is declared in {len(places)} places: {_listed(places)}. Which one is in use "
        "cannot be told from here; edit it by hand, or name the folder after the cluster."
    )


def _listed(texts: Sequence[str]) -> str:
    more = [f"and {len(texts) - _SHOWN} more"] if len(texts) > _SHOWN else []
    return "; ".join([*texts[:_SHOWN], *more])
