"""Backstage's `catalog-info.yaml`: which component a workload belongs to, and who owns that.

A component claims workloads by its annotations, as Backstage's own Kubernetes plugin reads them:
`backstage.io/kubernetes-label-selector`, which counts before `backstage.io/kubernetes-id` (a label
of the same key on the object), both within `backstage.io/kubernetes-namespace` where that is given.
A component without either claims the workload of its own name, and one that names only a namespace
claims what is left there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from finops.domain.errors import InvalidInput
from finops.strict_yaml import read_documents

FILE_NAMES = ("catalog-info.yaml", "catalog-info.yml")
_PREFIX = "backstage.io/kubernetes-"
ID_LABEL = f"{_PREFIX}id"
# What components are; the other kinds (Group, User, System, Location, Template) run nothing.
_KINDS = frozenset({"Component", "Resource"})

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One entity that owns workloads. `owner` is what `spec.owner` refers to, without its kind."""

    name: str
    owner: str
    path: str
    kubernetes_id: str = ""
    namespace: str = ""
    selector: str = ""

    def claims(self, namespace: str, labels: Labels) -> bool:
        """Whether its selector or id, if it has one, matches; a selector nobody can read does not.

        Only equality (`app=wiki,tier!=cache`) and existence (`app`, `!app`) are read.
        """
        if self.namespace not in ("", namespace):
            return False
        if self.selector:
            return all(_holds(term.strip(), labels) for term in self.selector.split(","))
        return bool(self.kubernetes_id) and labels.get(ID_LABEL) == self.kubernetes_id


@dataclass(frozen=True, slots=True)
class Catalog:
    """The components of a repository, found by what they claim."""

    components: tuple[Component, ...]
    _by_term: dict[str, list[Component]]
    _by_name: dict[str, list[Component]]
    _by_namespace: dict[str, list[Component]]

    @classmethod
    def of(cls, components: Iterable[Component]) -> "Catalog":
        """Indexed, because thousands of workloads ask."""
        catalog = cls(tuple(components), {}, {}, {})
        for each in catalog.components:
            if each.selector or each.kubernetes_id:
                catalog._by_term.setdefault(_first_term(each), []).append(each)
                continue
            catalog._by_name.setdefault(each.name, []).append(each)
            if each.namespace:
                catalog._by_namespace.setdefault(each.namespace, []).append(each)
        return catalog

    def claimants(self, namespace: str, name: str, labels: Labels) -> list[Component]:
        """The components of the strongest claim: several when they contradict each other."""
        terms = ["", *(f"{key}={value}" for key, value in labels.items())]
        claimed = [c for term in terms for c in self._by_term.get(term, ())]
        return (
            [c for c in claimed if c.selector and c.claims(namespace, labels)]
            or [c for c in claimed if not c.selector and c.claims(namespace, labels)]
            or [c for c in self._by_name.get(name, ()) if c.namespace in ("", namespace)]
            or list(self._by_namespace.get(namespace, ()))
        )


def components_in(path: str, data: bytes) -> Iterator[Component]:
    """The components that one file describes.

    Raises InvalidInput with path and line for what is no YAML. A scaffolder's template, with
    `{{ }}` where the values will be, describes none.
    """
    try:
        documents = read_documents(data, path)
    except InvalidInput:
        if b"{{" in data:
            return
        raise
    for document in documents:
        found = _component(document, path)
        if found is not None and "{{" not in f"{found.name}{found.owner}":
            yield found


def _component(document: object, path: str) -> Component | None:
    metadata = _mapping(_mapping(document).get("metadata"))
    annotations = _mapping(metadata.get("annotations"))
    name, owner = metadata.get("name"), _mapping(_mapping(document).get("spec")).get("owner")
    is_ours = str(_mapping(document).get("apiVersion", "")).startswith("backstage.io/")
    if not is_ours or _mapping(document).get("kind") not in _KINDS:
        return None
    if not isinstance(name, str) or not isinstance(owner, str):
        return None
    return Component(
        name=name,
        owner=owner_name(owner),
        path=path,
        kubernetes_id=_text(annotations.get(ID_LABEL)),
        namespace=_text(annotations.get(f"{_PREFIX}namespace")),
        selector=_text(annotations.get(f"{_PREFIX}label-selector")),
    )


def owner_name(reference: str) -> str:
    """`group:default/shop` → `shop`; a person keeps an `@`: `user:jane` → `@jane`."""
    kind, _, rest = reference.strip().rpartition(":")
    name = rest.rpartition("/")[2]
    return f"@{name}" if kind.lower() == "user" else name


def _first_term(component: Component) -> str:
    """A `key=value` without which the component claims nothing; empty when there is none."""
    if not component.selector:
        return f"{ID_LABEL}={component.kubernetes_id}"
    for term in component.selector.split(","):
        key, is_equal, value = term.replace("==", "=").partition("=")
        if is_equal and not key.strip().endswith("!"):
            return f"{key.strip()}={value.strip()}"
    return ""


def _holds(term: str, labels: Labels) -> bool:
    key, is_equal, value = term.replace("==", "=").partition("=")
    if is_equal and key.endswith("!"):
        return labels.get(key[:-1].strip()) != value.strip()
    if is_equal:
        return labels.get(key.strip()) == value.strip()
    if " " in term or "(" in term or not term:
        return False  # `tier in (web, api)`: better nobody than the wrong one
    return term[1:] not in labels if term.startswith("!") else term in labels


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
