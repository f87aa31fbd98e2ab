"""One rendering each: an overlay, a chart with its values, or manifests as they are."""

import json
import re
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from finops.edits.gitops.charts import ChartShelf
from finops.edits.gitops.folders import Folders
from finops.edits.gitops.kustomize_graph import KustomizeGraph
from finops.edits.gitops.plain import typed_documents
from finops.edits.gitops.rendering import CannotRender, Document, documents_of
from finops.edits.gitops.tools import Release, run_helm, run_kustomize
from finops.edits.gitops.values import merged, with_parameter

_VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)(?::?[=-]([^}]*))?\}")
_WRAPPER = ".finops-overlay"


@dataclass(frozen=True, slots=True)
class Repository:
    """A commit's files with what is known of their structure."""

    files: Mapping[str, bytes]
    graph: KustomizeGraph
    charts: ChartShelf
    folders: Folders

    def changed(self, edits: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """The files with some of them exchanged."""
        return ChainMap(dict(edits), self.files)  # type: ignore[arg-type]  # only read from


@dataclass(frozen=True, slots=True)
class KustomizeStep:
    """A folder's overlay; `wrapper` is what a deployer lays over it, as JSON of a kustomization."""

    folder: str
    wrapper: str = ""
    substitutions: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """How people call it."""
        return f"kustomize {self.folder or '.'}"

    def paths(self, repository: Repository) -> frozenset[str]:
        """Every file that it reads."""
        return repository.graph.reach(self.folder).files

    def render(self, repository: Repository, files: Mapping[str, bytes]) -> list[Document]:
        """The documents. Raises CannotRender with the reason."""
        reach = repository.graph.reach(self.folder)
        if reach.problems:
            raise CannotRender("; ".join(reach.problems[:3]))
        added = dict.fromkeys(reach.stubs, b"")
        folder = self.folder
        if self.wrapper:
            added[f"{_WRAPPER}/kustomization.yaml"] = self.wrapper.encode()
            folder = _WRAPPER
        paths = reach.files | added.keys()
        files = ChainMap(added, files)  # type: ignore[arg-type]  # only read from
        documents = run_kustomize(files, paths, folder, origin=self.name)
        return [_substituted(each, dict(self.substitutions)) for each in documents]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a chart's values: a file, values written inline as JSON, or one parameter."""

    path: str = ""
    inline: str = ""
    parameter: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class HelmStep:
    """A chart of this repository with its layers of values, the last one wins."""

    chart: str
    release: str
    namespace: str
    layers: tuple[Layer, ...] = ()

    @property
    def name(self) -> str:
        """How people call it."""
        files = ", ".join(layer.path for layer in self.layers if layer.path)
        return f"chart {self.chart}" + (f" with {files}" if files else "")

    def paths(self, repository: Repository) -> frozenset[str]:
        """Every file that it reads."""
        layers = {layer.path for layer in self.layers if layer.path}
        return repository.charts.paths(self.chart) | layers

    def render(self, repository: Repository, files: Mapping[str, bytes]) -> list[Document]:
        """The documents. Raises CannotRender with the reason."""
        values: dict[str, Any] = {}
        for layer in self.layers:
            values = _laid(values, layer, files)
        charted = repository.charts.with_dependencies(self.chart, files)
        release = Release(self.chart, self.release, self.namespace or "default", values)
        return run_helm(charted, charted.keys(), [release])[0]


@dataclass(frozen=True, slots=True)
class PlainStep:
    """Manifests that are applied as they stand."""

    label: str
    files: tuple[str, ...]
    substitutions: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """How people call it."""
        return f"manifests in {self.label or '.'}"

    def paths(self, repository: Repository) -> frozenset[str]:
        """Every file that it reads."""
        del repository
        return frozenset(self.files)

    def render(self, repository: Repository, files: Mapping[str, bytes]) -> list[Document]:
        """The documents of all files."""
        del repository
        found: list[Document] = []
        for path in self.files:
            found += documents_of(files[path].decode("utf-8-sig", "replace"), path)
        return [_substituted(each, dict(self.substitutions)) for each in found]


Step = KustomizeStep | HelmStep | PlainStep


class Renderer:
    """Renders steps of one repository; what was rendered from the same bytes is not again."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self._known: dict[tuple[Step, tuple[int, ...]], list[Document] | CannotRender] = {}

    def render(self, step: Step, files: Mapping[str, bytes]) -> Sequence[Document]:
        """The documents of a step. Raises CannotRender with the reason."""
        paths = sorted(step.paths(self.repository))
        key = step, tuple(hash(files[path]) for path in paths)
        if key not in self._known:
            try:
                self._known[key] = step.render(self.repository, files)
            except CannotRender as error:
                self._known[key] = error.with_traceback(None)
        found = self._known[key]
        if isinstance(found, CannotRender):
            raise CannotRender(str(found))
        return found


def _laid(values: dict[str, Any], layer: Layer, files: Mapping[str, bytes]) -> dict[str, Any]:
    if layer.parameter is not None:
        return with_parameter(values, *layer.parameter)
    if layer.inline:
        return merged(values, json.loads(layer.inline))
    documents = typed_documents(files[layer.path])
    if documents and documents[0] is not None and not isinstance(documents[0], dict):
        raise CannotRender(f"{layer.path} holds no values")
    return merged(values, documents[0] or {}) if documents else values


def _substituted(document: Document, variables: Mapping[str, str]) -> Document:
    """Flux puts variables in after kustomize; unknown ones stay, so no quantity is read there."""
    if not variables:
        return document

    def value(match: re.Match[str]) -> str:
        return variables.get(match[1], match[2] if match[2] is not None else match[0])

    return Document(_VARIABLE.sub(value, document.text), document.origin, document.namespace)


def walk_layers(steps: Sequence[Step]) -> Iterator[Layer]:
    """All layers of all chart steps."""
    for step in steps:
        if isinstance(step, HelmStep):
            yield from step.layers
