"""Which place decides each setting of a container in one unit, found by marking and rendering."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from finops.domain.changes import Change, Setting
from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity
from finops.edits.gitops.marking import marked_all
from finops.edits.gitops.matches import Match, targets_in
from finops.edits.gitops.rendering import Rendering
from finops.edits.gitops.sites import Holder, Site, holders, literals, template_lines
from finops.edits.gitops.source_index import SourceIndex
from finops.edits.gitops.template_holders import TemplateHolder, template_holders
from finops.edits.heaps import heap_words
from finops.edits.setting_text import quantity_of, unit_of
from finops.edits.slots import Slot, slots_of
from finops.edits.yaml_source import ContainerSource, containers_of, find_containers
from finops.edits.yaml_splice import setting_node, words_of
from finops.edits.yaml_tree import Path, UnreadableYaml, parse_yaml

_SOURCES = (".yaml", ".yml", ".json")
_TEMPLATES = (".yaml", ".yml", ".tpl")
# With one rendering a place; marking needs one for all, so this is the way for odd charts only.
_MAX_SINGLE = 24
_MAX_SOURCE_BYTES = 5 * 1024**2


@dataclass(frozen=True, slots=True)
class Decider:
    """The place that decides one change. A Holder decides a setting that is not written yet."""

    change: Change
    site: Site

    @property
    def is_new(self) -> bool:
        """Whether the setting is added."""
        return isinstance(self.site, Holder | TemplateHolder)


@dataclass(frozen=True, slots=True)
class RenderedLeaf:
    """Where a setting stands in the rendered object."""

    identity: tuple[str, str, str]
    path: Path
    text: str | None


class Deciding:
    """Finds the deciding places of one match. Sources are read once."""

    def __init__(self, index: SourceIndex, match: Match, opportunity: Opportunity) -> None:
        self._index = index
        self._match = match
        self._opportunity = opportunity
        self._slots: list[Slot] | None = None
        # What takes one setting takes the others of the container too; the proof says if not.
        self._taken: Site | None = None

    def decide(self, changes: Sequence[Change]) -> list[Decider]:
        """The place that decides each change. Refused where none does."""
        together = self._together(changes)
        return [together.get(change.setting) or self._alone(change) for change in changes]

    def _together(self, changes: Sequence[Change]) -> dict[Setting, Decider]:
        """What one rendering tells: every literal that may decide any change has its own mark."""
        leaves = {each.setting: self.leaf(self._match.rendering, each) for each in changes}
        by_unit: dict[str, tuple[Setting, list[Site]]] = {}
        for change in changes:
            leaf = leaves[change.setting]
            if leaf is not None and leaf.text is not None:
                unit = unit_of(change.setting)
                sites = by_unit.setdefault(unit, (change.setting, []))[1]
                known = {site.key for site in sites}
                found = self._literals(change, leaf.text)
                sites += [site for site in found if site.key not in known]
        if not by_unit:
            return {}
        found_marks = marked_all(self._index.files, list(by_unit.values()))
        rendering = self._rendered(found_marks.files)
        decided: dict[Setting, Decider] = {}
        for change in changes:
            site = found_marks.sites.get(self._value(rendering, change) or -1)
            if site is not None and leaves[change.setting] is not None:
                decided[change.setting] = Decider(change, site)
        return decided

    def _alone(self, change: Change) -> Decider:
        leaf = self.leaf(self._match.rendering, change)
        if leaf is None and change.setting is Setting.HEAP:
            raise Refused(
                f"{self._match.unit.entry} does not name one heap of "
                f"{self._opportunity.resource.label} by -Xmx, so heap and memory cannot be "
                "changed together."
            )
        if leaf is None:
            raise Refused(
                f"{self._match.unit.entry} has no autoscaler with a "
                f"{'CPU' if 'cpu' in change.setting else 'memory'} target for "
                f"{self._opportunity.resource.label}, so its target cannot move with the request."
            )
        sites = self._holders() if leaf.text is None else self._literals(change, leaf.text)
        site = self._marking(change, sites, is_new=leaf.text is None)
        if site is None:
            raise Refused(self._nowhere(change, leaf, sites))
        return Decider(change, site)

    def leaf(self, rendering: Rendering, change: Change) -> RenderedLeaf | None:
        """Where the setting stands in a rendering of the same unit; its text is None when unset."""
        if change.setting.is_hpa_target:
            return _target_leaf(rendering, self._opportunity, change)
        container = self.container(rendering)
        if container is None:
            return None
        if change.setting is Setting.HEAP:
            return _heap_leaf(self._match.identity, container)
        node = setting_node(container, change.setting)
        text = None if node is None else node.text
        return RenderedLeaf(self._match.identity, container.path, text)

    def container(self, rendering: Rendering) -> ContainerSource | None:
        """The container in a rendering of the same unit."""
        resource = self._opportunity.resource
        for document in rendering.documents:
            if resource.name in document.text and document.identity == self._match.identity:
                for each in find_containers(document.file, resource):
                    if each.path == self._match.container.path:
                        return each
        return None

    def _marking(self, change: Change, sites: Sequence[Site], *, is_new: bool) -> Site | None:
        """The site whose mark comes out; each alone where all together do not render."""
        if is_new and self._taken is not None:
            return self._taken
        if not sites:
            return None
        found = marked_all(self._index.files, [(change.setting, sites)])
        shown = self._value(self._rendered(found.files), change)
        site = found.sites.get(shown or -1)
        if site is None:
            single = (each for each in sites[:_MAX_SINGLE] if self._is_shown(change, each))
            site = next(single, None)
        if is_new:
            self._taken = site
        return site

    def _is_shown(self, change: Change, site: Site) -> bool:
        alone = marked_all(self._index.files, [(change.setting, [site])])
        return self._value(self._rendered(alone.files), change) in alone.sites

    def _rendered(self, edits: Mapping[str, bytes]) -> Rendering:
        """The unit with these files exchanged."""
        name = self._opportunity.resource.name
        return self._index.render(self._match.unit, name, edits=edits, touching=edits)

    def _value(self, rendering: Rendering, change: Change) -> int | None:
        """The value of the setting in a rendering."""
        try:
            leaf = self.leaf(rendering, change)
        except UnreadableYaml:
            return None
        return None if leaf is None or leaf.text is None else quantity_of(change.setting, leaf.text)

    def _literals(self, change: Change, text: str) -> list[Site]:
        value = quantity_of(change.setting, text)
        if value is None:
            return []
        found = literals(self._sources(), change.setting, value)
        for path in self._paths():
            if self._is_template(path):
                found += template_lines(path, self._index.files[path], change.setting, value)
        return found

    def _holders(self) -> list[Site]:
        return [*self._container_holders(), *self._value_holders(), *self._template_holders()]

    def _container_holders(self) -> Iterator[Site]:
        """The container in bases and patches, whatever prefix the overlay gives its object."""
        resource = self._opportunity.resource
        for slot in self._sources():
            for source in containers_of(slot.file):
                names = [node.text_at("metadata", "name") for node in source.trail]
                is_object = bool(slot.at) or any(n and n in resource.name for n in names)
                if source.name == self._match.container.name and is_object:
                    yield Holder(slot, source)

    def _value_holders(self) -> Iterator[Site]:
        for slot in self._sources():
            if not any(root.get("kind") for root in slot.file.documents) or any(
                root.text_at("kind") in _WITH_VALUES for root in slot.file.documents
            ):
                yield from holders([slot])

    def _template_holders(self) -> Iterator[Site]:
        """Templates with braces, where the container has no resources that these would double."""
        if self._match.container.node.get("resources") is None:
            for path in self._paths():
                if self._is_template(path):
                    yield from template_holders(path, self._index.files[path])

    def _sources(self) -> list[Slot]:
        if self._slots is None:
            self._slots = [
                slot
                for path in self._paths()
                if path.endswith(_SOURCES) and not self._is_template(path)
                for slot in self._read(path)
            ]
        return self._slots

    def _read(self, path: str) -> list[Slot]:
        try:
            return slots_of(path, parse_yaml(self._index.files[path]))
        except UnreadableYaml:
            return []

    def _paths(self) -> list[str]:
        files = self._index.files
        return [
            path
            for path in sorted(self._match.rendering.paths)
            if path in files
            and len(files[path]) <= _MAX_SOURCE_BYTES
            and "/crds/" not in path
            and path.endswith((*_SOURCES, *_TEMPLATES))
        ]

    def _is_template(self, path: str) -> bool:
        """Whether it is no YAML until Helm fills it in; one without braces is as it stands."""
        charts = self._index.repository.charts
        is_in_chart = "/templates/" in f"/{path}" and charts.chart_of(path) is not None
        return is_in_chart and b"{{" in self._index.files[path]

    def _nowhere(self, change: Change, leaf: RenderedLeaf, sites: Sequence[Site]) -> str:
        label, words = self._opportunity.resource.label, words_of(change.setting)
        if leaf.text is None:
            return (
                f"{label} does not set the {words} in {self._match.unit.entry}, and no place was "
                "found where adding it reaches the container; add it by hand."
            )
        tried = f"{len(sites)} places hold it" if sites else "no file of it holds that value"
        return (
            f"{self._match.document.origin} gives {label} the {words} {leaf.text}, "
            f"but {tried} and none decides it alone: it is computed, or comes from elsewhere. "
            "Edit it by hand."
        )


_WITH_VALUES = ("HelmRelease", "Application", "ApplicationSet")


def _heap_leaf(identity: tuple[str, str, str], container: ContainerSource) -> RenderedLeaf | None:
    found = heap_words(container)
    if len(found) != 1:
        return None
    path, trail = found[0]
    return RenderedLeaf(identity, path, trail[-1].text)


def _target_leaf(
    rendering: Rendering, opportunity: Opportunity, change: Change
) -> RenderedLeaf | None:
    found = targets_in(rendering, opportunity.resource, change)
    if len(found) != 1:
        return None
    number, target = found[0]
    return RenderedLeaf(rendering.documents[number].identity, target.path, target.node.text)
