"""What Argo CD and Flux make of their own objects: steps to render, or why they cannot be.

Argo CD: files of values, `values`, `valuesObject`, then parameters (its documentation, "Helm").
Flux: `valuesFrom` in order, then `values` (its API reference, HelmRelease v2).
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from finops.edits.gitops.kustomize_graph import joined
from finops.edits.gitops.plain import Plain, at, mappings_at, text_at, texts_at, typed_documents
from finops.edits.gitops.steps import HelmStep, KustomizeStep, Layer, PlainStep, Repository, Step

DEPLOYERS = {
    ("Application", "argoproj.io"),
    ("ApplicationSet", "argoproj.io"),
    ("HelmRelease", "helm.toolkit.fluxcd.io"),
    ("Kustomization", "kustomize.toolkit.fluxcd.io"),
}
_YAML = (".yaml", ".yml")

# Finds a ConfigMap's text: (namespace, name, key) to YAML, None when it is nowhere to be seen.
ConfigMaps = Callable[[str, str, str], str | None]


@dataclass(frozen=True, slots=True)
class Deployment:
    """One thing that is deployed: its steps, what it is called, and what stays unseen.

    `hints` are names that the cluster's objects carry on labels: ("argocd", application),
    ("helm", release), ("flux", kustomization). `layers` are the values of a chart that is not
    here, for a person to pick from; where it is one that a chart of this repository depends on,
    `below` are the keys of its values, and `called` what its objects may be called.
    """

    name: str
    steps: tuple[Step, ...]
    hints: frozenset[tuple[str, str]] = frozenset()
    clues: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()
    release: tuple[str, str] = ("", "")
    layers: tuple[Layer, ...] = field(default_factory=tuple)
    below: tuple[str, ...] = ()
    called: tuple[str, ...] = ()


def is_deployer(document: Plain) -> bool:
    """Whether it is an object of Argo CD or Flux that deploys others."""
    group = text_at(document, "apiVersion").partition("/")[0]
    return (text_at(document, "kind"), group) in DEPLOYERS


def deployments_of(
    document: Plain, repository: Repository, config_maps: ConfigMaps
) -> Iterator[Deployment]:
    """What the object deploys; an ApplicationSet deploys many."""
    kind = text_at(document, "kind")
    if kind == "HelmRelease":
        yield _helm_release(document, repository, config_maps)
    elif kind == "Kustomization":
        yield _flux_kustomization(document, repository)
    elif kind == "Application":
        yield application(document, repository)


def application(document: Plain, repository: Repository) -> Deployment:
    """An Argo CD Application."""
    name = text_at(document, "metadata", "name")
    spec = at(document, "spec") or {}
    sources = mappings_at(spec, "sources") or [each for each in [at(spec, "source")] if each]
    steps: list[Step] = []
    problems: list[str] = []
    layers: list[Layer] = []
    for source in sources:
        found = _source(source, spec, name, repository)
        steps += found if isinstance(found, list) else []
        if isinstance(found, str):
            problems.append(f"Application {name}: {found}")
            layers += _argo_layers(source, repository)
    destination = {text_at(spec, "destination", key) for key in ("name", "namespace")}
    return Deployment(
        f"Application {name}",
        tuple(steps),
        frozenset({("argocd", name)}),
        frozenset(destination - {""}),
        tuple(problems),
        (name, text_at(spec, "destination", "namespace")),
        tuple(layers),
    )


def _source(source: Plain, spec: Plain, name: str, repository: Repository) -> list[Step] | str:
    """The steps of one source of an Application, or why there are none."""
    if text_at(source, "chart"):
        return f"its chart {text_at(source, 'chart')} comes from {text_at(source, 'repoURL')}"
    if at(source, "plugin"):
        return "a plugin renders it"
    folder = joined("", text_at(source, "path"))
    if folder is None:
        return "its path leaves the repository"
    if text_at(source, "ref") and not folder:
        return []
    return _of_folder(source, spec, name, folder, repository)


def _of_folder(  # noqa: PLR0917 - what an Application says of one source
    source: Plain, spec: Plain, name: str, folder: str, repository: Repository
) -> list[Step] | str:
    if folder in repository.charts:
        return [_argo_chart(source, spec, name, folder, repository)]
    if folder in repository.graph.folders:
        return [KustomizeStep(folder, _wrapper(folder, at(source, "kustomize") or {}))]
    is_deep = at(source, "directory", "recurse") in (True, "true")
    files = _manifests(repository, folder, is_deep=is_deep)
    return [PlainStep(folder, files)] if files else f"there is no folder {folder} in this commit"


def _argo_chart(  # noqa: PLR0917 - what an Application says of one source
    source: Plain, spec: Plain, name: str, folder: str, repository: Repository
) -> HelmStep:
    release = text_at(source, "helm", "releaseName") or name
    namespace = text_at(spec, "destination", "namespace")
    return HelmStep(folder, release, namespace, _argo_layers(source, repository))


def _argo_layers(source: Plain, repository: Repository) -> tuple[Layer, ...]:
    helm, folder = at(source, "helm") or {}, text_at(source, "path")
    layers: list[Layer] = []
    for path in texts_at(helm, "valueFiles"):
        # `$ref/path` begins at the root of the source that has that ref.
        is_reference = path.startswith("$")
        where = joined("", path.partition("/")[2]) if is_reference else joined(folder, path)
        if where is not None and where in repository.files:
            layers.append(Layer(path=where))
    if text := text_at(helm, "values"):
        layers += _inline(typed_documents(text.encode()))
    layers += _inline([at(helm, "valuesObject")])
    for each in mappings_at(helm, "parameters"):
        layers.append(Layer(parameter=(text_at(each, "name"), str(at(each, "value")))))
    return tuple(layers)


def _helm_release(document: Plain, repository: Repository, config_maps: ConfigMaps) -> Deployment:
    name, own = (text_at(document, "metadata", key) for key in ("name", "namespace"))
    spec = at(document, "spec") or {}
    target = text_at(spec, "targetNamespace")
    release = text_at(spec, "releaseName") or (f"{target}-{name}" if target else name)
    layers, problems = _flux_layers(spec, own, config_maps)
    chart = _flux_chart(spec, repository)
    if chart is None:
        asked = text_at(spec, "chart", "spec", "chart") or text_at(spec, "chartRef", "name")
        kind = text_at(spec, "chart", "spec", "sourceRef", "kind") or text_at(
            spec, "chartRef", "kind"
        )
        problems.append(f"its chart {asked or 'without a name'} comes from a {kind or 'source'}")
    if mappings_at(spec, "postRenderers"):
        problems.append("it has postRenderers, which are not run here")
    steps = (HelmStep(chart, release, target or own, layers),) if chart and not problems else ()
    return Deployment(
        f"HelmRelease {own}/{name}" if own else f"HelmRelease {name}",
        steps,
        frozenset({("helm", release), ("helmrelease", name)}),
        problems=tuple(f"HelmRelease {name}: {each}" for each in problems),
        release=(release, target or own),
        layers=layers,
    )


def _flux_chart(spec: Plain, repository: Repository) -> str | None:
    path = text_at(spec, "chart", "spec", "chart")
    kind = text_at(spec, "chart", "spec", "sourceRef", "kind")
    folder = joined("", path) if kind in ("GitRepository", "Bucket") else None
    return folder if folder is not None and folder in repository.charts else None


def _flux_layers(
    spec: Plain, namespace: str, config_maps: ConfigMaps
) -> tuple[tuple[Layer, ...], list[str]]:
    layers: list[Layer] = []
    problems: list[str] = []
    for each in mappings_at(spec, "valuesFrom"):
        kind, name = text_at(each, "kind"), text_at(each, "name")
        text = None
        if kind == "ConfigMap":
            key = text_at(each, "valuesKey") or "values.yaml"
            text = config_maps(namespace, name, key)
        if text is not None and text_at(each, "targetPath"):
            layers.append(Layer(parameter=(text_at(each, "targetPath"), text)))
        elif text is not None:
            layers += _inline(typed_documents(text.encode()))
        elif kind == "ConfigMap" and at(each, "optional") not in (True, "true"):
            problems.append(f"its values in the ConfigMap {name} are not in this commit")
    return (*layers, *_inline([at(spec, "values")])), problems


def _flux_kustomization(document: Plain, repository: Repository) -> Deployment:
    name = text_at(document, "metadata", "name")
    spec = at(document, "spec") or {}
    folder = joined("", text_at(spec, "path") or ".")
    variables = at(spec, "postBuild", "substitute")
    pairs = (
        tuple(sorted((k, str(v)) for k, v in variables.items()))
        if isinstance(variables, dict)
        else ()
    )
    steps: tuple[Step, ...] = ()
    if folder is not None and folder in repository.graph.folders:
        settings = {key: spec[key] for key in ("patches", "images", "components") if key in spec}
        if text_at(spec, "targetNamespace"):
            settings["namespace"] = text_at(spec, "targetNamespace")
        settings |= {key: spec[key] for key in ("namePrefix", "nameSuffix") if key in spec}
        steps = (KustomizeStep(folder, _wrapper(folder, settings), pairs),)
    elif folder is not None and (files := _manifests(repository, folder, is_deep=True)):
        steps = (PlainStep(folder, files, pairs),)
    problem = f"Kustomization {name}: there is no folder {folder} in this commit"
    return Deployment(
        f"Kustomization {name}",
        steps,
        frozenset({("flux", name)}),
        problems=() if steps else (problem,),
    )


def _wrapper(folder: str, settings: dict[str, Any]) -> str:
    """An overlay on the folder with what the deployer adds; empty when it adds nothing.

    Images and labels are left out: they decide no request.
    """
    kept = {
        key: settings[key]
        for key in ("namePrefix", "nameSuffix", "namespace", "patches")
        if settings.get(key)
    }
    if not kept:
        return ""
    resources = [f"../{folder}" if folder else "../"]
    return json.dumps({"kind": "Kustomization", "resources": resources} | kept, sort_keys=True)


def _manifests(repository: Repository, folder: str, *, is_deep: bool) -> tuple[str, ...]:
    prefix = f"{folder}/" if folder else ""
    return tuple(
        path
        for path in repository.folders.below(folder)
        if path.endswith(_YAML)
        and (is_deep or "/" not in path.removeprefix(prefix))
        and not repository.charts.owns(path)
    )


def _inline(documents: Sequence[Plain]) -> list[Layer]:
    return [Layer(inline=json.dumps(each)) for each in documents if isinstance(each, dict) and each]
