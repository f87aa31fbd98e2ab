"""Find the one place in a repository that declares a resource, or say why there is none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeVar

from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity, Resource
from finops.domain.pull_request import RepositoryFiles
from finops.edits.hcl_node_group import NodeGroupSource, find_node_groups
from finops.edits.hcl_tree import HclFile
from finops.edits.hcl_volume import VolumeSource, find_volumes
from finops.edits.results import SourceNotFound

MAX_FILE_BYTES = 5 * 1024**2
_TERRAFORM = (".tf",)
_Target = TypeVar("_Target")
_SHOWN = 10  # names in one sentence; more are counted


@dataclass(frozen=True, slots=True)
class NodeGroupTarget:
    """The one node group to edit, and the file it is in."""

    file: HclFile
    group: NodeGroupSource


@dataclass(frozen=True, slots=True)
class VolumeTarget:
    """The one volume to remove, and all files of its Terraform module."""

    module: tuple[HclFile, ...]
    volume: VolumeSource


def locate_node_group(files: RepositoryFiles, resource: Resource) -> NodeGroupTarget:
    """The one place in Terraform that declares the node group, or SourceNotFound, or Refused."""
    found: list[NodeGroupTarget] = []
    readable, problems = _terraform(files)
    for file in readable:
        found += [NodeGroupTarget(file, each) for each in find_node_groups(file, resource.name)]
    found = _of_cluster(found, [target.file.path for target in found], resource.cluster)
    if not found:
        raise _not_found(f"node group {resource.name}", files, _TERRAFORM, problems)
    if len(found) > 1:
        places = [f"{t.file.path} line {t.group.line} ({t.group.place})" for t in found]
        raise _ambiguous(f"node group {resource.name}", places)
    return found[0]


def locate_volume(files: RepositoryFiles, opportunity: Opportunity) -> VolumeTarget:
    """The one Terraform block of the volume. One found by id goes before others by name."""
    resource = opportunity.resource
    names = frozenset({resource.name, *_name_tags(resource.cloud_tags, opportunity.tags)})
    readable, problems = _terraform(files)
    found: list[VolumeTarget] = []
    for module in _modules(readable):
        sources = find_volumes(module, resource.name, names)
        found += [VolumeTarget(module, source) for source in sources]
    found = [each for each in found if each.volume.is_by_id] or found
    if not found:
        raise _not_found(f"volume {resource.name}", files, _TERRAFORM, problems)
    if len(found) > 1:
        raise _ambiguous(f"volume {resource.name}", [each.volume.where for each in found])
    _refuse_unreadable_neighbours(found[0], files)
    return found[0]


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


def _of_cluster(found: list[_Target], paths: Sequence[str], cluster: str) -> list[_Target]:
    """Those in a folder named after the cluster, when it tells several apart."""
    pairs = zip(found, paths, strict=True)
    own = [each for each, path in pairs if cluster in PurePosixPath(path).parts[:-1]]
    return own if len(found) > 1 and own else found


def _terraform(files: RepositoryFiles) -> tuple[list[HclFile], list[str]]:
    parsed = [HclFile(path, source) for path, source in _searched(files, _TERRAFORM)]
    problems = [f"{file.path} is not readable as HCL" for file in parsed if not file.is_readable]
    return [file for file in parsed if file.is_readable], problems


def _modules(files: Sequence[HclFile]) -> list[tuple[HclFile, ...]]:
    """Terraform's modules: the files of one folder."""
    folders: dict[str, list[HclFile]] = {}
    for file in files:
        folders.setdefault(str(PurePosixPath(file.path).parent), []).append(file)
    return [tuple(module) for module in folders.values()]


def _refuse_unreadable_neighbours(target: VolumeTarget, files: RepositoryFiles) -> None:
    """A file of the same module that cannot be read may use the volume."""
    label = target.volume.block.labels[-1].encode()
    read = {file.path for file in target.module}
    folder = PurePosixPath(target.volume.file.path).parent
    for path, source in files.files.items():
        is_terraform = path.endswith((".tf", ".tf.json"))
        is_neighbour = path not in read and PurePosixPath(path).parent == folder
        if is_terraform and is_neighbour and label in source:
            raise Refused(
                f"{path} could not be read and mentions {label.decode()}, so removing "
                f"{target.volume.where} is not safe; repair that file first."
            )


def _name_tags(*tags: Mapping[str, str]) -> list[str]:
    return [each["Name"] for each in tags if each.get("Name")]


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
