"""What rendering gives: documents of YAML, each read only when somebody asks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from finops.edits.yaml_tree import UnreadableYaml, YamlFile, YamlNode, parse_yaml

# `--- {a: 1}` begins a document on the same line; nobody writes that in manifests.
_SEPARATOR = re.compile(r"---\s*(#.*)?$")


class CannotRender(Exception):
    """The unit cannot be rendered here; the message is the reason in a sentence without a dot."""


@dataclass(frozen=True)
class Document:
    """One rendered object. `origin` is the step that made it: an overlay, a chart's template.

    `hints` are names of deployers that the cluster's objects carry too, `clues` words in which a
    cluster's name may be.
    """

    text: str
    origin: str
    namespace: str = ""
    hints: frozenset[tuple[str, str]] = frozenset()
    clues: frozenset[str] = frozenset()

    @cached_property
    def file(self) -> YamlFile:
        """The parsed text. Raises UnreadableYaml."""
        return parse_yaml(self.text.encode())

    @property
    def root(self) -> YamlNode | None:
        """The object, or None when the text holds none."""
        return self.file.documents[0] if self.file.documents else None

    @property
    def root_namespace(self) -> str:
        """The namespace that the object itself names."""
        return self.identity[1]

    @cached_property
    def identity(self) -> tuple[str, str, str]:
        """(kind, namespace, name), as far as the text is readable."""
        try:
            root = self.root
        except UnreadableYaml:
            root = None
        if root is None:
            return "", "", ""
        name, namespace = root.text_at("metadata", "name"), root.text_at("metadata", "namespace")
        return root.text_at("kind"), namespace, name


@dataclass(frozen=True, slots=True)
class Rendering:
    """All that one unit deploys, the files that were read, and what could not be rendered.

    `carriers` are the places whose content is rendered further (chart values inside a
    HelmRelease): they change with an edit, and what becomes of them is compared instead. `unseen`
    are deployments whose chart or overlay is not here.
    """

    documents: tuple[Document, ...]
    paths: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()
    carriers: frozenset[int] = field(default_factory=frozenset)
    unseen: tuple[object, ...] = ()


def documents_of(text: str, origin: str, namespace: str = "") -> list[Document]:
    """The documents of a rendered stream, empty ones left out."""
    parts: list[list[str]] = [[]]
    for line in text.replace("\r\n", "\n").split("\n"):
        if _SEPARATOR.match(line):
            parts.append([])
        else:
            parts[-1].append(line)
    texts = ("\n".join(part) + "\n" for part in parts)
    return [Document(each, origin, namespace) for each in texts if _holds_something(each)]


def _holds_something(text: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.split("\n"))


def all_of(renderings: Sequence[Rendering]) -> Rendering:
    """Several renderings as one."""
    documents: list[Document] = []
    carriers: set[int] = set()
    for each in renderings:
        carriers |= {len(documents) + index for index in each.carriers}
        documents += each.documents
    return Rendering(
        tuple(documents),
        frozenset().union(*(each.paths for each in renderings)),
        tuple(dict.fromkeys(problem for each in renderings for problem in each.problems)),
        frozenset(carriers),
        tuple(item for each in renderings for item in each.unseen),
    )
