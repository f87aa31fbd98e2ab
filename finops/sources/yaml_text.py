"""Reads YAML written by strangers: bounded in size, depth and aliases before anything is built.

An alias bomb (`b: [*a, *a]`, `c: [*b, *b]`, …) is small on disk and endless once walked or merged.
Aliases are therefore counted on the event stream, which never expands them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import yaml

from finops.domain.errors import InvalidInput

MAX_BYTES = 5_000_000
MAX_ALIASES = 100
# What all aliases of a file would add if they were written out.
MAX_ALIASED_NODES = 100_000
MAX_DEPTH = 100
# 5 MB can hold 2,000,000 values and take a minute to read and edit; CRD bundles have 100,000.
MAX_NODES = 500_000

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # pragma: no cover - PyYAML without libyaml; ten times slower, same answers
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]


class _TextLoader(_SafeLoader):
    """Every scalar stays the text it was written as, but for null and merge keys.

    So `cpu: 1_000`, `cpu: 1:30` and `0644` reach the reader as people see them, and neither a date
    that does not exist nor a number of 5,000 digits can fail.
    """

    yaml_implicit_resolvers: ClassVar = {  # type: ignore[misc] # PyYAML keeps it on the class
        first: [(tag, rule) for tag, rule in rules if tag.rsplit(":", 1)[1] in ("null", "merge")]
        for first, rules in _SafeLoader.yaml_implicit_resolvers.items()
    }


def _any_tag(loader: _TextLoader, suffix: str, node: yaml.Node) -> object:
    del suffix
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return node.value


for _tag in ("int", "float", "bool", "timestamp", "binary"):
    _TextLoader.add_constructor(f"tag:yaml.org,2002:{_tag}", lambda loader, node: node.value)
_TextLoader.add_multi_constructor("", _any_tag)


def decode(data: bytes) -> str:
    """UTF-8 text without its byte order mark; raises InvalidInput for other encodings or sizes."""
    if len(data) > MAX_BYTES:
        raise InvalidInput(f"it has {len(data):,} bytes; the limit is {MAX_BYTES:,}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"byte {error.start} is not UTF-8") from error


def text_documents(text: str) -> list[object]:
    """All documents of a file with every scalar as text; null stays None.

    A key that is written twice is refused, as the API server does: readers would disagree on it.
    Raises InvalidInput with the reason (and line, where YAML knows it) when the file is no YAML or
    breaks a limit.
    """
    return _load(text, _TextLoader)


def typed_document(text: str) -> object:
    """The one document of a file with numbers, booleans and dates; duplicate keys are refused."""
    documents = _load(text, _StrictLoader)
    if len(documents) != 1:
        raise InvalidInput(f"it holds {len(documents)} YAML documents; exactly one is wanted")
    return documents[0]


class _StrictLoader(_SafeLoader):
    """Refuses a key that is written twice: the second would silently win."""


def _unique_mapping(loader: _SafeLoader, node: yaml.MappingNode) -> dict[object, object]:
    seen: set[str] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value in seen and key.value != "<<":
            line = key.start_mark.line + 1
            raise InvalidInput(f"the key {key.value[:60]!r} is written twice, again in line {line}")
        seen.add(str(key.value))
    loader.flatten_mapping(node)
    return loader.construct_mapping(node, deep=True)


for _loader in (_StrictLoader, _TextLoader):
    _loader.add_constructor("tag:yaml.org,2002:map", _unique_mapping)


def _load(text: str, loader: type[_SafeLoader]) -> list[object]:
    try:
        check_events(yaml.parse(text, Loader=loader))
        return list(yaml.load_all(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        raise InvalidInput(_sentence(error)) from error
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        reason = str(error).partition("\n")[0][:120]
        raise InvalidInput(f"it is no YAML: {reason}") from error


def _sentence(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    place = f"line {mark.line + 1}: " if mark else ""
    fix = "; write a plain value" * isinstance(error, yaml.constructor.ConstructorError)
    return f"{place}{error.problem or error.context or 'it is no YAML'}{fix}"


@dataclass(slots=True)
class _Weights:
    """How many nodes each open collection and each finished anchor stands for."""

    open: list[int] = field(default_factory=lambda: [0])
    names: list[str | None] = field(default_factory=lambda: [None])
    anchors: dict[str, int] = field(default_factory=dict)
    aliases: int = 0
    aliased_nodes: int = 0

    def opened(self, anchor: str | None) -> None:
        self.open.append(1)
        self.names.append(anchor)

    def closed(self) -> None:
        weight, name = self.open.pop(), self.names.pop()
        self.open[-1] += weight
        if name:
            self.anchors[name] = weight

    def scalar(self, anchor: str | None) -> None:
        self.open[-1] += 1
        if anchor:
            self.anchors[anchor] = 1

    def alias(self, name: str) -> None:
        if name in self.names:
            raise InvalidInput(f"the alias *{name[:60]} stands inside its own anchor")
        self.aliases += 1
        self.aliased_nodes += self.anchors.get(name, 1)
        self.open[-1] += self.anchors.get(name, 1)


def check_events(events: Iterable[yaml.Event]) -> None:
    """Raise InvalidInput when a stream has too many aliases, too much behind them, or is too deep.

    Worked line: `a: &a [1,1]`, `b: &b [*a,*a]`, `c: [*b,*b]`: *a stands for 3 nodes, *b for 7, so
    the four aliases add 3 + 3 + 7 + 7 = 20 nodes.
    """
    weights = _Weights()
    for _ in _tracked(events, weights):
        if len(weights.open) > MAX_DEPTH:
            raise InvalidInput(f"it is nested over {MAX_DEPTH} deep")
        if sum(weights.open) > MAX_NODES:
            raise InvalidInput(f"it holds more than {MAX_NODES:,} values; split the file")
        if weights.aliases > MAX_ALIASES:
            raise InvalidInput(f"it has more than {MAX_ALIASES} aliases")
        if weights.aliased_nodes > MAX_ALIASED_NODES:
            raise InvalidInput(f"its aliases stand for more than {MAX_ALIASED_NODES:,} values")


def _tracked(events: Iterable[yaml.Event], weights: _Weights) -> Iterator[yaml.Event]:
    for event in events:
        if isinstance(event, yaml.ScalarEvent):
            weights.scalar(event.anchor)
        elif isinstance(event, yaml.CollectionStartEvent):
            weights.opened(event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            weights.closed()
        elif isinstance(event, yaml.AliasEvent):
            weights.alias(event.anchor or "")
        yield event
