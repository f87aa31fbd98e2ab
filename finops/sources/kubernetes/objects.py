"""What every Kubernetes object has: names, labels, annotations, and who made it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from finops.sources.manifest_workloads import ManifestRules, tags_of
from finops.sources.raw_objects import (
    LABEL,
    Mapped,
    mapping,
    mappings,
    moment,
    name_at,
    text,
    texts,
)

SOURCE = "Kubernetes"

# Where an object stands: its namespace and its name.
Place = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What readers need to know besides the object: the cluster, the rules, the API version."""

    cluster: str
    rules: ManifestRules = field(default_factory=ManifestRules)
    version: str = "v1"


@dataclass(frozen=True, slots=True)
class Owner:
    """The controller in an object's ownerReferences."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Meta:
    """The metadata of an object; `namespace` is empty for one of the whole cluster."""

    namespace: str
    name: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    owner: Owner | None
    created_at: datetime | None

    @property
    def place(self) -> Place:
        """(namespace, name)."""
        return self.namespace, self.name


def meta_of(raw: Mapped, *, is_namespaced: bool = True) -> Meta:
    """Its metadata. Raises InvalidInput when it has no proper name."""
    metadata = mapping(raw.get("metadata"))
    namespace = ""
    if is_namespaced:
        namespace = name_at(metadata.get("namespace"), "metadata.namespace", rule=LABEL)
    return Meta(
        namespace=namespace,
        name=name_at(metadata.get("name"), "metadata.name"),
        labels=texts(metadata.get("labels")),
        annotations=texts(metadata.get("annotations")),
        owner=_controller(metadata),
        created_at=moment(metadata.get("creationTimestamp")),
    )


def _controller(metadata: Mapped) -> Owner | None:
    for reference in mappings(metadata.get("ownerReferences")):
        if reference.get("controller") is True:
            owner = Owner(text(reference.get("kind"))[:63], text(reference.get("name"))[:253])
            return owner if owner.kind and owner.name else None
    return None


def tags_in(meta: Meta, scope: Scope) -> dict[str, str]:
    """Its labels, and the annotations that are kept."""
    return tags_of(meta.labels, meta.annotations, scope.rules)
