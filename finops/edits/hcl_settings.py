"""The literal of Terraform that decides a setting of a declared resource, and its replacement."""

import re

from tree_sitter import Node

from finops.domain.changes import Change, Setting
from finops.domain.errors import InvalidInput, Refused
from finops.edits.hcl_code import TerraformCode
from finops.edits.hcl_follow import Follower
from finops.edits.hcl_kinds import DECLARATIONS, Declaration
from finops.edits.hcl_scope import Absent, NotFollowed, Place, Step, Unset
from finops.edits.hcl_sites import Site, blocks_inside, slots_at
from finops.edits.hcl_target import Target, value_of, without_quotes
from finops.edits.hcl_tree import object_entries, text_of, tuple_items

_SIZES = (Setting.DESIRED_SIZE, Setting.MIN_SIZE, Setting.MAX_SIZE)
_LIST = "instance_types"
# How a map of node groups spells the type where it is not written yet; a list where True.
_TYPE_IN_MAP = {
    "self_managed_node_groups": ("instance_type", False),
    "worker_groups": ("instance_type", False),
    "worker_groups_launch_template": ("instance_type", False),
}


def target_of(code: TerraformCode, site: Site, change: Change) -> Target:
    """The one place that decides the setting of a declaration in its context.

    Raises NotFollowed or another Refused with the place when there is none, or no single one.
    """
    follower = Follower(code)
    slots = _slots(follower, site.place, site.declaration, change.setting)
    if not slots and change.setting is Setting.INSTANCE_TYPE:
        slots = _template_slots(follower, site, change.setting)
    if not slots:
        return _missing(site, change)
    _refuse_ignored(site, change.setting)
    try:
        # Only types of instances come in lists.
        as_list = change.setting is Setting.INSTANCE_TYPE
        literals = [each for slot in slots for each in _literals(follower, slot, as_list=as_list)]
    except Absent as error:
        if error.holder is not None and change.setting not in _SIZES:
            return Target(change, error.holder, (error.key,), steps=tuple(follower.via))
        raise
    return Target(change, _chosen(site, literals, change), steps=tuple(follower.via))


def refuse_moved_on(site: Site, target: Target) -> None:
    """Raise Refused when the file holds neither the estate's value nor the proposal."""
    current = target.change.current
    if target.is_applied or target.is_unknown or current is None:
        return
    if target.value != current:
        raise Refused(
            f"The file has moved on: {target.where} is {target.written}, but the estate showed "
            f"{current} for {target.change.setting.value} of {site.address}. Wait for the next "
            "cycle."
        )


def number_in(code: TerraformCode, site: Site, setting: Setting) -> int | None:
    """The whole number that the files say a setting is, or None where they do not say."""
    follower = Follower(code)
    try:
        slots = _slots(follower, site.place, site.declaration, setting)
        found = [value_of(setting, follower.text(slot)) for slot in slots]
    except (NotFollowed, InvalidInput, ValueError):
        return None
    return found[0] if len(found) == 1 and isinstance(found[0], int) else None


def is_written(code: TerraformCode, site: Site, setting: Setting) -> bool:
    """Whether the declaration writes the setting at all, as a literal or not."""
    try:
        return bool(_slots(Follower(code), site.place, site.declaration, setting))
    except NotFollowed:
        return True


def _slots(
    follower: Follower, place: Place, declaration: Declaration, setting: Setting
) -> list[Place]:
    for path in declaration.settings.get(setting, ()):
        found = slots_at(follower, place, path)
        if found:
            return found
    return []


def _template_slots(follower: Follower, site: Site, setting: Setting) -> list[Place]:
    """The setting in the launch template or configuration that the declaration refers to."""
    for path in site.declaration.templates:
        for reference in slots_at(follower, site.place, path):
            words = text_of(reference.node).split(".")
            address = ".".join(words[:2]).split("[")[0]
            found = site.place.scope.module.resource(address)
            for declaration in DECLARATIONS["LaunchTemplate"] if found else ():
                if found and declaration.block[1] == found[1].labels[0]:
                    follower.via.append(Step(address, reference))
                    at = Place(site.place.scope, found[0], found[1].node)
                    return _slots(follower, at, declaration, setting)
            raise NotFollowed(
                f"{reference.where}: {reference.text} decides it, and that is not in this folder."
            )
    return []


def _literals(follower: Follower, slot: Place, *, as_list: bool) -> list[Place]:
    """The literals of an expression: several of a list of instance types."""
    items: list[Node] = []
    try:
        found = follower.literal(slot)
        items = tuple_items(found.node) if as_list else []
        literals = [follower.literal(found.at(item)) for item in items] if items else [found]
    except Unset as error:
        if len(items) > 1 or (not items and slot.name.endswith(_LIST)):
            # A list of which not all is known: one type for all of it would be a guess.
            raise NotFollowed(str(error)) from None
        raise
    for literal in literals:
        if literal.node.type not in ("string_lit", "numeric_lit"):
            raise NotFollowed(f"{literal.where}: {literal.text} is no single value.")
    return literals


def _chosen(site: Site, literals: list[Place], change: Change) -> Place:
    """Of several instance types the one that is to go, else the one that is there already."""
    if len(literals) == 1:
        return literals[0]
    for wanted in (change.current, change.proposed):
        found = [each for each in literals if without_quotes(each) == str(wanted)]
        if len(found) == 1:
            return found[0]
    texts = ", ".join(without_quotes(each) for each in literals)
    raise Refused(
        f"{site.where} lists {texts or 'nothing'} for {change.setting.value}, and not one of them "
        f"alone is {change.current}; edit it by hand."
    )


def _missing(site: Site, change: Change) -> Target:
    """A setting that is not written goes into the declaration itself."""
    paths = site.declaration.settings.get(change.setting, ())
    if not paths:
        raise Refused(f"{site.where} has no {change.setting.value} to set.")
    name = paths[0][-1]
    if change.setting in _SIZES and not _in_defaults(site, change.setting):
        raise Refused(f"{site.where} does not write {name}; write it out as a number.")
    if change.setting is Setting.INSTANCE_TYPE and not site.key:
        raise Refused(f"{site.where} does not write {name}; write it out first.")
    as_list = change.setting is Setting.INSTANCE_TYPE
    path = paths[0]
    if site.map_name in _TYPE_IN_MAP and as_list:
        name, as_list = _TYPE_IN_MAP[site.map_name]
        path = (name,)
    return Target(change, site.place, path, as_list)


def _in_defaults(site: Site, setting: Setting) -> bool:
    """Whether the map of defaults writes it: then the group gets a value of its own."""
    names = {path[-1] for path in site.declaration.settings.get(setting, ())}
    return any(names & set(_names_in(place)) for place in site.defaults)


def _names_in(place: Place) -> list[str]:
    return list(object_entries(place.node))


def _refuse_ignored(site: Site, setting: Setting) -> None:
    """Raise Refused when Terraform ignores later changes of the attribute."""
    for lifecycle in blocks_inside(site.place.node, "lifecycle"):
        ignored = lifecycle.attribute("ignore_changes")
        for path in site.declaration.settings.get(setting, ()) if ignored is not None else ():
            pattern = rf"\b{path[-1]}\b|\ball\b" + rf"|\b{path[0]}\s*[,\]]" * (len(path) > 1)
            if ignored is not None and re.search(pattern, text_of(ignored)):
                raise Refused(
                    f"{site.where} ignores changes of {path[-1]} (lifecycle ignore_changes), so "
                    "an edit would do nothing; change it where it is really kept."
                )
