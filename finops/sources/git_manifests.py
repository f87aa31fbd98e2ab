"""Desired state from the plain Kubernetes manifests of a repository.

What is rendered elsewhere (Helm templates, Kustomize overlays) is not guessed at: it becomes a gap.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from finops.domain.errors import InvalidInput
from finops.domain.estate import Gap, SnapshotPart, Workload
from finops.domain.pull_request import RepositoryFiles
from finops.ports import DesiredState
from finops.sources.manifest_workloads import (
    KINDS,
    ManifestRules,
    documents_in,
    is_patch,
    is_workload,
    label_of,
    patched_settings,
    workload_from,
)
from finops.sources.yaml_text import decode, text_documents

# Only files that may declare a workload are parsed: others may be as broken as they like.
_MENTIONS_WORKLOAD = re.compile(
    rf"""["']?kind["']?\s*:\s*["']?(?:{"|".join(KINDS)}|\w*List)\b""".encode()
)
_DOCUMENT_START = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_SOURCE = "git manifests"


class HasFiles(Protocol):
    """The part of a code host that is read here."""

    def read_files(self) -> RepositoryFiles:
        """The text files of the main branch."""
        ...


@dataclass(frozen=True, slots=True)
class GitManifests:
    """Workloads of one cluster as a repository's main branch declares them (DesiredStateSource).

    `read()` promises every workload of every plain manifest once, and a gap for each place where
    one may have been missed. It raises only what the code host raises.
    """

    host: HasFiles
    cluster: str
    rules: ManifestRules = field(default_factory=ManifestRules)

    def read(self) -> DesiredState:
        """Read the newest commit of the main branch."""
        files = self.host.read_files().files
        return read_manifests(files, cluster=self.cluster, rules=self.rules)


def read_manifests(
    files: Mapping[str, bytes], *, cluster: str, rules: ManifestRules
) -> DesiredState:
    """Workloads and gaps of the manifests in `files`, in the order of their paths.

    A workload that is declared twice (one kind, namespace and name) is kept as first found, with a
    gap that names both files. Files without any workload are a gap too: an emptied repository or a
    wrong folder must not look like an estate in which everything was deleted.
    """
    chart_folders = _chart_template_folders(files)
    kept: dict[tuple[str, str, str], Workload] = {}
    gaps: list[Gap] = []
    for path in sorted(p for p in files if _is_candidate(p, files[p], rules)):
        if not path.isprintable():
            gaps.append(_gap(f"{path!a} has unprintable characters in its name; rename it."))
            continue
        if path.startswith(chart_folders):
            gaps.append(_helm_gap(path))
            continue
        for found in _read_file(path, files[path], cluster=cluster, rules=rules):
            _keep(found, kept, gaps)
    if not kept and not gaps:
        gaps.append(_nothing_gap(len(files), rules))
    return DesiredState(tuple(kept.values()), tuple(dict.fromkeys(gaps)))


def _keep(
    found: Workload | Gap, kept: dict[tuple[str, str, str], Workload], gaps: list[Gap]
) -> None:
    if isinstance(found, Gap):
        gaps.append(found)
        return
    first = kept.setdefault((found.kind, found.namespace, found.name), found)
    if first is not found:
        gaps.append(
            _gap(
                f"{found.kind} {found.namespace}/{found.name} is declared in {first.source_path} "
                f"and again in {found.source_path}; the first one is used. If they belong to "
                "different clusters, limit this one to its folders."
            )
        )


def _is_candidate(path: str, data: bytes, rules: ManifestRules) -> bool:
    if not path.lower().endswith((".yaml", ".yml")):
        return False
    folders = tuple(f"{folder.strip('/')}/" for folder in rules.folders)
    return path.startswith(folders or "") and _MENTIONS_WORKLOAD.search(data) is not None


def _chart_template_folders(files: Mapping[str, bytes]) -> tuple[str, ...]:
    charts = (path.removesuffix("Chart.yaml") for path in files if _is_chart(path))
    return tuple(f"{folder}templates/" for folder in charts)


def _is_chart(path: str) -> bool:
    return path == "Chart.yaml" or path.endswith("/Chart.yaml")


def _read_file(
    path: str, data: bytes, *, cluster: str, rules: ManifestRules
) -> Iterator[Workload | Gap]:
    try:
        text = decode(data)
    except InvalidInput as error:
        yield _gap(f"{path} was not read: {error}.")
        return
    for number, parsed in _numbered_documents(text):
        if isinstance(parsed, InvalidInput):
            yield (
                _helm_gap(path)
                if "{{" in text
                else _gap(f"{path}, document {number} was not read: {parsed}.")
            )
            continue
        for document in documents_in(parsed):
            if is_workload(document):
                yield from _read_document(document, (path, number), cluster=cluster, rules=rules)


def _read_document(
    document: Mapping[str, object],
    place: tuple[str, int],
    *,
    cluster: str,
    rules: ManifestRules,
) -> Iterator[Workload | Gap]:
    path, number = place
    where = f"{path}, document {number} ({label_of(document)})"
    if is_patch(document):
        if settings := patched_settings(document):
            yield _gap(
                f"{where} is a patch that sets {settings}; overlays are not rendered, so figures "
                "of this workload are those of its base."
            )
        return
    try:
        yield workload_from(document, cluster=cluster, source_path=path, rules=rules)
    except InvalidInput as error:
        yield _gap(f"{where} was skipped: {error}.")


def _nothing_gap(count: int, rules: ManifestRules) -> Gap:
    where = f" (searched: {', '.join(rules.folders)})" if rules.folders else ""
    return _gap(
        f"None of {count} files declares a workload as a plain manifest{where}; what is known of "
        "workloads stays. Check the repository, its main branch and the folders in the settings."
    )


def _numbered_documents(text: str) -> Iterator[tuple[int, object]]:
    """Documents counted from 1; a broken one is an InvalidInput and the others are still read."""
    try:
        yield from enumerate(text_documents(text), start=1)
        return
    except InvalidInput as error:
        pieces = _pieces(text)
        if len(pieces) == 1:
            yield 1, error
            return
    for number, piece in enumerate(pieces, start=1):
        yield number, _one_document(piece)


def _pieces(text: str) -> list[str]:
    """The documents of a file as texts, each moved down to the line it stands on in the file."""
    pieces: list[str] = []
    line = 0
    for piece in _DOCUMENT_START.split(text):
        if piece.strip():
            pieces.append("\n" * line + piece)
        line += piece.count("\n")
    return pieces


def _one_document(piece: str) -> object:
    try:
        return next(iter(text_documents(piece)), None)
    except InvalidInput as error:
        mentions_workload = _MENTIONS_WORKLOAD.search(piece.encode())
        return error if mentions_workload else None


def _helm_gap(path: str) -> Gap:
    return _gap(
        f"{path} is a Helm template; charts are not rendered yet, so its workloads are skipped."
    )


def _gap(sentence: str) -> Gap:
    return Gap(_SOURCE, sentence, hides=frozenset({SnapshotPart.WORKLOADS}))
