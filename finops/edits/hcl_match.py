"""Which declaration is the resource of the estate: by our tag, by id, by name, by label."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from finops.domain.opportunity import Opportunity
from finops.edits.hcl_code import Module
from finops.edits.hcl_follow import Follower
from finops.edits.hcl_scope import NotFollowed, Place
from finops.edits.hcl_sites import Site, blocks_inside, expressions_in
from finops.edits.hcl_tree import (
    descendants,
    literal_text,
    object_entries,
    text_of,
)
from finops.edits.results import SOURCE_TAG

_TRACE_TAG = "yor_trace"
# Terraform's name prefix adds 26 hexadecimal digits: 18 of a time stamp and 8 of a counter.
_GENERATED = re.compile(r"-?[0-9a-f]{26}")
_IDS = {
    "Volume": "vol-",
    "Instance": "i-",
    "Address": "eipalloc-",
    "NatGateway": "nat-",
    "Snapshot": "snap-",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the estate tells of a resource, to be found in Terraform."""

    kind: str
    name: str
    names: frozenset[str]
    trace: str
    source: str

    @classmethod
    def of(cls, opportunity: Opportunity) -> "Wanted":
        """From the resource and the tags it has in the cloud."""
        resource = opportunity.resource
        tags = {**opportunity.tags, **resource.cloud_tags}
        named = {resource.name, tags.get("Name", "")} - {""}
        source, trace = tags.get(SOURCE_TAG, ""), tags.get(_TRACE_TAG, "")
        return cls(resource.kind, resource.name, frozenset(named), trace, source)


def matching(follower: Follower, sites: Iterable[Site], wanted: Wanted) -> list[Site]:
    """The declarations that are the resource; the surest way of knowing it goes first.

    Our tag goes before `yor_trace`, that before an id (in a tag or an `import` block), and that
    before a name. A block that names another id of the kind is not it. A label or a map's key
    counts where no name is written, or where it is only known when Terraform runs.
    """
    found = list(sites)
    if wanted.source:
        return [site for site in found if _is_source(site, wanted.source)]
    if wanted.trace:
        traced = [site for site in found if _tag(follower, site, _TRACE_TAG) == wanted.trace]
        if traced:
            return traced
    imported: dict[str, Mapping[str, frozenset[str]]] = {}
    ids = [_ids(site, wanted, imported) for site in found]
    by_id = [site for site, own in zip(found, ids, strict=True) if wanted.name in own]
    if by_id:
        return by_id
    return [
        s for s, own in zip(found, ids, strict=True) if not own and _is_named(follower, s, wanted)
    ]


def imported_ids(module: Module) -> Mapping[str, frozenset[str]]:
    """The ids that `import` blocks give, by address."""
    found: dict[str, frozenset[str]] = {}
    for _, block in module.blocks("import"):
        target, identity = block.attribute("to"), literal_text(block.attribute("id"))
        if target is not None and identity:
            found[text_of(target)] = found.get(text_of(target), frozenset()) | {identity}
    return found


def _is_source(site: Site, source: str) -> bool:
    path, _, address = source.partition("@")
    return site.place.file.path == path and address in ("", site.address)


def _ids(
    site: Site, wanted: Wanted, imported: dict[str, Mapping[str, frozenset[str]]]
) -> frozenset[str]:
    prefix, module = _IDS.get(wanted.kind, ""), site.place.scope.module
    if module.folder not in imported:
        imported[module.folder] = imported_ids(module)
    given = imported[module.folder].get(site.address, frozenset())
    if not prefix:
        return given & {wanted.name}
    written = (
        literal_text(node) for node in descendants(site.block.node) if node.type == "string_lit"
    )
    return given | {text for text in written if text and text.startswith(prefix)}


def _is_named(follower: Follower, site: Site, wanted: Wanted) -> bool:
    written = [name for name in _names(follower, site) if name]
    if any(_is_called(name, each) for name in wanted.names for each in written):
        return True
    labels = {site.key} if site.key else {site.block.labels[-1]}
    has_name = bool(_name_expressions(site))
    is_by_label = not has_name or not written or bool(site.key) or wanted.kind == "Volume"
    return is_by_label and any(_is_called(name, each) for name in wanted.names for each in labels)


def _is_called(name: str, written: str) -> bool:
    """Whether it is the name, or the name with the digits that Terraform generates."""
    rest = name.removeprefix(written)
    is_generated = name.startswith(written) and bool(_GENERATED.fullmatch(rest))
    return name == written or is_generated


def _names(follower: Follower, site: Site) -> Iterator[str]:
    for expression in _name_expressions(site):
        try:
            yield follower.aside().text(expression)
        except NotFollowed:
            continue
    yield _tag(follower, site, "Name")


def _name_expressions(site: Site) -> list[Place]:
    written = expressions_in(site.place.node)
    wanted = [n for each in site.declaration.names for n in (each, f"{each}_prefix")]
    return [site.place.at(written[name]) for name in wanted if name in written]


def _tag(follower: Follower, site: Site, key: str) -> str:
    """The value of a tag, or an empty text: of `tags`, or of an Auto Scaling group's `tag`."""
    for block in blocks_inside(site.place.node, "tag"):
        if literal_text(block.attribute("key")) == key:
            return literal_text(block.attribute("value")) or ""
    tags = expressions_in(site.place.node).get("tags")
    # Maps of tags are merged from what is not here; the one that names the key is enough.
    for node in descendants(tags) if tags is not None else ():
        value = object_entries(node).get(key) if node.type == "object" else None
        if value is not None:
            try:
                return follower.aside().text(site.place.at(value))
            except NotFollowed:
                return ""
    return ""


def narrowed(sites: Sequence[Site], words: frozenset[str]) -> list[Site]:
    """Those in a folder, or with a file of variables, that bears one of the words."""
    own = [site for site in sites if words & _path_words(site)]
    return own if own else list(sites)


def _path_words(site: Site) -> set[str]:
    paths = [site.place.file.path]
    for scope in site.place.scope.outward():
        paths += [scope.module.folder + "/"]
        paths += [scope.values.path.replace(".tfvars", "/")] if scope.values else []
    return {part for path in paths for part in path.split("/")[:-1] if part}
