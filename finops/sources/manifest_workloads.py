"""One manifest document → workloads. Pure: no files, no repository."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from finops.domain.errors import InvalidInput
from finops.domain.estate import Container, Workload
from finops.domain.quantities import parse_cpu_millicores, parse_memory_bytes

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
# DNS-1123 subdomain, the rule of Kubernetes for names; namespaces and containers are labels.
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")

Mapped = Mapping[str, object]
_POD_SPEC: Mapping[str, tuple[str, ...]] = {
    "Pod": ("spec",),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
_TEMPLATE_POD_SPEC = ("spec", "template", "spec")


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRules:
    """How manifests are read where Kubernetes leaves it to people.

    `folders` limits reading to parts of the repository ("clusters/prod"); empty means all of it.
    `annotation_keys`, and all annotations that begin with `finops`, become tags beside the labels;
    whose a workload is follows from them later (`finops.owners`).
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
    return not (
        _at(document, "spec", "selector") or _at(document, *_TEMPLATE_POD_SPEC[:2], "metadata")
    )


def patched_settings(document: Mapped) -> str:
    """What a patch changes that matters here: "replicas", "resources", both, or nothing ("")."""
    found = ["replicas"] if "replicas" in _mapping(document.get("spec")) else []
    if any(isinstance(c, dict) and "resources" in c for c in _containers(document)):
        found.append("resources")
    return " and ".join(found)


def label_of(document: Mapped) -> str:
    """`Deployment shop/frontend`, for sentences; unsafe characters are left out."""
    metadata = _mapping(document.get("metadata"))
    place = "/".join(str(metadata[key]) for key in ("namespace", "name") if metadata.get(key))
    return _printable(f"{document.get('kind')} {place}")[:120]


def workload_from(
    document: Mapped, *, cluster: str, source_path: str, rules: ManifestRules
) -> Workload:
    """Read one whole workload. Raises InvalidInput that begins with the key that is wrong."""
    metadata = _mapping(document.get("metadata"))
    namespace = metadata.get("namespace") or rules.default_namespace
    namespace = _name(namespace, "metadata.namespace", rule=_LABEL)
    labels, annotations = _texts(metadata.get("labels")), _texts(metadata.get("annotations"))
    template = _POD_SPEC.get(str(document["kind"]), _TEMPLATE_POD_SPEC)[:-1]
    return Workload(
        cluster=cluster,
        namespace=namespace,
        kind=str(document["kind"]),
        name=_name(metadata.get("name"), "metadata.name"),
        replicas=_replicas(document),
        containers=_read_containers(document),
        tags={k: v for k, v in annotations.items() if _is_kept(k, rules)} | labels,
        pod_labels=_texts(_at(document, *template, "metadata", "labels")),
        source_path=source_path,
    )


def _is_kept(annotation: str, rules: ManifestRules) -> bool:
    return annotation in rules.annotation_keys or annotation.startswith("finops")


def _replicas(document: Mapped) -> int:
    key = "parallelism" if document["kind"] == "Job" else "replicas"
    if document["kind"] in ("DaemonSet", "CronJob", "Pod"):
        return 1
    raw = _at(document, "spec", key)
    if raw is None:
        return 1
    if not isinstance(raw, str) or not re.fullmatch(r"[0-9]{1,9}", raw) or int(raw) > MAX_REPLICAS:
        raise InvalidInput(f"spec.{key}: {_shown(raw)} is not a number from 0 to {MAX_REPLICAS:,}")
    return int(raw)


def _read_containers(document: Mapped) -> tuple[Container, ...]:
    """The containers, then native sidecars: init containers that never end reserve as they do."""
    path = ".".join(_POD_SPEC.get(str(document["kind"]), _TEMPLATE_POD_SPEC))
    read = tuple(
        _container(_mapping(raw), f"{path}.containers[{index}]")
        for index, raw in enumerate(_containers(document))
    ) + tuple(
        _container(_mapping(raw), f"{path}.initContainers[{index}]")
        for index, raw in enumerate(_containers(document, "initContainers"))
        if _mapping(raw).get("restartPolicy") == "Always"
    )
    names = [container.name for container in read]
    if len(set(names)) < len(names):
        raise InvalidInput(f"{path}.containers: two containers have one name")
    return read


def _container(raw: Mapped, place: str) -> Container:
    resources = _mapping(raw.get("resources"))
    requests, limits = _mapping(resources.get("requests")), _mapping(resources.get("limits"))
    cpu_limit = _cpu(limits, f"{place}.resources.limits.cpu")
    memory_limit = _memory(limits, f"{place}.resources.limits.memory")
    cpu_request = _cpu(requests, f"{place}.resources.requests.cpu")
    memory_request = _memory(requests, f"{place}.resources.requests.memory")
    return Container(
        name=_name(raw.get("name"), f"{place}.name", rule=_LABEL),
        cpu_request_millicores=cpu_request,
        cpu_limit_millicores=cpu_limit,
        memory_request_bytes=memory_request,
        memory_limit_bytes=memory_limit,
    )


def _cpu(values: Mapped, place: str) -> int | None:
    raw = values.get("cpu")
    return None if raw is None else _quantity(raw, place, is_cpu=True)


def _memory(values: Mapped, place: str) -> int | None:
    raw = values.get("memory")
    return None if raw is None else _quantity(raw, place, is_cpu=False)


def _quantity(raw: object, place: str, *, is_cpu: bool) -> int:
    if not isinstance(raw, str):
        raise InvalidInput(f"{place}: {_shown(raw)} is not a quantity such as 250m or 128Mi")
    try:
        return parse_cpu_millicores(raw) if is_cpu else parse_memory_bytes(raw)
    except InvalidInput as error:
        raise InvalidInput(f"{place}: {str(error).rstrip('.')}") from error


def _containers(document: Mapped, listing: str = "containers") -> Sequence[object]:
    path = _POD_SPEC.get(str(document.get("kind")), _TEMPLATE_POD_SPEC)
    found = _at(document, *path, listing)
    return found if isinstance(found, list) else ()


def _name(raw: object, place: str, *, rule: re.Pattern[str] = _NAME) -> str:
    if not isinstance(raw, str) or not rule.fullmatch(raw):
        raise InvalidInput(f"{place}: {_shown(raw)} is not a Kubernetes name")
    return raw


def _texts(raw: object) -> dict[str, str]:
    return {
        _printable(str(key)): _printable(value)
        for key, value in _mapping(raw).items()
        if isinstance(value, str)
    }


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())


def _at(document: object, *path: str) -> object:
    for key in path:
        document = _mapping(document).get(key)
    return document


def _mapping(value: object) -> Mapped:
    return value if isinstance(value, dict) else {}


def _shown(value: object) -> str:
    return repr(value[:60]) if isinstance(value, str) else f"a {type(value).__name__}"
