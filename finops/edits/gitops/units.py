"""What a repository deploys as a whole, and rendering it with all that it deploys in turn."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from finops.edits.gitops.application_sets import applications_of
from finops.edits.gitops.deployers import (
    ConfigMaps,
    Deployment,
    application,
    deployments_of,
    is_deployer,
)
from finops.edits.gitops.plain import Plain, text_at, typed, typed_documents
from finops.edits.gitops.rendering import CannotRender, Document, Rendering, all_of
from finops.edits.gitops.steps import (
    HelmStep,
    KustomizeStep,
    Layer,
    PlainStep,
    Renderer,
    Repository,
    Step,
)
from finops.edits.yaml_tree import UnreadableYaml

# Flux's own folder, a cluster's, a team's, an application's, its HelmRelease: five.
_MAX_DEPTH = 6
_DEPLOYERS = ("HelmRelease", "Application", "kustomize.toolkit.fluxcd.io")
_CARRIERS = ("HelmRelease", "Application", "ApplicationSet", "Kustomization")
_SIGNS = (*(f"kind: {kind}" for kind in _CARRIERS), "kind: ConfigMap")


class Focus(Protocol):
    """Says whether a step has to be rendered; one that has not is left out."""

    def __call__(self, step: Step, names: Collection[str]) -> bool:
        """Whether the step matters; `names` are those of the release or application."""
        ...


@dataclass(frozen=True, slots=True)
class Unit:
    """Something deployed as a whole. `entry` is the file that people know it by.

    It is one step, or the deployer's object that is the document `number` of the file.
    """

    entry: str
    step: Step | None = None
    number: int = 0

    def deployments(self, repository: Repository, files: Mapping[str, bytes]) -> list[Deployment]:
        """What it deploys, read anew from these files."""
        if self.step is not None:
            clues = _words(self.step)
            return [Deployment(self.step.name, (self.step,), clues=clues)]
        documents = typed_documents(files[self.entry])
        if self.number >= len(documents):
            return []
        configured = _config_maps_in(files, self.entry)
        return deployed_by(documents[self.number], repository, configured)


def deployed_by(
    document: Plain, repository: Repository, config_maps: ConfigMaps
) -> list[Deployment]:
    """What a deployer's object deploys, an ApplicationSet expanded."""
    if text_at(document, "kind") != "ApplicationSet":
        return list(deployments_of(document, repository, config_maps))
    applications, problems = applications_of(document, repository)
    found = [application(each, repository) for each in applications]
    if problems:
        found.append(
            Deployment(text_at(document, "metadata", "name"), (), problems=tuple(problems))
        )
    return found


class UnitRenderer:
    """Renders units of one repository, each step once for the same bytes."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self._renderer = Renderer(repository)
        self._deployed_by: dict[Unit, list[Deployment]] = {}

    def render(self, unit: Unit, files: Mapping[str, bytes], focus: Focus) -> Rendering:
        """All documents of a unit that the focus asks for, and the reasons for what is not."""
        deployments = self._deployments(unit, files)
        found = [self._deployment(each, files, focus, ()) for each in deployments]
        whole = all_of(found)
        entry = frozenset({unit.entry}) if unit.step is None else frozenset[str]()
        return replace(whole, paths=whole.paths | entry)

    def _deployments(self, unit: Unit, files: Mapping[str, bytes]) -> list[Deployment]:
        """What a unit deploys; read once for the files of the commit itself."""
        if files is not self.repository.files:
            return unit.deployments(self.repository, files)
        if unit not in self._deployed_by:
            self._deployed_by[unit] = unit.deployments(self.repository, files)
        return self._deployed_by[unit]

    def _deployment(
        self,
        deployment: Deployment,
        files: Mapping[str, bytes],
        focus: Focus,
        around: tuple[Step, ...],
    ) -> Rendering:
        names = {deployment.name.rpartition(" ")[2], *(name for _, name in deployment.hints)}
        parts: list[Rendering] = []
        if deployment.problems:
            parts.append(Rendering((), problems=deployment.problems, unseen=(deployment,)))
        for step in deployment.steps:
            # A cluster's folder that holds the object which deploys it would never end.
            is_wanted = step not in around and focus(step, names)
            parts += self._absent(step, deployment, is_wanted=is_wanted)
            if is_wanted:
                parts.append(self._step(step, deployment, files, focus, around))
        return all_of(parts)

    def _absent(self, step: Step, deployment: Deployment, *, is_wanted: bool) -> list[Rendering]:
        """The charts from elsewhere that a chart of this repository depends on.

        What they make may be called anything, so they count whatever the focus; only what the
        focus asks for is worth a word where nothing is found.
        """
        charts = self.repository.charts
        missing = charts.missing_dependencies(step.chart) if isinstance(step, HelmStep) else []
        if not missing or not isinstance(step, HelmStep):
            return []
        own = f"{step.chart}/values.yaml" if step.chart else "values.yaml"
        layers = (Layer(path=own), *step.layers)
        said = ", ".join(f"{each.name} from {each.repository}" for each in missing)
        unseen = replace(
            deployment,
            problems=(f"{step.name} depends on {said}, which is not here as files",),
            release=(step.release, step.namespace),
            layers=tuple(each for each in layers if each.path in self.repository.files),
            below=tuple(each.key for each in missing),
            called=(charts.name(step.chart), *(each.name for each in missing)),
        )
        problems = unseen.problems if is_wanted else ()
        return [Rendering((), problems=problems, unseen=(unseen,))]

    def _step(  # noqa: PLR0917 - the state of one run
        self,
        step: Step,
        deployment: Deployment,
        files: Mapping[str, bytes],
        focus: Focus,
        around: tuple[Step, ...],
    ) -> Rendering:
        paths = frozenset(step.paths(self.repository))
        try:
            made = self._renderer.render(step, files)
        except CannotRender as error:
            return Rendering((), paths, (f"{step.name}: {error}",))
        clues = deployment.clues | _words(step)
        documents = tuple(
            replace(each, hints=each.hints | deployment.hints, clues=each.clues | clues)
            for each in made
        )
        own = Rendering(documents, paths, carriers=_carriers(documents))
        if len(around) >= _MAX_DEPTH or isinstance(step, PlainStep):
            return own
        nested = [
            self._deployment(each, files, focus, (*around, step))
            for document in documents
            for each in self._deployed(document, documents)
        ]
        return all_of([own, *nested])

    def _deployed(self, document: Document, documents: Sequence[Document]) -> Iterator[Deployment]:
        for value in _deployer_in(document):
            yield from deployed_by(value, self.repository, _config_maps_of(documents))


def nested_steps(
    rendering: Rendering, repository: Repository
) -> list[tuple[Step, tuple[str, ...]]]:
    """The steps of the deployers' objects in a rendering, with the names of each."""
    found: list[tuple[Step, tuple[str, ...]]] = []
    for document in rendering.documents:
        for value in _deployer_in(document):
            configured = _config_maps_of(rendering.documents)
            for each in deployed_by(value, repository, configured):
                names = tuple(name for _, name in each.hints)
                found += [(step, names) for step in each.steps]
    return found


def _deployer_in(document: Document) -> list[Plain]:
    """The object as plain values if it is one of a deployer that is rendered further."""
    if not any(kind in document.text for kind in _DEPLOYERS):
        return []
    try:
        root = document.root
        value = typed(document.file, root) if root is not None else None
    except UnreadableYaml:
        return []
    return [value] if is_deployer(value) else []


def _carriers(documents: Sequence[Document]) -> frozenset[int]:
    """Where chart values stand that are rendered further."""
    sources = [each.text for each in documents if "valuesFrom:" in each.text]
    return frozenset(
        index
        for index, each in enumerate(documents)
        if any(sign in each.text for sign in _SIGNS)
        and (
            each.identity[0] in _CARRIERS
            or (each.identity[0] == "ConfigMap" and any(each.identity[2] in s for s in sources))
        )
    )


def _config_maps_of(documents: Sequence[Document]) -> ConfigMaps:
    def text(namespace: str, name: str, key: str) -> str | None:
        for each in documents:
            is_it = "kind: ConfigMap" in each.text and each.identity[2] == name
            if is_it and each.identity[1] in ("", namespace) and each.root:
                return each.root.text_at("data", key) or None
        return None

    return text


def _config_maps_in(files: Mapping[str, bytes], beside: str) -> ConfigMaps:
    """ConfigMaps written as manifests in the folder of the deployer's object."""
    folder = beside.rpartition("/")[0]

    def text(namespace: str, name: str, key: str) -> str | None:
        for path in files:
            if path.rpartition("/")[0] != folder or not path.endswith((".yaml", ".yml")):
                continue
            if b"ConfigMap" not in files[path] or name.encode() not in files[path]:
                continue
            for each in typed_documents(files[path]):
                is_it = text_at(each, "kind") == "ConfigMap"
                is_it = is_it and text_at(each, "metadata", "name") == name
                if is_it and text_at(each, "metadata", "namespace") in ("", namespace):
                    return text_at(each, "data", key) or None
        return None

    return text


def _words(step: Step) -> frozenset[str]:
    """Folder names and stems of values files: a cluster's name may be among them."""
    if isinstance(step, KustomizeStep):
        return frozenset(step.folder.split("/"))
    if isinstance(step, HelmStep):
        found: set[str] = set()
        for layer in step.layers:
            *folders, name = layer.path.split("/")
            stem = name.rpartition(".")[0]
            found |= {*folders, stem, stem.removeprefix("values-"), stem.removeprefix("values.")}
        return frozenset(found - {""})
    return frozenset()
