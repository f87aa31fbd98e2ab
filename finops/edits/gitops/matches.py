"""Where the wanted container turns up in what a repository deploys, and who says so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from finops.domain.changes import Change
from finops.domain.opportunity import Opportunity, Resource
from finops.edits.autoscalers import TargetSource, find_targets
from finops.edits.gitops.rendering import Document, Rendering
from finops.edits.gitops.source_index import SourceIndex
from finops.edits.gitops.steps import HelmStep
from finops.edits.gitops.units import Unit
from finops.edits.setting_text import quantity_of
from finops.edits.yaml_source import ContainerSource, find_containers
from finops.edits.yaml_splice import setting_node
from finops.edits.yaml_tree import UnreadableYaml, YamlNode

_T = TypeVar("_T")
# Labels and annotations by which Argo CD, Helm and Flux mark what they deploy.
_RELEASE_KEYS = ("meta.helm.sh/release-name", "app.kubernetes.io/instance", "release")
_HINT_KEYS = {
    "argocd.argoproj.io/instance": "argocd",
    "app.kubernetes.io/instance": "argocd",
    "kustomize.toolkit.fluxcd.io/name": "flux",
    "helm.toolkit.fluxcd.io/name": "helmrelease",
    "meta.helm.sh/release-name": "helm",
}
_TRACKING = "argocd.argoproj.io/tracking-id"
_MAX_RELEASES = 3


@dataclass(frozen=True, slots=True)
class Match:
    """The wanted container as one unit deploys it."""

    unit: Unit
    rendering: Rendering
    index: int
    container: ContainerSource

    @property
    def document(self) -> Document:
        """The rendered object."""
        return self.rendering.documents[self.index]

    @property
    def identity(self) -> tuple[str, str, str]:
        """(kind, namespace, name) of the object."""
        return self.document.identity

    def leaf(self, change: Change) -> YamlNode | None:
        """The scalar that holds the setting in the rendered object."""
        return setting_node(self.container, change.setting)


@dataclass(frozen=True, slots=True)
class Search:
    """What was found, what could not be rendered, and charts that are not here."""

    matches: tuple[Match, ...]
    problems: tuple[str, ...] = ()
    unseen: tuple[object, ...] = ()


def search(index: SourceIndex, opportunity: Opportunity) -> Search:
    """Every unit that deploys the container."""
    resource = opportunity.resource
    matches: list[Match] = []
    problems: list[str] = []
    unseen: list[object] = []
    for unit in index.units:
        for tried in _as_releases(unit, opportunity):
            rendering = index.render(tried, resource.name)
            found = list(_matches(tried, rendering, resource))
            matches += found
            problems += rendering.problems
            unseen += rendering.unseen
            if found:
                break
    return Search(tuple(matches), tuple(dict.fromkeys(problems)), tuple(unseen))


def targets_in(
    rendering: Rendering, resource: Resource, change: Change
) -> list[tuple[int, TargetSource]]:
    """The autoscaler's targets in a rendering, with the index of the object."""
    found: list[tuple[int, TargetSource]] = []
    for number, document in enumerate(rendering.documents):
        if resource.name in document.text and "scaleTargetRef" in document.text:
            named = replace(resource, namespace=document.root_namespace or resource.namespace)
            found += [(number, each) for each in find_targets(document.file, named, change.setting)]
    holder = [each for each in found if each[1].autoscaler == change.holder]
    return holder or found


def hints_of(tags: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """The deployers that the object in the cluster says it comes from."""
    found = {(kind, tags[key]) for key, kind in _HINT_KEYS.items() if tags.get(key)}
    application = tags.get(_TRACKING, "").partition(":")[0]
    return frozenset(found | ({("argocd", application)} if application else set()))


def holds_current(match: Match, changes: Sequence[Change]) -> bool:
    """Whether the rendered values are those that the cluster shows."""
    for change in changes:
        if change.setting.is_beside_resources:
            continue
        leaf = match.leaf(change)
        found = quantity_of(change.setting, leaf.text) if leaf is not None else None
        if found != change.current and (leaf is not None or change.current is None):
            return False
    return True


def _matches(unit: Unit, rendering: Rendering, resource: Resource) -> Iterator[Match]:
    for number, document in enumerate(rendering.documents):
        if resource.name not in document.text or not _may_be_in(document, resource):
            continue
        try:
            found = find_containers(document.file, resource)
        except UnreadableYaml:
            continue
        yield from (Match(unit, rendering, number, each) for each in found)


def _may_be_in(document: Document, resource: Resource) -> bool:
    """An object without a namespace goes where its release does, if that is known."""
    own = document.root_namespace or document.namespace
    return own in ("", resource.namespace) or not resource.namespace


def _as_releases(unit: Unit, opportunity: Opportunity) -> Iterator[Unit]:
    """A chart that no deployer names may be installed under any name: those the labels say."""
    if not isinstance(unit.step, HelmStep):
        yield unit
        return
    tags, name = opportunity.tags, opportunity.resource.name
    named = [tags[key] for key in _RELEASE_KEYS if tags.get(key)]
    for release in list(dict.fromkeys([*named, unit.step.release, name]))[:_MAX_RELEASES]:
        step = replace(unit.step, release=release, namespace=opportunity.resource.namespace)
        yield replace(unit, step=step)
