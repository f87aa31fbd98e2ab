"""Which files a Kustomize overlay reads, found without running it: for closures and for roots."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import normpath

from finops.edits.gitops.plain import Plain, at, mappings_at, plain_documents, text_at, texts_at

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_REMOTE = re.compile(r"^(?:[a-z][a-z0-9+.-]*://|git@|[\w.-]+\.[a-z]{2,}[/:]|git::)|\?ref=", re.I)
_FOLDER_KEYS = ("resources", "bases", "components")
_FILE_KEYS = ("configurations", "crds")
_MIXED_KEYS = ("transformers", "generators", "validators", "patchesStrategicMerge")
_PATH_KEYS = ("patches", "patchesJson6902", "replacements")
_HELM_KEYS = ("helmCharts", "helmChartInflationGenerator")
_GENERATOR_KEYS = ("configMapGenerator", "secretGenerator")


@dataclass(frozen=True, slots=True)
class Reach:
    """What rendering a folder reads: files, folders with a kustomization, and sentences of what
    cannot be read here. `stubs` are inputs of generators that are not here (encrypted or binary
    files): they decide no request, so empty files stand in for them.
    """

    files: frozenset[str]
    folders: frozenset[str]
    problems: tuple[str, ...] = ()
    stubs: frozenset[str] = frozenset()


class KustomizeGraph:
    """All kustomizations of a repository and what they lead to."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._file_of = _kustomizations(files)
        self._read: dict[str, Plain] = {}
        self._reaches: dict[str, Reach] = {}
        self._folders: frozenset[str] | None = None

    @property
    def folders(self) -> Mapping[str, str]:
        """The kustomization file of each folder that has one."""
        return self._file_of

    def document(self, folder: str) -> Plain:
        """The kustomization of a folder as plain values."""
        if folder not in self._read:
            documents = plain_documents(self._files[self._file_of[folder]])
            self._read[folder] = documents[0] if documents else None
        return self._read[folder]

    def is_component(self, folder: str) -> bool:
        """Whether a folder holds a Component, which is deployed only as part of another."""
        return text_at(self.document(folder), "kind") == "Component"

    def reach(self, folder: str) -> Reach:
        """Everything that rendering the folder reads, with the kustomizations below it."""
        if folder not in self._reaches:
            walk = _Walk(self)
            walk.enter(folder)
            self._reaches[folder] = Reach(
                frozenset(walk.files),
                frozenset(walk.folders),
                tuple(walk.problems),
                frozenset(walk.stubs),
            )
        return self._reaches[folder]

    def holds(self, path: str) -> bool:
        """Whether the commit has such a file."""
        return path in self._files

    def roots(self) -> list[str]:
        """The folders that no other kustomization includes, components left out."""
        included = {
            child
            for folder in self._file_of
            for path in self.references(folder)
            if (child := joined(folder, path)) is not None
            if child in self._file_of
        }
        return sorted(
            each for each in self._file_of if each not in included and not self.is_component(each)
        )

    def inputs(self, folder: str) -> Iterator[str]:
        """The files whose contents its generators put into ConfigMaps and Secrets."""
        return _generated(self.document(folder))

    def references(self, folder: str) -> Iterator[str]:
        """Every path that the kustomization of a folder names, as it names it."""
        document = self.document(folder)
        for key in (*_FOLDER_KEYS, *_FILE_KEYS):
            yield from texts_at(document, key)
        for key in _MIXED_KEYS:
            yield from (text for text in texts_at(document, key) if "\n" not in text)
        for key in _PATH_KEYS:
            yield from (
                path for each in mappings_at(document, key) if (path := text_at(each, "path"))
            )
        if path := text_at(document, "openapi", "path"):
            yield path


class _Walk:
    """Collects what is read on the way down from one folder."""

    def __init__(self, graph: KustomizeGraph) -> None:
        self._graph = graph
        self.files: set[str] = set()
        self.folders: set[str] = set()
        self.problems: list[str] = []
        self.stubs: set[str] = set()

    def enter(self, folder: str) -> None:
        """Read a folder's kustomization and follow what it names."""
        if folder in self.folders:
            return
        self.folders.add(folder)
        own, document = self._graph.folders[folder], self._graph.document(folder)
        self.files.add(own)
        if not isinstance(document, dict):
            self.problems.append(f"{own} is not readable YAML")
            return
        if any(at(document, key) for key in _HELM_KEYS):
            self.problems.append(f"{own} inflates Helm charts, which kustomize would fetch")
        for path in self._graph.references(folder):
            self._follow(path, folder)
        for path in self._graph.inputs(folder):
            where = joined(folder, path)
            if where is not None:
                (self.files if self._graph.holds(where) else self.stubs).add(where)

    def _follow(self, path: str, folder: str) -> None:
        own, where = self._graph.folders[folder], joined(folder, path)
        if where is not None and where in self._graph.folders:
            self.enter(where)
        elif where is not None and self._graph.holds(where):
            self.files.add(where)
        elif _REMOTE.search(path):
            self.problems.append(f"{own} takes {path} from elsewhere, and nothing is fetched here")
        elif where is None:
            self.problems.append(f"{own} leaves the repository with {path}")
        else:
            self.problems.append(f"{own} names {path}, which is no readable file of this commit")


def joined(folder: str, path: str) -> str | None:
    """A path below a folder of the repository, or None when it leaves the repository."""
    if path.startswith("/"):
        return None
    where = normpath(f"{folder or '.'}/{path}")
    return None if where.startswith("..") else "" if where == "." else where


def _generated(document: Plain) -> Iterator[str]:
    for key in _GENERATOR_KEYS:
        for each in mappings_at(document, key):
            yield from (text.rpartition("=")[2] for text in texts_at(each, "files"))
            yield from texts_at(each, "envs")
            if path := text_at(each, "env"):
                yield path


def _kustomizations(files: Mapping[str, bytes]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in files:
        folder, _, name = path.rpartition("/")
        if name in NAMES and folder not in found:
            found[folder] = path
    return found
