"""What belongs to a resource of Terraform and goes with it, and what else refers to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from finops.edits.hcl_code import Module
from finops.edits.hcl_tree import HclBlock, HclFile, references

# What only connects a resource to others, and by which attribute: it goes with the resource.
_CONNECTING = {
    "aws_volume_attachment": "volume_id",
    "aws_eip_association": "allocation_id",
    "aws_route": "nat_gateway_id",
    "aws_elb_attachment": "elb",
    "aws_lb_listener": "load_balancer_arn",
    "aws_alb_listener": "load_balancer_arn",
    "aws_lb_listener_rule": "listener_arn",
    "aws_alb_listener_rule": "listener_arn",
    "aws_lb_listener_certificate": "listener_arn",
    "aws_alb_listener_certificate": "listener_arn",
    "aws_wafv2_web_acl_association": "resource_arn",
}
# What a resource pays for besides itself: it goes too where nothing else uses it.
_OWNED = {"aws_nat_gateway": ("allocation_id", "aws_eip")}


@dataclass(frozen=True, slots=True)
class Piece:
    """A top-level block of some file."""

    file: HclFile
    block: HclBlock


def belonging_to(module: Module, main: Piece) -> list[Piece]:
    """The block, what connects it, what only it uses, and the imports of these."""
    found, waiting = [main], [main.block.address]
    while waiting:
        address = waiting.pop()
        for piece in (*_connecting(module, address), *_owned(module, address, found)):
            if piece.block.address not in {each.block.address for each in found}:
                found.append(piece)
                waiting.append(piece.block.address)
    addresses = {each.block.address for each in found}
    for file, block in module.blocks("import"):
        target = block.attribute("to")
        if target is not None and {name for name, _ in references(target)} & addresses:
            found.append(Piece(file, block))
    return found


def _connecting(module: Module, address: str) -> Iterator[Piece]:
    for kind, attribute in _CONNECTING.items():
        for file, block in module.blocks("resource", kind):
            target = block.attribute(attribute)
            if target is not None and {name for name, _ in references(target)} == {address}:
                yield Piece(file, block)


def _owned(module: Module, address: str, found: Sequence[Piece]) -> Iterator[Piece]:
    """What the resource at the address uses and nothing that stays does."""
    attribute, kind = _OWNED.get(address.split(".")[0], ("", ""))
    holder = next((each for each in found if each.block.address == address), None)
    used = holder.block.attribute(attribute) if holder else None
    names = {name for name, _ in references(used)} if used is not None else set()
    for name in names:
        piece = module.resource(name) if name.split(".")[0] == kind else None
        if piece is None:
            continue
        gone = [*found, Piece(*piece)]
        users = [
            n
            for f in module.files
            for each, n in references(f.root)
            if each == name and not _is_inside(f, n, gone)
        ]
        if not users:
            yield Piece(*piece)


def used_elsewhere(
    files: Sequence[HclFile], belonging: Sequence[Piece]
) -> Iterator[tuple[HclFile, Node, str]]:
    """The references to what goes from what stays."""
    addresses = {each.block.address for each in belonging if each.block.kind == "resource"}
    for file in files:
        if any(address.encode() in file.source for address in addresses):
            for name, node in references(file.root):
                if name in addresses and not _is_inside(file, node, belonging):
                    yield file, node, name


def _is_inside(file: HclFile, node: Node, belonging: Sequence[Piece]) -> bool:
    return any(
        each.file is file
        and each.block.node.start_byte <= node.start_byte < each.block.node.end_byte
        for each in belonging
    )
