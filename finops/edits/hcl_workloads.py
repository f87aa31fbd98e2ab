"""Containers and autoscalers that Terraform's Kubernetes provider declares."""

from collections.abc import Iterator

from finops.domain.changes import Change, Setting
from finops.domain.errors import Refused
from finops.domain.opportunity import Opportunity, Resource
from finops.edits.hcl_code import TerraformCode
from finops.edits.hcl_contexts import elements_of, scopes_of
from finops.edits.hcl_follow import Follower
from finops.edits.hcl_kinds import Declaration
from finops.edits.hcl_scope import NotFollowed, Place
from finops.edits.hcl_sites import Site, blocks_inside, slots_at
from finops.edits.hcl_target import Target
from finops.edits.hcl_tree import HclBlock

_VERSIONS = ("", "_v1", "_v2", "_v2beta2")
_TEMPLATE = ("spec", "template", "spec")
_KINDS = {
    "Deployment": (("kubernetes_deployment",), _TEMPLATE),
    "StatefulSet": (("kubernetes_stateful_set",), _TEMPLATE),
    "DaemonSet": (("kubernetes_daemonset", "kubernetes_daemon_set"), _TEMPLATE),
    "ReplicationController": (("kubernetes_replication_controller",), _TEMPLATE),
    "Job": (("kubernetes_job",), _TEMPLATE),
    "CronJob": (("kubernetes_cron_job",), ("spec", "job_template", *_TEMPLATE)),
    "Pod": (("kubernetes_pod",), ("spec",)),
}
_CONTAINERS = ("container", "init_container")
_AUTOSCALER = "kubernetes_horizontal_pod_autoscaler"
_RESOURCES = {
    Setting.CPU_REQUEST: (("resources", "requests", "cpu"),),
    Setting.CPU_LIMIT: (("resources", "limits", "cpu"),),
    Setting.MEMORY_REQUEST: (("resources", "requests", "memory"),),
    Setting.MEMORY_LIMIT: (("resources", "limits", "memory"),),
}
_TARGET_OF = {Setting.HPA_CPU_TARGET: "cpu", Setting.HPA_MEMORY_TARGET: "memory"}
_OLD_TARGET = ("spec", "target_cpu_utilization_percentage")
_USE = ("target", "average_utilization")


def container_sites(code: TerraformCode, opportunity: Opportunity) -> list[Site]:
    """The containers that may be the resource, in each of their contexts.

    A name or namespace that only a run of Terraform knows fits any; the container's must be known.
    """
    resource = opportunity.resource
    kinds = [_KINDS[resource.kind]] if resource.kind in _KINDS else list(_KINDS.values())
    found: list[Site] = []
    for types, path in kinds:
        for place, block in _blocks(code, types):
            if not _fits(Follower(code), place, resource):
                continue
            for holder in _holders(place, path):
                found += _containers(Follower(code), holder, block, resource.container)
    return found


def autoscaler_target(code: TerraformCode, opportunity: Opportunity, change: Change) -> Target:
    """Where the target of the workload's autoscaler is written, as a share of the request.

    Raises Refused when none or several autoscalers in Terraform name the workload.
    """
    resource, follower = opportunity.resource, Follower(code)
    found: dict[tuple[str, int], Place] = {}
    for place, _ in _blocks(code, (_AUTOSCALER,)):
        names = slots_at(follower, place, ("spec", "scale_target_ref", "name"))
        if any(text_or_none(follower, name) == resource.name for name in names):
            for slot in _utilisations(follower, place, change.setting):
                literal = follower.literal(slot)
                found[literal.file.path, literal.node.start_byte] = literal
    if len(found) != 1:
        count = "no autoscaler" if not found else "several autoscalers"
        raise Refused(
            f"{count} in Terraform set the {_TARGET_OF[change.setting]} target of "
            f"{resource.label}, so request and target cannot be changed together."
        )
    return Target(change, next(iter(found.values())), steps=tuple(follower.via))


def _blocks(code: TerraformCode, types: tuple[str, ...]) -> Iterator[tuple[Place, HclBlock]]:
    for folder in code.folders_with(*types):
        module = code.module(folder)
        names = {f"{kind}{version}" for kind in types for version in _VERSIONS}
        blocks = [(f, b) for f, b in module.blocks("resource") if b.labels[:1][0] in names]
        for scope in scopes_of(code, module) if blocks else ():
            for file, block in blocks:
                for element in elements_of(code, scope, file, block):
                    yield Place(element, file, block.node), block


def _holders(place: Place, path: tuple[str, ...]) -> list[Place]:
    """The blocks at the end of a path of blocks."""
    found = [place]
    for step in path:
        found = [each.at(b.node) for each in found for b in blocks_inside(each.node, step)]
    return found


def _containers(follower: Follower, holder: Place, block: HclBlock, name: str) -> Iterator[Site]:
    for kind in _CONTAINERS:
        for each in blocks_inside(holder.node, kind):
            written = each.attribute("name")
            called = text_or_none(follower, holder.at(written)) if written is not None else ""
            if name in ("", called):
                declaration = Declaration(("resource", block.labels[0]), _RESOURCES)
                yield Site(declaration, holder.at(each.node), block, called or kind)


def _utilisations(follower: Follower, place: Place, setting: Setting) -> Iterator[Place]:
    metric = _TARGET_OF[setting]
    if metric == "cpu":
        yield from slots_at(follower, place, _OLD_TARGET)
    for resource in _holders(place, ("spec", "metric", "resource")):
        names = slots_at(follower, resource, ("name",))
        if any(text_or_none(follower, name) == metric for name in names):
            yield from slots_at(follower, resource, _USE)


def _fits(follower: Follower, place: Place, resource: Resource) -> bool:
    for attribute, wanted in (("name", resource.name), ("namespace", resource.namespace)):
        for slot in slots_at(follower, place, ("metadata", attribute)):
            text = text_or_none(follower, slot)
            if wanted and (text != wanted if text is not None else attribute == "name"):
                return False
    return bool(slots_at(follower, place, ("metadata", "name")))


def text_or_none(follower: Follower, place: Place) -> str | None:
    """The text of an expression, or None when only a run of Terraform knows it."""
    try:
        return follower.aside().text(place)
    except NotFollowed:
        return None
