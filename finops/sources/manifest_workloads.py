"""One manifest document → workloads. Pure: no files, no repository."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from finops.domain.errors import InvalidInput
from finops.domain.estate import Container, Workload
from finops.sources.pod_templates import (
    TEMPLATE,
    pod_spec_of,
    read_containers,
    refuse,
    template_path,
)
from finops.sources.raw_objects import (
    LABEL,
    Mapped,
    at,
    listing,
    mapping,
    name_at,
    printable,
    shown,
    texts,
)

KINDS = (
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "ReplicationController",
    "CronJob",
    "Job",
    "Pod",
)
# A machine has one of these; nobody runs 100,000 replicas of one.
MAX_REPLICAS = 100_000

# Annotations by which deployers mark what they made: the trail back to its source file.
_DEPLOYERS = (
    "argocd.argoproj.io/tracking-id",
    "helm.toolkit.fluxcd.io/",
    "kustomize.toolkit.fluxcd.io/",
    "meta.helm.sh/",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRules:
    """How manifests are read where Kubernetes leaves it to people.

    `folders` limits reading to parts of the repository ("clusters/prod"); empty means all of it.
    Labels become tags, and so do `annotation_keys`, annotations that begin with `finops`, and those
    of Argo CD, Helm and Flux; whose a workload is follows from them later (`finops.owners`).
    """

    default_namespace: str = "default"
    folders: tuple[str, ...] = ()
    annotation_keys: tuple[str, ...] = ("team", "owner", "environment", "criticality")


def documents_in(document: object) -> Iterator[Mapped]:
    """The document itself, or the items of a `List` (any kind that ends in List and has items)."""
    if not isinstance(document, dict):
        return
    items = document.get("items")
    if str(document.get("kind", "")).endswith("List") and isinstance(items, list):
        for item in items:
            yield from documents_in(item)
    else:
        yield document


def is_workload(document: Mapped) -> bool:
    """Whether its kind is one that runs pods; a kind outside core, apps and batch is not."""
    group = str(document.get("apiVersion", "")).rpartition("/")[0]
    return document.get("kind") in KINDS and group in ("", "apps", "batch", "extensions")


def is_patch(document: Mapped) -> bool:
    """Whether it lacks what a whole workload has: an image in each container, and a selector.

    Kustomize patches carry a name and the few keys they change. Jobs and pods have no selector.
    """
    containers = _containers(document)
    if not containers or not all(isinstance(c, dict) and c.get("image") for c in containers):
        return True
    if document["kind"] in ("Pod", "Job", "CronJob", "ReplicationController"):
        return False
    return not (at(document, "spec", "selector") or at(document, *TEMPLATE, "metadata"))


def patched_settings(document: Mapped) -> str:
    """What a patch changes that matters here: "replicas", "resources", both, or nothing ("")."""
    found = ["replicas"] if "replicas" in mapping(document.get("spec")) else []
    if any(isinstance(c, dict) and "resources" in c for c in _containers(document)):
        found.append("resources")
    return " and ".join(found)


def label_of(document: Mapped) -> str:
    """`Deployment shop/frontend`, for sentences; unsafe characters are left out."""
    metadata = mapping(document.get("metadata"))
    place = "/".join(str(metadata[key]) for key in ("namespace", "name") if metadata.get(key))
    return printable(f"{document.get('kind')} {place}")[:120]


def workload_from(
    document: Mapped, *, cluster: str, source_path: str, rules: ManifestRules
) -> Workload:
    """Read one whole workload. Raises InvalidInput that begins with the key that is wrong."""
    metadata = mapping(document.get("metadata"))
    namespace = metadata.get("namespace") or rules.default_namespace
    namespace = name_at(namespace, "metadata.namespace", rule=LABEL)
    labels, annotations = texts(metadata.get("labels")), texts(metadata.get("annotations"))
    template = template_path(str(document["kind"]))
    return Workload(
        cluster=cluster,
        namespace=namespace,
        kind=str(document["kind"]),
        name=name_at(metadata.get("name"), "metadata.name"),
        replicas=_replicas(document),
        containers=_read_containers(document),
        tags=tags_of(labels, annotations, rules),
        pod_labels=texts(at(document, *template, "metadata", "labels")),
        source_path=source_path,
    )


def tags_of(
    labels: Mapping[str, str], annotations: Mapping[str, str], rules: ManifestRules
) -> dict[str, str]:
    """All labels, and the annotations that the rules or a deployer's trail ask to keep."""
    return {key: value for key, value in annotations.items() if _is_kept(key, rules)} | dict(labels)


def _is_kept(annotation: str, rules: ManifestRules) -> bool:
    return annotation in rules.annotation_keys or annotation.startswith(("finops", *_DEPLOYERS))


def _replicas(document: Mapped) -> int:
    key = "parallelism" if document["kind"] == "Job" else "replicas"
    if document["kind"] in ("DaemonSet", "CronJob", "Pod"):
        return 1
    raw = at(document, "spec", key)
    if raw is None:
        return 1
    if not isinstance(raw, str) or not re.fullmatch(r"[0-9]{1,9}", raw) or int(raw) > MAX_REPLICAS:
        raise InvalidInput(f"spec.{key}: {shown(raw)} is not a number from 0 to {MAX_REPLICAS:,}")
    return int(raw)


def _read_containers(document: Mapped) -> tuple[Container, ...]:
    kind = str(document["kind"])
    place = ".".join((*template_path(kind), "spec"))
    return read_containers(pod_spec_of(document, kind), place, refuse)


def _containers(document: Mapped) -> Sequence[object]:
    return listing(pod_spec_of(document, str(document.get("kind"))).get("containers"))
