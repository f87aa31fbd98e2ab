"""The blocks and objects of Terraform that declare a resource, and the expressions in them."""

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from finops.edits.hcl_code import Module, TerraformCode
from finops.edits.hcl_contexts import elements_of, scopes_of
from finops.edits.hcl_follow import Follower
from finops.edits.hcl_kinds import GROUP, GROUP_MAPS, Declaration, Path, declarations_of
from finops.edits.hcl_scope import Absent, NotFollowed, Place, Scope
from finops.edits.hcl_tree import (
    HclBlock,
    attributes_in,
    blocks_in,
    literal_text,
    object_entries,
    tuple_items,
)


@dataclass(frozen=True, slots=True)
class Site:
    """One declaration in one context. `place` is the block, or the object in a module's map."""

    declaration: Declaration
    place: Place
    block: HclBlock
    key: str = ""
    map_name: str = ""
    defaults: tuple[Place, ...] = ()

    @property
    def address(self) -> str:
        """`aws_instance.web`, or `module.eks.eks_managed_node_groups.blue`."""
        return ".".join(part for part in (self.block.address, self.map_name, self.key) if part)

    @property
    def where(self) -> str:
        """`infra/main.tf line 3 (aws_instance.web)`."""
        return f"{self.place.where} ({self.address})"

    @property
    def is_of_module(self) -> bool:
        """Whether a module makes the resource and not a block of its own."""
        return self.block.kind == "module"


def sites_of(code: TerraformCode, kind: str, *, only: str | None = None) -> Iterator[Site]:
    """Every declaration of a kind of resource in each of its contexts, in one folder or in all."""
    declarations = declarations_of(kind)
    words = [each.block[1] for each in declarations]
    words += GROUP_MAPS if kind == "NodeGroup" else []
    for folder in code.folders_with(*words):
        if only is not None and folder != only:
            continue
        module = code.module(folder)
        blocks = list(_declaring(module, declarations, with_groups=kind == "NodeGroup"))
        for scope in scopes_of(code, module) if blocks else ():
            for declaration, place, block in blocks:
                for element in elements_of(code, scope, place.file, block):
                    at = Place(element, place.file, place.node)
                    if declaration is GROUP:
                        yield from _groups(code, at, block)
                    else:
                        yield Site(declaration, at, block)


def slots_at(follower: Follower, place: Place, path: Path) -> list[Place]:
    """The expressions at a path inside a block or an object, through blocks, objects and lists.

    Raises NotFollowed for a dynamic block on the way.
    """
    holders = [place]
    for step in path[:-1]:
        holders = [inner for holder in holders for inner in _inside(follower, holder, step)]
    return [
        holder.at(node)
        for holder in holders
        if (node := expressions_in(holder.node).get(path[-1])) is not None
    ]


def expressions_in(node: Node) -> dict[str, Node]:
    """The expressions that a block or an object holds directly, by name."""
    if node.type == "block":
        return attributes_in(_body(node))
    return object_entries(node)


def blocks_inside(node: Node, kind: str) -> list[HclBlock]:
    """The blocks of that kind directly inside a block; none in an object."""
    return blocks_in(_body(node), kind) if node.type == "block" else []


def _declaring(
    module: Module, declarations: tuple[Declaration, ...], *, with_groups: bool
) -> Iterator[tuple[Declaration, Place, HclBlock]]:
    scope = Scope(module)
    for declaration in declarations:
        kind, name = declaration.block
        for file, block in module.blocks(kind):
            if (block.labels[:1] == (name,)) if kind == "resource" else (_source(block) == name):
                yield declaration, Place(scope, file, block.node), block
    for file, block in module.blocks("module") if with_groups else ():
        if set(GROUP_MAPS) & attributes_in(block.body).keys():
            yield GROUP, Place(scope, file, block.node), block


def _source(block: HclBlock) -> str:
    return (literal_text(block.attribute("source")) or "").partition("?")[0]


def _groups(code: TerraformCode, place: Place, block: HclBlock) -> Iterator[Site]:
    """The node groups in the maps of one call of a module."""
    written = attributes_in(block.body)
    for name in GROUP_MAPS.keys() & written.keys():
        defaults = tuple(place.at(written[d]) for d in GROUP_MAPS[name] if d in written)
        try:
            entries = _entries(Follower(code), place.at(written[name]))
        except NotFollowed:
            continue
        for key, value in entries.items():
            try:
                found = Follower(code).literal(value)
            except NotFollowed:
                continue
            if found.node.type == "object":
                yield Site(GROUP, found, block, key, name, defaults)


def _entries(follower: Follower, place: Place) -> dict[str, Place]:
    """A map's groups by key; before version 18 of the EKS module a list was allowed too."""
    found = follower.literal(place)
    if found.node.type == "tuple":
        return {str(number): found.at(n) for number, n in enumerate(tuple_items(found.node))}
    return follower.entries(found)


def _inside(follower: Follower, holder: Place, step: str) -> list[Place]:
    """The blocks of that name, or the object or the objects of a list under it."""
    for block in blocks_inside(holder.node, "dynamic"):
        if block.labels == (step,):
            raise NotFollowed(
                f"{holder.at(block.node).where}: {step} is made by a dynamic block, so no literal "
                "of it is there to edit."
            )
    found = [holder.at(block.node) for block in blocks_inside(holder.node, step)]
    node = expressions_in(holder.node).get(step)
    if node is None:
        return found
    try:
        value = follower.literal(holder.at(node))
    except Absent:
        return found
    items = tuple_items(value.node)
    objects = [follower.literal(value.at(item)) for item in items] if items else [value]
    return found + [each for each in objects if each.node.type == "object"]


def _body(node: Node) -> Node | None:
    return next((child for child in node.children if child.type == "body"), None)
