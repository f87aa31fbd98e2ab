"""Where a container of the estate is declared in plain Kubernetes manifests."""

from collections.abc import Iterator
from dataclasses import dataclass

from finops.domain.errors import Refused
from finops.domain.opportunity import Resource
from finops.edits.yaml_tree import NodeKind, Path, YamlFile, YamlNode, path_text

WORKLOAD_KINDS = frozenset(
    {
        "CronJob",
        "DaemonSet",
        "Deployment",
        "Job",
        "Pod",
        "ReplicaSet",
        "ReplicationController",
        "StatefulSet",
    }
)
_POD_SPEC_AT: dict[str, Path] = {
    "Pod": ("spec",),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
_TEMPLATE: Path = ("spec", "template", "spec")
_MERGE = "<<"
_LISTINGS = ("containers", "initContainers")


@dataclass(frozen=True, slots=True)
class ContainerSource:
    """One container in one document of one file, or a mapping of chart values that is like one.

    `trail` holds every node from the document's root to the mapping; `key` is the key in it that
    holds requests and limits.
    """

    document: int
    path: Path
    trail: tuple[YamlNode, ...]
    namespace: str = ""
    key: str = "resources"

    @property
    def node(self) -> YamlNode:
        """The container's mapping."""
        return self.trail[-1]

    @property
    def name(self) -> str:
        """The container's name."""
        return self.node.text_at("name")

    @property
    def is_patch(self) -> bool:
        """Whether it names no image, as Kustomize patches do."""
        return self.node.get("image") is None


@dataclass(frozen=True, slots=True)
class Place:
    """A node and how one gets there from the document's root."""

    document: int
    path: Path
    trail: tuple[YamlNode, ...]

    @property
    def node(self) -> YamlNode:
        """The node itself."""
        return self.trail[-1]

    def child(self, step: str | int, node: YamlNode) -> "Place":
        """One step further down."""
        return Place(self.document, (*self.path, step), (*self.trail, node))

    def descend(self, path: Path) -> "Place | None":
        """The node at a chain of keys, or None."""
        place = self
        for step in path:
            node = place.node.get(str(step))
            if node is None:
                return None
            place = place.child(step, node)
        return place


def find_containers(file: YamlFile, resource: Resource) -> list[ContainerSource]:
    """Every container of the file that may be the resource, in file order.

    A manifest without a namespace fits any; one with another namespace fits none. A kind that
    Kubernetes does not know (a pushed workload, a custom resource) fits its own kind and every
    kind of workload. Without a container name, all containers of the workload are found.
    """
    return [
        ContainerSource(place.document, place.path, place.trail, _namespace(root))
        for root in manifests(file)
        if _is_workload(root.node, resource)
        for place in _containers(root)
        if resource.container in ("", place.node.text_at("name"))
    ]


def refuse_shared(file: YamlFile, trail: tuple[YamlNode, ...], *, document: int) -> None:
    """Raise Refused when a node on the trail is an alias, is aliased, or has a key twice.

    Editing such a node would change another place too, or not change what readers think.
    """
    aliases = {
        node.text: node.line
        for node in file.documents[document].walk()
        if node.kind is NodeKind.ALIAS
    }
    for node in trail:
        if node.kind is NodeKind.ALIAS:
            raise Refused(
                f"line {node.line} takes its value from the anchor &{node.text}; write the value "
                "out there, or change the anchor by hand."
            )
        if node.anchor in aliases:
            raise Refused(
                f"line {node.line} is the anchor &{node.anchor}, which line "
                f"{aliases[node.anchor]} uses too; write the values out, or change it by hand."
            )
        _refuse_duplicate_keys(node)


def is_merged(node: YamlNode) -> bool:
    """Whether a mapping takes keys from elsewhere by `<<`."""
    return node.get(_MERGE) is not None


def place_text(container: ContainerSource, *rest: str) -> str:
    """`document 2, spec.template.spec.containers[0].resources`, counting documents from 1."""
    path = path_text((*container.path, *rest))
    return f"document {container.document + 1}, {path}" if container.document else path


def _refuse_duplicate_keys(node: YamlNode) -> None:
    seen: set[str] = set()
    for key, _ in node.entries():
        if key.text in seen and key.kind is NodeKind.SCALAR:
            raise Refused(f"line {key.line} has the key {key.text!r} a second time; remove one.")
        seen.add(key.text)


def manifests(file: YamlFile) -> Iterator[Place]:
    """Every object of a file, those of a List one by one."""
    for number, root in enumerate(file.documents):
        place = Place(number, (), (root,))
        items = root.get("items")
        if root.text_at("kind").endswith("List") and items is not None:
            listed = place.child("items", items)
            yield from (listed.child(index, item) for index, item in enumerate(items.items()))
        else:
            yield place


def _is_workload(manifest: YamlNode, resource: Resource) -> bool:
    kind = manifest.text_at("kind")
    is_kind = kind == resource.kind or (
        resource.kind not in WORKLOAD_KINDS and kind in WORKLOAD_KINDS
    )
    namespace = manifest.text_at("metadata", "namespace")
    return (
        is_kind
        and manifest.text_at("metadata", "name") == resource.name
        and (not namespace or not resource.namespace or namespace == resource.namespace)
    )


def containers_of(file: YamlFile) -> Iterator[ContainerSource]:
    """Every container of every workload in the file, whatever its name."""
    for root in manifests(file):
        for place in _containers(root):
            yield ContainerSource(place.document, place.path, place.trail, _namespace(root))


def _containers(manifest: Place) -> Iterator[Place]:
    """Those of the pod template; a custom resource may hold its template anywhere."""
    kind = manifest.node.text_at("kind")
    if kind not in WORKLOAD_KINDS:
        yield from _anywhere(manifest)
        return
    pod = manifest.descend(_POD_SPEC_AT.get(kind, _TEMPLATE))
    if pod is not None:
        yield from _listed(pod)


def _listed(pod: Place) -> Iterator[Place]:
    for listing in _LISTINGS:
        place = pod.descend((listing,))
        for index, item in enumerate(place.node.items() if place else ()):
            if place is not None and item.get("name") is not None:
                yield place.child(index, item)


def _anywhere(place: Place) -> Iterator[Place]:
    yield from _listed(place)
    for index, item in enumerate(place.node.items()):
        yield from _anywhere(place.child(index, item))
    for key, value in place.node.entries():
        if key.text not in _LISTINGS:
            yield from _anywhere(place.child(key.text, value))


def _namespace(manifest: Place) -> str:
    return manifest.node.text_at("metadata", "namespace")
