"""Values of charts that are not in the repository: places a person may pick, never a guess."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity
from finops.edits.gitops.deployers import Deployment
from finops.edits.gitops.sites import Holder, holders
from finops.edits.gitops.source_index import SourceIndex
from finops.edits.pieces import Piece
from finops.edits.results import Candidate
from finops.edits.slots import Slot, slots_of
from finops.edits.yaml_splice import edit_container
from finops.edits.yaml_tree import UnreadableYaml, parse_yaml

_YAML = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class UnseenOption:
    """One mapping of values that holds the current values of all changes."""

    candidate: Candidate
    pieces: tuple[Piece, ...]
    problem: str


def unseen_options(
    index: SourceIndex, unseen: Sequence[object], opportunity: Opportunity
) -> list[UnseenOption]:
    """The mappings in the values of releases that may have made the container."""
    deployments = [each for each in unseen if isinstance(each, Deployment)]
    wanted = [each for each in deployments if _may_make(each, opportunity)]
    found: dict[str, UnseenOption] = {}
    for deployment in wanted:
        for slot in _slots(index, deployment):
            for holder in holders([slot]):
                if deployment.below and not set(deployment.below) & set(holder.source.path):
                    continue
                option = _option(holder, deployment, opportunity)
                if option is not None:
                    found.setdefault(option.candidate.choice, option)
    return list(found.values())


def _may_make(deployment: Deployment, opportunity: Opportunity) -> bool:
    """Whether the release may have made the workload: by its labels, else by its name."""
    resource, (release, namespace) = opportunity.resource, deployment.release
    labels = set(opportunity.tags.values())
    # A chart that no deployer names is tried under the workload's own name, which proves nothing.
    called = deployment.called or (release,)
    is_named = release in labels or any(name and name in resource.name for name in called)
    return is_named and namespace in ("", resource.namespace or namespace)


def _slots(index: SourceIndex, deployment: Deployment) -> Iterator[Slot]:
    """The files that may hold the release's values: its own object, patches of it, value files."""
    layers = {layer.path for layer in deployment.layers if layer.path}
    name = deployment.name.rpartition("/")[2].rpartition(" ")[2].encode()
    kind = deployment.name.partition(" ")[0].encode()
    for path in sorted(index.files):
        source = index.files[path] if path.endswith(_YAML) else b""
        is_object = kind[:1].isupper() and kind in source and name in source
        is_object = is_object and b"values" in source
        if path in layers or is_object:
            try:
                yield from slots_of(path, parse_yaml(source))
            except UnreadableYaml:
                continue


def _option(
    holder: Holder, deployment: Deployment, opportunity: Opportunity
) -> UnseenOption | None:
    if any(change.setting.is_beside_resources for change in opportunity.changes):
        return None
    try:
        edit = edit_container(holder.slot.file, holder.source, opportunity.changes)
    except Refused:
        return None
    problem = next(iter(deployment.problems), "its chart is not here")
    words = f"line {holder.line} ({deployment.name})"
    note = (
        f"{problem}, so it could not be rendered here; a person picked the place. Look at what "
        "the deployer makes of it before you merge."
    )
    candidate = Candidate(holder.path, holder.place, words, note=note)
    return UnseenOption(candidate, (Piece(holder.slot, edit),), problem)
