"""Requests and limits in the values that a `helm_release` of Terraform gives to its chart.

A container is found by its values: `resources.requests.cpu` at the top for the release's own
workload, or under the component that the workload's name ends in (`controller.resources …`).
"""

import posixpath
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from finops.domain.errors import InvalidInput, Refused
from finops.domain.opportunity import Change, Opportunity, Setting
from finops.domain.pull_request import FileChange
from finops.edits.hcl_code import TerraformCode
from finops.edits.hcl_contexts import elements_of, scopes_of
from finops.edits.hcl_follow import Follower
from finops.edits.hcl_prove import changed_leaves, prove_terraform
from finops.edits.hcl_scope import NotFollowed, Place
from finops.edits.hcl_sites import blocks_inside, expressions_in
from finops.edits.hcl_target import quantity_like, value_of
from finops.edits.hcl_tree import object_entries, text_of, tuple_items, unwrap
from finops.edits.hcl_workloads import text_or_none
from finops.edits.prove import failed, prove_lines
from finops.edits.results import (
    AlreadyApplied,
    AmbiguousSource,
    Candidate,
    PlannedEdit,
    Proof,
    ProofEntry,
    SourceNotFound,
    picked,
)
from finops.edits.splices import Splice, apply_splices
from finops.edits.yaml_tree import NodeKind, UnreadableYaml, YamlNode, parse_yaml

_LEAVES = {
    Setting.CPU_REQUEST: ("requests", "cpu"),
    Setting.CPU_LIMIT: ("limits", "cpu"),
    Setting.MEMORY_REQUEST: ("requests", "memory"),
    Setting.MEMORY_LIMIT: ("limits", "memory"),
}
_FILES = ("file", "templatefile")
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Spot:
    """One value of the chart: its path in the values, and the bytes that write it.

    `node` is the literal or the heredoc in Terraform; None for a file of values.
    """

    source_path: str
    source: bytes
    path: Path
    text: str
    start: int
    end: int
    place: Place | None
    line: int

    @property
    def name(self) -> str:
        return ".".join(self.path)

    @property
    def component(self) -> Path:
        """The keys above `resources`."""
        return self.path[: self.path.index("resources")]


def plan_release(code: TerraformCode, opportunity: Opportunity, choice: str) -> PlannedEdit:
    """The edit of the values of the one release that makes the workload.

    Raises SourceNotFound when no release does, AmbiguousSource when several values may be meant,
    and Refused for values that are not written as literals.
    """
    spots = [spot for place in _releases(code, opportunity) for spot in _spots(code, place)]
    resource = opportunity.resource
    changes = [change for change in opportunity.changes if change.setting in _LEAVES]
    if len(changes) != len(opportunity.changes) or not changes:
        raise SourceNotFound(f"No release in Terraform sets what is to change of {resource.label}.")
    components = _components(spots, opportunity, changes)
    if not components:
        raise SourceNotFound(f"No helm_release in Terraform writes the values of {resource.label}.")
    candidates = [_candidate(each) for each in components]
    index = picked(candidates, choice)
    if index is None and len(components) > 1:
        places = "; ".join(f"{each.path} {each.words} ({each.place})" for each in candidates)
        raise AmbiguousSource(f"{resource.label} may be set by {places}. Pick one.", candidates)
    return _written(components[index or 0], changes)


def _releases(code: TerraformCode, opportunity: Opportunity) -> Iterator[Place]:
    resource, follower = opportunity.resource, Follower(code)
    for folder in code.folders_with("helm_release"):
        module = code.module(folder)
        for scope in scopes_of(code, module):
            for file, block in module.blocks("resource", "helm_release"):
                for element in elements_of(code, scope, file, block)[:1]:
                    place = Place(element, file, block.node)
                    written = expressions_in(block.node)
                    texts = {
                        name: text_or_none(follower, place.at(written[name]))
                        for name in ("name", "namespace", "chart")
                        if name in written
                    }
                    called = texts.get("name") or block.labels[-1]
                    space = texts.get("namespace")
                    is_here = not space or not resource.namespace or space == resource.namespace
                    if is_here and _is_of(resource.name, called):
                        yield place


def _is_of(workload: str, release: str) -> bool:
    return workload == release or workload.startswith(f"{release}-")


def _spots(code: TerraformCode, place: Place) -> Iterator[_Spot]:
    """Every request and limit that the release's values write."""
    yield from _set_spots(place)
    values = expressions_in(place.node).get("values")
    if values is None:
        return
    try:
        found = Follower(code).literal(place.at(values))
    except NotFollowed:
        return
    for item in tuple_items(found.node):
        yield from _value_spots(code, found.at(item))


def _set_spots(place: Place) -> Iterator[_Spot]:
    """`set { name = "resources.requests.cpu" … }` and the list of the provider's version 3."""
    holders = [place.at(block.node) for block in blocks_inside(place.node, "set")]
    listed = expressions_in(place.node).get("set")
    holders += [
        place.at(node) for item in tuple_items(listed) if (node := unwrap(item)) is not None
    ]
    for holder in holders:
        written = expressions_in(holder.node)
        name, value = unwrap(written.get("name")), unwrap(written.get("value"))
        if name is not None and value is not None and name.type == "string_lit":
            path = tuple(text_of(name).strip('"').split("."))
            if _is_leaf(path) and value.type in ("string_lit", "numeric_lit"):
                yield _literal_spot(holder.at(value), path)


def _value_spots(code: TerraformCode, place: Place) -> Iterator[_Spot]:
    node = unwrap(place.node)
    if node is not None and node.type == "heredoc_template":
        yield from _heredoc_spots(place.at(node))
    if node is None or node.type != "function_call":
        return
    name = text_of(node.children[0])
    given = [c for c in node.children if c.type == "function_arguments"]
    arguments = [c for c in (given[0].children if given else []) if c.type == "expression"]
    if name == "yamlencode" and arguments:
        yield from _encoded_spots(code, place.at(arguments[0]), ())
    elif name in _FILES and arguments:
        yield from _file_spots(code, place, text_of(arguments[0]))


def _encoded_spots(code: TerraformCode, place: Place, path: Path) -> Iterator[_Spot]:
    try:
        found = Follower(code).literal(place)
    except NotFollowed:
        return
    if found.node.type == "object":
        for key, value in object_entries(found.node).items():
            yield from _encoded_spots(code, found.at(value), (*path, key))
    elif _is_leaf(path) and found.node.type in ("string_lit", "numeric_lit"):
        yield _literal_spot(found, path)


def _literal_spot(place: Place, path: Path) -> _Spot:
    node, is_quoted = place.node, place.node.type == "string_lit"
    start, end = node.start_byte + is_quoted, node.end_byte - is_quoted
    source = place.file.source
    text = source[start:end].decode("utf-8", "replace")
    line = node.start_point.row + 1
    return _Spot(place.file.path, source, path, text, start, end, place, line)


def _heredoc_spots(place: Place) -> Iterator[_Spot]:
    """Values in a heredoc; those with interpolations in them are left alone."""
    source = place.file.source
    first = source.index(b"\n", place.node.start_byte) + 1
    last = source.rindex(b"\n", first - 1, place.node.end_byte) + 1
    for path, node, offset in _yaml_leaves(source[first:last]):
        start = first + offset
        line = source.count(b"\n", 0, start) + 1
        end = start + len(node.text.encode())
        yield _Spot(place.file.path, source, path, node.text, start, end, place, line)


def _file_spots(code: TerraformCode, place: Place, argument: str) -> Iterator[_Spot]:
    name = argument.strip('"').replace("${path.module}/", "").replace("${path.root}/", "")
    path = posixpath.normpath(posixpath.join(place.scope.module.folder, name))
    source = code.sources.get(path)
    if source is None or "$" in name:
        return
    for keys, node, start in _yaml_leaves(source):
        end = start + len(node.text.encode())
        yield _Spot(path, source, keys, node.text, start, end, None, node.line)


def _yaml_leaves(source: bytes) -> Iterator[tuple[Path, YamlNode, int]]:
    """Requests and limits in YAML with the byte their text begins at."""
    try:
        file = parse_yaml(source)
    except UnreadableYaml:
        return
    for root in file.documents:
        for path, node in _walk(root, ()):
            quote = len(node.style) if node.style in ("'", '"') else 0
            text = file.text[node.start + quote : node.end - quote]
            if _is_leaf(path) and text == node.text and not node.anchor and "${" not in text:
                yield path, node, file.byte_at(node.start + quote)


def _walk(node: YamlNode, path: Path) -> Iterator[tuple[Path, YamlNode]]:
    if node.kind is NodeKind.SCALAR and node.style in ("", "'", '"'):
        yield path, node
    for key, value in node.entries():
        if key.kind is NodeKind.SCALAR:
            yield from _walk(value, (*path, key.text))


def _is_leaf(path: Path) -> bool:
    return len(path) > 2 and path[-3] == "resources" and path[-2:] in _LEAVES.values()


def _components(
    spots: Sequence[_Spot], opportunity: Opportunity, changes: Sequence[Change]
) -> list[list[_Spot]]:
    """The groups of values that may be the container's: all changes, in one place."""
    name = opportunity.resource.name
    grouped: dict[tuple[str, Path], list[_Spot]] = {}
    for spot in spots:
        grouped.setdefault((spot.source_path, spot.component), []).append(spot)
    wanted = {_LEAVES[change.setting] for change in changes}
    whole = {
        key: found for key, found in grouped.items() if wanted <= {spot.path[-2:] for spot in found}
    }
    named = [v for (_, keys), v in whole.items() if keys and name.endswith(keys[-1].lower())]
    own = [v for (_, keys), v in whole.items() if not keys]
    return named or own


def _candidate(spots: Sequence[_Spot]) -> Candidate:
    spot = spots[0]
    return Candidate(
        spot.source_path, ".".join((*spot.component, "resources")), f"line {spot.line}"
    )


def _written(spots: Sequence[_Spot], changes: Sequence[Change]) -> PlannedEdit:
    splices: list[tuple[_Spot, Splice, Change]] = []
    for change in changes:
        spot = [each for each in spots if each.path[-2:] == _LEAVES[change.setting]][-1]
        text = _new_text(spot, change)
        if text is not None:
            splices.append((spot, Splice(spot.start, spot.end, text.encode()), change))
    if not splices:
        raise AlreadyApplied(f"{spots[0].source_path} already sets what is proposed.")
    spot = splices[0][0]
    after = apply_splices(spot.source, [splice for _, splice, _ in splices])
    lines = _proved(spot, after, [splice for _, splice, _ in splices])
    entries = tuple(
        ProofEntry(s.name, s.text, splice.text.decode(), s.source_path) for s, splice, _ in splices
    )
    edited = FileChange(spot.source_path, spot.source, after)
    return PlannedEdit((edited,), Proof(spot.source_path, entries, lines))


def _new_text(spot: _Spot, change: Change) -> str | None:
    """The proposal in the style of the old value; None when it is there already."""
    try:
        value = value_of(change.setting, spot.text)
    except (InvalidInput, ValueError) as error:
        raise Refused(
            f"{spot.source_path} line {spot.line}: {spot.name} is {spot.text!r}, which is no "
            "quantity; write a number there."
        ) from error
    if value == change.proposed:
        return None
    if change.current is not None and value != change.current:
        raise Refused(
            f"The file has moved on: {spot.source_path} line {spot.line} ({spot.name}) is "
            f"{spot.text}, but the estate showed {change.current}. Wait for the next cycle."
        )
    return quantity_like(change.setting, spot.text, change.number)


def _proved(spot: _Spot, after: bytes, splices: Sequence[Splice]) -> int:
    if spot.place is None:
        return _proved_values(spot, after, splices)
    file = spot.place.file
    return prove_terraform(file, after, splices, changed_leaves(file, splices))


def _proved_values(spot: _Spot, after: bytes, splices: Sequence[Splice]) -> int:
    """The changed lines of a file of values, or WillNeverWork when another value differs."""
    before = Counter(_facts(spot.source))
    different = Counter(_facts(after))
    different.subtract(before)
    changed = sum(abs(count) for count in different.values())
    if changed != 2 * len(splices):
        raise failed(spot.source_path, "something besides the intended values changed")
    return prove_lines(spot.source_path, spot.source, after, splices)


def _facts(source: bytes) -> Iterator[tuple[Path, str]]:
    for number, root in enumerate(parse_yaml(source).documents):
        for path, node in _walk(root, (str(number),)):
            yield path, node.text
