"""The Applications that an ApplicationSet of Argo CD generates, as far as Git alone tells.

Lists and folders or files of this repository are expanded, alone or as a matrix. Clusters, pull
requests and everything else that only the cluster knows are named as a problem.
"""

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from finops.edits.gitops.plain import Plain, at, mappings_at, plain_documents, text_at
from finops.edits.gitops.steps import Repository

_FIELD = re.compile(r"\{\{\s*\.?([\w.\[\]-]+)\s*\}\}")
_MAX_APPLICATIONS = 500


def applications_of(document: Plain, repository: Repository) -> tuple[list[Plain], list[str]]:
    """The generated Applications as plain documents, and a sentence for what stays unknown."""
    name = text_at(document, "metadata", "name")
    found: list[Plain] = []
    problems: list[str] = []
    for generator in mappings_at(document, "spec", "generators"):
        parameters = _parameters(generator, repository)
        if parameters is None:
            kinds = ", ".join(sorted(generator))
            problems.append(f"ApplicationSet {name}: only the cluster knows what {kinds} gives")
            continue
        template = at(document, "spec", "template") or {}
        found += [_filled(template, each) for each in parameters[:_MAX_APPLICATIONS]]
    return [
        each | {"kind": "Application", "apiVersion": "argoproj.io/v1alpha1"} for each in found
    ], (problems)


def _parameters(generator: Plain, repository: Repository) -> list[dict[str, str]] | None:
    if at(generator, "list"):
        return [_flat(each) for each in mappings_at(generator, "list", "elements")]
    if at(generator, "git"):
        return list(_of_git(at(generator, "git"), repository))
    if at(generator, "matrix"):
        return _matrix(mappings_at(generator, "matrix", "generators"), repository)
    return None


def _matrix(generators: list[Plain], repository: Repository) -> list[dict[str, str]] | None:
    product: list[dict[str, str]] = [{}]
    for each in generators:
        parameters = _parameters(each, repository)
        if parameters is None:
            return None
        product = [one | other for one in product for other in parameters]
    return product


def _of_git(git: Plain, repository: Repository) -> Iterator[dict[str, str]]:
    excluded = [
        text_at(each, "path") for each in mappings_at(git, "directories") if _is_excluded(each)
    ]
    for each in mappings_at(git, "directories"):
        pattern = text_at(each, "path")
        for folder in [] if _is_excluded(each) else _folders(repository, pattern):
            if not any(fnmatchcase(folder, other) for other in excluded):
                yield _path_parameters(folder)
    for each in mappings_at(git, "files"):
        for path in sorted(repository.files):
            if fnmatchcase(path, text_at(each, "path")):
                documents = plain_documents(repository.files[path])
                yield _flat(documents[0] if documents else {}) | _path_parameters(
                    path.rpartition("/")[0]
                )


def _is_excluded(directory: Plain) -> bool:
    return at(directory, "exclude") in (True, "true")


def _folders(repository: Repository, pattern: str) -> list[str]:
    """Folders as deep as the pattern; its star does not cross a slash."""
    depth = pattern.count("/") + 1
    folders = {
        "/".join(path.split("/")[:depth]) for path in repository.files if path.count("/") >= depth
    }
    return sorted(each for each in folders if fnmatchcase(each, pattern))


def _path_parameters(folder: str) -> dict[str, str]:
    name = folder.rpartition("/")[2]
    parts = {f"path[{index}]": part for index, part in enumerate(folder.split("/"))}
    parts |= {f"path.segments[{index}]": part for index, part in enumerate(folder.split("/"))}
    normal = name.lower().replace("_", "-")
    keys = {"path": folder, "path.path": folder, "path.basename": name}
    return keys | parts | {"path.basenameNormalized": normal}


def _flat(value: Plain, prefix: str = "") -> dict[str, str]:
    """`{"a": {"b": 1}}` as `{"a.b": "1"}`."""
    found: dict[str, str] = {}
    for key, each in value.items() if isinstance(value, Mapping) else ():
        name = f"{prefix}{key}"
        if isinstance(each, Mapping):
            found |= _flat(each, f"{name}.")
        elif not isinstance(each, list):
            found[name] = "" if each is None else str(each)
    return found


def _filled(template: Plain, parameters: Mapping[str, str]) -> dict[str, Any]:
    """The template with every field that is known put in."""

    def value(match: re.Match[str]) -> str:
        text = parameters.get(match[1], match[0])
        return json.dumps(text)[1:-1]

    found: dict[str, Any] = json.loads(_FIELD.sub(value, json.dumps(template)))
    return found
