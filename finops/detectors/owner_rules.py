"""Which rule found the owner of each resource in a snapshot, for the evidence of every finding."""

from finops.domain.assignments import AssignmentScope, assignment_key
from finops.domain.estate import Node, Snapshot
from finops.domain.opportunity import Opportunity
from finops.domain.ownership import with_owner


def owner_rules(snapshot: Snapshot) -> dict[str, str]:
    """The rules by key of the resource, without its container."""
    rules = {
        f"{each.cluster}/{each.namespace}/{each.kind}/{each.name}": each.owner_rule
        for each in snapshot.workloads
    }
    for volume in snapshot.volumes:
        rules[f"{volume.cluster or snapshot.cluster}/Volume/{volume.volume_id}"] = volume.owner_rule
    for resource in snapshot.cloud_resources:
        rules[f"{snapshot.cluster}/{resource.kind}/{resource.resource_id}"] = resource.owner_rule
    groups: dict[str, list[Node]] = {}
    for node in snapshot.nodes:
        rules[f"{node.cluster}/Node/{node.name}"] = node.owner_rule
        groups.setdefault(f"{node.cluster}/NodeGroup/{node.node_group}", []).append(node)
    return rules | {key: _rule_of_group(nodes) for key, nodes in groups.items()}


def with_owner_evidence(found: Opportunity, rules: dict[str, str]) -> Opportunity:
    """The finding with a line that says whose it is and by which rule."""
    key = assignment_key(found.resource, AssignmentScope.RESOURCE)
    return with_owner(found, found.team, rules.get(key, ""))


def _rule_of_group(nodes: list[Node]) -> str:
    teams = sorted({node.team for node in nodes})
    if len(teams) > 1:
        return f"Its nodes name different teams: {', '.join(teams[:5])}."
    return nodes[0].owner_rule
