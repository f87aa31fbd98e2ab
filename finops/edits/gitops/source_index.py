"""The index of one commit: what is plain, what is an overlay, a chart, an object of a deployer."""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from finops.edits.gitops.charts import ChartShelf
from finops.edits.gitops.deployers import is_deployer
from finops.edits.gitops.folders import Folders
from finops.edits.gitops.kustomize_graph import NAMES, KustomizeGraph
from finops.edits.gitops.plain import typed_documents
from finops.edits.gitops.rendering import Rendering
from finops.edits.gitops.steps import HelmStep, KustomizeStep, Layer, PlainStep, Repository, Step
from finops.edits.gitops.units import Focus, Unit, UnitRenderer, nested_steps
from finops.edits.results import SOURCE_TAG

_YAML = (".yaml", ".yml")
_DEPLOYER = re.compile(
    rb"^\s*kind:\s*[\"']?(HelmRelease|Application|ApplicationSet|Kustomization)\b", re.MULTILINE
)
_NAME = re.compile(rb"\bname:\s*[\"']?([A-Za-z0-9][\w.-]*)")
_VALUES_FILE = re.compile(r"(^|[._-])values([._-]|$)|^values", re.I)


# Steps with the names of the release or application that asks for them.
_Steps = list[tuple[Step, tuple[str, ...]]]


def _only(wanted: Step | None) -> Focus:
    """Render one step and nothing that it deploys in turn."""
    return lambda step, names: step == wanted


# What gives an object another name than its manifest: Kustomize, or a chart that is deployed.
_RENAMING = (b"namePrefix", b"nameSuffix", b"HelmRelease", b"Application")


class SourceIndex:
    """The structure of a repository at one commit. Contents are read only where they matter."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        folders = Folders(files)
        shelf = ChartShelf(files, folders)
        self.repository = Repository(files, KustomizeGraph(files), shelf, folders)
        self._units = UnitRenderer(self.repository)
        self._names: dict[str, frozenset[bytes]] = {}

    @cached_property
    def overlay_paths(self) -> frozenset[str]:
        """Every file that some overlay reads."""
        graph = self.repository.graph
        return frozenset().union(*(graph.reach(folder).files for folder in graph.folders))

    def is_plain(self, path: str) -> bool:
        """Whether a file is applied as it stands, as far as this repository tells."""
        return (
            path not in self.overlay_paths
            and not self.repository.charts.owns(path)
            and path.rpartition("/")[2] not in NAMES
        )

    @cached_property
    def deployer_objects(self) -> list[Unit]:
        """The objects of Argo CD and Flux that stand in files as they are."""
        return [
            Unit(path, number=number)
            for path in sorted(self.files)
            if path.endswith(_YAML) and not self.repository.charts.owns(path)
            if _DEPLOYER.search(self.files[path])
            for number, document in enumerate(typed_documents(self.files[path]))
            if is_deployer(document)
        ]

    @cached_property
    def pointing(self) -> list[str]:
        """The files in which people name the true source of what they declare."""
        sign = SOURCE_TAG.encode()
        return [p for p in sorted(self.files) if p.endswith(_YAML) and sign in self.files[p]]

    @cached_property
    def units(self) -> list[Unit]:
        """Everything that is deployed as a whole and has to be rendered to be known."""
        charted = {step.chart for step in self._all_steps if isinstance(step, HelmStep)}
        graph = self.repository.graph
        overlays = [
            Unit(graph.folders[folder], KustomizeStep(folder))
            for folder in graph.roots()
            if folder not in self._deployed_folders
        ]
        objects = [unit for unit in self.deployer_objects if unit.entry not in self.overlay_paths]
        charts = [
            unit
            for chart in self.repository.charts.folders
            if chart not in charted and not self._is_library(chart)
            for unit in self._chart_units(chart)
        ]
        return [*overlays, *objects, *charts]

    @cached_property
    def _all_steps(self) -> list[Step]:
        """Every step that an object of a deployer asks for, in a file or made by a chart."""
        return [step for each in self._leads.values() for step, _ in each]

    @cached_property
    def _deployed_folders(self) -> set[str]:
        """The overlays that are deployed from outside; one that deploys itself is a beginning."""
        reach = self.repository.graph.reach
        found: set[str] = set()
        for entry, steps in self._leads.items():
            for step, _ in steps:
                if isinstance(step, KustomizeStep) and entry not in reach(step.folder).files:
                    found.add(step.folder)
        return found

    def render(
        self,
        unit: Unit,
        name: str,
        *,
        edits: Mapping[str, bytes] | None = None,
        touching: Collection[str] = (),
    ) -> Rendering:
        """What a unit deploys that may be called so, or that reads one of the files `touching`."""
        touched = frozenset(touching)

        def focus(step: Step, names: Collection[str]) -> bool:
            if isinstance(step, PlainStep):
                return False
            paths = step.paths(self.repository)
            return bool(paths & touched) or self._may_lead_to(step, name, names, touched)

        files = self.repository.changed(edits) if edits else self.files
        return self._units.render(unit, files, focus)

    def render_anew(self, unit: Unit, name: str, *, touching: Collection[str]) -> Rendering:
        """Render the unchanged files once more, remembering nothing."""
        known, self._units = self._units, UnitRenderer(self.repository)
        try:
            return self.render(unit, name, touching=touching)
        finally:
            self._units = known

    def readers(self, paths: Collection[str]) -> list[Unit]:
        """The units whose rendering reads one of the files."""
        found = {number for path in paths for number in self._readers.get(path, ())}
        return [self.units[number] for number in sorted(found)]

    @cached_property
    def _readers(self) -> Mapping[str, list[int]]:
        """For each file the numbers of the units that read it.

        By what the files say before any overlay changes them.
        """
        found: dict[str, list[int]] = {}
        for number, unit in enumerate(self.units):
            for path in self._read_by(unit):
                found.setdefault(path, []).append(number)
        return found

    def _read_by(self, unit: Unit) -> set[str]:
        """The unit's own files, and those of everything that is deployed from them in turn."""
        own = unit.step.paths(self.repository) if unit.step is not None else frozenset[str]()
        read, open_ = {unit.entry, *own}, [unit.entry, *own]
        while open_:
            for step, _ in self._leads.get(open_.pop(), ()):
                more = step.paths(self.repository) - read
                read |= more
                open_ += more
        return read

    def plain_hints(self, path: str) -> frozenset[tuple[str, str]]:
        """The deployers that apply a plain file as it stands."""
        found: set[tuple[str, str]] = set()
        for unit in self.deployer_objects:
            for each in unit.deployments(self.repository, self.files):
                for step in each.steps:
                    if isinstance(step, PlainStep) and path in step.files:
                        found |= each.hints
        return frozenset(found)

    def _may_lead_to(
        self, step: Step, name: str, names: Collection[str], touched: frozenset[str]
    ) -> bool:
        """Whether the step, or what its deployers' objects deploy in turn, may make the object."""
        open_, seen = [(step, tuple(names))], {step}
        while open_:
            each, called = open_.pop()
            if self._may_make(each, name, called):
                return True
            for path in each.paths(self.repository):
                for child, child_names in self._leads.get(path, ()):
                    if child not in seen:
                        if child.paths(self.repository) & touched:
                            return True
                        seen.add(child)
                        open_.append((child, child_names))
        return False

    @cached_property
    def _steps_in(self) -> Mapping[str, _Steps]:
        """For each file the steps that the deployers' objects in it ask for, with their names."""
        found: dict[str, _Steps] = {}
        for unit in self.deployer_objects:
            for each in unit.deployments(self.repository, self.files):
                names = tuple(name for _, name in each.hints)
                found.setdefault(unit.entry, []).extend((step, names) for step in each.steps)
        return found

    def _may_make(self, step: Step, name: str, names: Collection[str]) -> bool:
        """Whether a step may make an object of that name, by what its files say.

        An overlay keeps the name of a manifest, unless it gives it a prefix or suffix. A chart
        makes a name of the release's, or of words in its values and templates.
        """
        releases = (step.release,) if isinstance(step, HelmStep) else ()
        if not name or any(each and each in name for each in (*names, *releases)):
            return True
        if isinstance(step, KustomizeStep) and self.repository.graph.reach(step.folder).problems:
            return True  # what is not here may make anything, and its reason is worth saying
        wanted = name.encode()
        paths = [path for path in step.paths(self.repository) if path in self.files]
        if isinstance(step, HelmStep):
            parts = [part for part in re.split(rb"[-.]", wanted) if len(part) > 2]
            needed = parts if len(parts) > 1 else [wanted]
            return all(any(part in self.files[path] for path in paths) for part in needed)
        known = {each for path in paths for each in self._names_in(path)}
        if wanted in known:
            return True
        is_renaming = "name" in getattr(step, "wrapper", "") or any(
            sign in self.files[path] for path in paths for sign in _RENAMING
        )
        return is_renaming and any(each in wanted for each in known)

    def _names_in(self, path: str) -> frozenset[bytes]:
        if path not in self._names:
            self._names[path] = frozenset(_NAME.findall(self.files[path]))
        return self._names[path]

    @cached_property
    def _leads(self) -> Mapping[str, _Steps]:
        """For each file what the deployers' objects in it, or made of it by a chart, ask for."""
        return {**self._steps_in, **self._templated_steps()}

    def _templated_steps(self) -> dict[str, _Steps]:
        """What the Applications and HelmReleases deploy that charts make (an app of apps)."""
        found: dict[str, _Steps] = {}
        for chart in self.repository.charts.folders:
            templates = [
                path
                for path in self.repository.charts.own_paths(chart)
                if "/templates/" in f"/{path}" and _DEPLOYER.search(self.files[path])
            ]
            if not templates:
                continue
            unit = Unit(templates[0], HelmStep(chart, self.repository.charts.name(chart), ""))
            made = self._units.render(unit, self.files, _only(unit.step))
            found[templates[0]] = nested_steps(made, self.repository)
        return found

    def _is_library(self, chart: str) -> bool:
        metadata = self.repository.charts.metadata(chart)
        return isinstance(metadata, dict) and metadata.get("type") == "library"

    def _chart_units(self, chart: str) -> Iterator[Unit]:
        """A chart that no deployer names: with its own values, and with each file beside them."""
        entry = f"{chart}/Chart.yaml" if chart else "Chart.yaml"
        name = self.repository.charts.name(chart)
        yield Unit(entry, HelmStep(chart, name, ""))
        for path in sorted(self.repository.charts.own_paths(chart)):
            if self._is_other_values(chart, path):
                yield Unit(path, HelmStep(chart, name, "", (Layer(path=path),)))

    def _is_other_values(self, chart: str, path: str) -> bool:
        inner = path.removeprefix(f"{chart}/")
        stem, _, suffix = inner.rpartition("/")[2].rpartition(".")
        is_inside = inner.startswith(("templates/", "charts/", "crds/"))
        is_values = suffix in ("yaml", "yml") and bool(_VALUES_FILE.search(stem))
        return is_values and not is_inside and inner not in ("values.yaml", "values.yml")
