"""Set the size of a node group that Terraform declares with literals."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from finops.domain.errors import Refused
from finops.domain.opportunity import Change
from finops.edits.hcl_tree import (
    HclBlock,
    HclFile,
    attributes_in,
    literal_int,
    literal_text,
    object_entries,
    text_of,
)
from finops.edits.results import AlreadyApplied, ProofEntry
from finops.edits.splices import Splice

_GROUP_MAPS = ("eks_managed_node_groups", "self_managed_node_groups")
# Terraform's name prefix adds 26 hexadecimal digits: 18 of a time stamp and 8 of a counter.
_GENERATED = re.compile(r"-?[0-9a-f]{26}")

MODULE_NOTE = (
    "The EKS module ignores later changes of desired_size, so that it does not fight the "
    "autoscaler. Applying this change may leave a running group at its size: check the plan, and "
    "lower the size of the group itself too if the plan shows no change."
)


@dataclass(frozen=True, slots=True)
class NodeGroupSource:
    """One declared node group: where its sizes are written.

    `sizes` maps `desired_size`, `min_size` and `max_size` to their expressions.
    """

    path: str
    line: int
    place: str
    sizes: dict[str, Node]
    ignores_desired_size: bool = False
    notes: tuple[str, ...] = ()


def find_node_groups(file: HclFile, name: str) -> list[NodeGroupSource]:
    """Every node group of the file with that name, as resource or in an EKS module's map.

    A written `node_group_name` or `name` counts first, then the resource's label or the map's
    key; Terraform's generated suffix is looked through.
    """
    return [*_resources(file, name), *_module_entries(file, name)]


def edit_node_group(
    group: NodeGroupSource, change: Change
) -> tuple[tuple[Splice, ...], tuple[ProofEntry, ...]]:
    """The splices that set the desired size, and lower a minimum that would be above it.

    Raises AlreadyApplied, or Refused for an expression, another current size, or a size above
    the maximum.
    """
    desired, at = _literal(group, "desired_size")
    if group.ignores_desired_size:
        raise Refused(
            f"{_where(group)} ignores changes of desired_size (lifecycle ignore_changes), so an "
            "edit would do nothing; lower the size where it is really kept."
        )
    pending = {"desired_size": at} if desired != change.proposed else {}
    if pending and desired != change.current:
        raise Refused(
            f"The file has moved on: {_where(group)} has desired_size {desired}, but the estate "
            f"showed {change.current}. Wait for the next cycle."
        )
    pending |= _minimum_to_lower(group, change.proposed)
    _refuse_above_maximum(group, change.proposed)
    if not pending:
        raise AlreadyApplied(f"{_where(group)} already has desired_size {desired}.")
    after = str(change.proposed)
    splices = tuple(Splice(n.start_byte, n.end_byte, after.encode()) for n in pending.values())
    entries = tuple(
        ProofEntry(f"{group.place}, {name}", text_of(node), after, group.path)
        for name, node in pending.items()
    )
    return splices, entries


def _resources(file: HclFile, name: str) -> Iterator[NodeGroupSource]:
    for block in file.blocks("resource", "aws_eks_node_group"):
        label = block.labels[-1]
        written = literal_text(block.attribute("node_group_name"))
        prefix = literal_text(block.attribute("node_group_name_prefix"))
        is_named = name == written if written is not None else name == label
        if is_named or (prefix and _is_generated(name, prefix)):
            scaling = next(iter(block.blocks("scaling_config")), None)
            yield NodeGroupSource(
                path=file.path,
                line=block.line,
                place=f"{block.address}, scaling_config",
                sizes=attributes_in(scaling.body) if scaling else {},
                ignores_desired_size=_ignores_desired_size(block),
            )


def _module_entries(file: HclFile, name: str) -> Iterator[NodeGroupSource]:
    for module in file.blocks("module"):
        for attribute in _GROUP_MAPS:
            for key, group in object_entries(module.attribute(attribute)).items():
                entries = object_entries(group)
                written = literal_text(entries.get("name"))
                called = key if written is None else written
                if name in (called, key) or _is_generated(name, called):
                    yield NodeGroupSource(
                        path=file.path,
                        line=group.start_point.row + 1,
                        place=f"module.{module.labels[0]}, {attribute}.{key}",
                        sizes=entries,
                        notes=(MODULE_NOTE,),
                    )


def _is_generated(name: str, prefix: str) -> bool:
    return name.startswith(prefix) and bool(_GENERATED.fullmatch(name.removeprefix(prefix)))


def _ignores_desired_size(block: HclBlock) -> bool:
    ignored = [lifecycle.attribute("ignore_changes") for lifecycle in block.blocks("lifecycle")]
    return any(
        node is not None
        and re.search(r"desired_size|\ball\b|scaling_config\s*[,\]]", text_of(node))
        for node in ignored
    )


def _literal(group: NodeGroupSource, name: str) -> tuple[int, Node]:
    expression = group.sizes.get(name)
    if expression is None:
        raise Refused(f"{_where(group)} does not write {name}; write it out as a number.")
    found = literal_int(expression)
    if found is None:
        raise Refused(
            f"{_where(group)} takes {name} from {text_of(expression)}, which is an expression; "
            "change it where it is defined."
        )
    return found


def _minimum_to_lower(group: NodeGroupSource, proposed: int) -> dict[str, Node]:
    if "min_size" not in group.sizes:
        return {}
    minimum, at = _literal(group, "min_size")
    return {"min_size": at} if minimum > proposed else {}


def _refuse_above_maximum(group: NodeGroupSource, proposed: int) -> None:
    found = literal_int(group.sizes["max_size"]) if "max_size" in group.sizes else None
    if found is not None and proposed > found[0]:
        raise Refused(f"{_where(group)} has max_size {found[0]}, below the proposed {proposed}.")


def _where(group: NodeGroupSource) -> str:
    return f"{group.path} line {group.line} ({group.place})"
