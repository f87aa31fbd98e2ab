"""The Helm charts of a repository: their files, their dependencies, their other values files."""

from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import normpath

from finops.edits.gitops.folders import Folders, parents
from finops.edits.gitops.plain import Plain, mappings_at, plain_documents, text_at

CHART_FILE = "Chart.yaml"
_OWN_FOLDERS = ("templates/", "charts/", "crds/", "files/", "ci/")

# A chart at the root of a repository has the whole repository below it.
_MAX_FILES = 2_000


@dataclass(frozen=True, slots=True)
class Dependency:
    """A chart that another depends on; `key` is where its values stand in the other's."""

    name: str
    key: str
    repository: str


class ChartShelf:
    """All charts that are not inside another chart."""

    def __init__(self, files: Mapping[str, bytes], folders: Folders) -> None:
        self._files = files
        self._tree = folders
        self._all = {
            path.rpartition("/")[0] for path in files if path.rpartition("/")[2] == CHART_FILE
        }
        self._folders = sorted(each for each in self._all if not self._is_inside(each))
        self._paths: dict[str, frozenset[str]] = {}
        self._metadata: dict[str, Plain] = {}

    @property
    def folders(self) -> list[str]:
        """The folder of each chart."""
        return self._folders

    def __contains__(self, folder: object) -> bool:
        """Whether the folder is a chart, be it inside another."""
        return folder in self._all

    def metadata(self, chart: str) -> Plain:
        """What Chart.yaml says."""
        if chart not in self._metadata:
            documents = plain_documents(self._files[_below(chart, CHART_FILE)])
            self._metadata[chart] = documents[0] if documents else {}
        return self._metadata[chart]

    def name(self, chart: str) -> str:
        """The chart's name."""
        return text_at(self.metadata(chart), "name") or chart.rpartition("/")[2]

    def own_paths(self, chart: str) -> frozenset[str]:
        """The files below the chart's folder."""
        if chart not in self._paths:
            paths = self._tree.below(chart)
            if len(paths) > _MAX_FILES:
                paths = [path for path in paths if self.owns(path)]
            self._paths[chart] = frozenset(paths)
        return self._paths[chart]

    def paths(self, chart: str) -> frozenset[str]:
        """Every file that rendering it reads, those of neighbours it depends on too."""
        found = set(self.own_paths(chart))
        for _, folder in self._neighbours(chart):
            found |= self.own_paths(folder)
        return frozenset(found)

    def with_dependencies(self, chart: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """The chart's files, with each `file://` dependency where Helm looks for it."""
        found = {path: files[path] for path in self.own_paths(chart)}
        for name, folder in self._neighbours(chart):
            for path in self.own_paths(folder):
                inner = path.removeprefix(f"{folder}/")
                found.setdefault(_below(chart, f"charts/{name}/{inner}"), files[path])
        return found

    def missing_dependencies(self, chart: str) -> list[Dependency]:
        """The dependencies that are neither below the chart nor beside it."""
        neighbours = {name for name, _ in self._neighbours(chart)}
        return [
            Dependency(
                text_at(each, "name"),
                text_at(each, "alias") or text_at(each, "name"),
                text_at(each, "repository") or "nowhere",
            )
            for each in mappings_at(self.metadata(chart), "dependencies")
            if text_at(each, "name")
            and text_at(each, "name") not in neighbours
            and _below(chart, f"charts/{text_at(each, 'name')}") not in self._all
        ]

    def chart_of(self, path: str) -> str | None:
        """The outermost chart a file is in, or None."""
        return next((each for each in parents(path) if each in self._all), None)

    def owns(self, path: str) -> bool:
        """Whether a file is a chart's by its place; other files may lie in a chart's folder too."""
        chart = self.chart_of(path)
        if chart is None:
            return False
        inner = path.removeprefix(f"{chart}/") if chart else path
        return "/" not in inner or inner.startswith(_OWN_FOLDERS)

    def _neighbours(self, chart: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for each in mappings_at(self.metadata(chart), "dependencies"):
            where = text_at(each, "repository")
            if where.startswith("file://"):
                folder = normpath(_below(chart, where.removeprefix("file://")))
                if folder in self._all:
                    found.append((text_at(each, "name"), folder))
        return found

    def _is_inside(self, folder: str) -> bool:
        parts = folder.split("/")
        return any(
            "/".join(parts[:size]) in self._all and parts[size] == "charts"
            for size in range(len(parts))
        )


def _below(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder else path
