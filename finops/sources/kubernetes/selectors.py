"""Label selectors: which pods a budget, a service or an anti-affinity means."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from finops.domain.cluster_objects import Requirement
from finops.sources.raw_objects import Mapped, listing, mappings, text, texts

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Selector:
    """`matchLabels` and `matchExpressions`; all must hold. An empty one holds for every pod."""

    labels: Mapping[str, str] = field(default_factory=dict)
    expressions: tuple[Requirement, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing."""
        return not self.labels and not self.expressions

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether a pod with these labels is meant."""
        return all(labels.get(key) == value for key, value in self.labels.items()) and all(
            _holds(expression, labels) for expression in self.expressions
        )


def selector_from(raw: Mapped) -> Selector:
    """The selector of a policy, an affinity term or the like."""
    return Selector(texts(raw.get("matchLabels")), requirements(raw.get("matchExpressions")))


def requirements(raw: object) -> tuple[Requirement, ...]:
    """A list of `{key, operator, values}`; entries without a key are left out."""
    return tuple(
        Requirement(
            text(each.get("key")),
            text(each.get("operator")),
            tuple(text(value) for value in listing(each.get("values"))),
        )
        for each in mappings(raw)
        if text(each.get("key"))
    )


def _holds(expression: Requirement, labels: Mapping[str, str]) -> bool:
    found = labels.get(expression.key)
    if expression.operator == "In":
        return found in expression.values
    if expression.operator == "NotIn":
        return found not in expression.values
    if expression.operator == "Exists":
        return found is not None
    return expression.operator == "DoesNotExist" and found is None


class SelectorIndex(Generic[T]):
    """Finds the values whose selectors mean a pod without trying all of a namespace's."""

    def __init__(self, entries: Iterable[tuple[str, Selector, T]]) -> None:
        """Each entry is (namespace, selector, value); earlier ones are found first."""
        self._by_pair: dict[tuple[str, str, str], list[tuple[int, Selector, T]]] = {}
        self._others: dict[str, list[tuple[int, Selector, T]]] = {}
        for number, (namespace, selector, value) in enumerate(entries):
            pair = next(iter(selector.labels.items()), None)
            if pair is None:
                self._others.setdefault(namespace, []).append((number, selector, value))
            else:
                key = (namespace, *pair)
                self._by_pair.setdefault(key, []).append((number, selector, value))

    def matching(self, namespace: str, labels: Mapping[str, str]) -> list[T]:
        """The values that mean a pod of that namespace with these labels, in their order."""
        found = [each for each in self._candidates(namespace, labels) if each[1].matches(labels)]
        return [value for _, _, value in sorted(found, key=lambda each: each[0])]

    def _candidates(
        self, namespace: str, labels: Mapping[str, str]
    ) -> Iterator[tuple[int, Selector, T]]:
        yield from self._others.get(namespace, ())
        for key, value in labels.items():
            yield from self._by_pair.get((namespace, key, value), ())
