"""Assignments: a person said whose a resource is, and the next cycles remember it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from finops.domain.opportunity import Resource


class AssignmentScope(StrEnum):
    """How far an assignment reaches.

    `resource` is one workload, node group or cloud resource, whatever its labels say. `namespace`
    is everything in a namespace that nothing else gives an owner.
    """

    RESOURCE = "resource"
    NAMESPACE = "namespace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who gave what to which team. `assigned_by` is the id of the person, `name` what it is called.

    `key` is `cluster/namespace/kind/name` without empty parts, or `cluster/namespace`.
    """

    scope: AssignmentScope
    key: str
    team: str
    assigned_by: str
    assigned_at: datetime
    name: str = ""

    @property
    def rule(self) -> str:
        """`assigned by olivia on 2026-11-28`, and how far that reaches when it is a namespace."""
        whole = "" if self.scope is AssignmentScope.RESOURCE else " with its namespace"
        return f"assigned{whole} by {self.name or self.assigned_by} on {self.assigned_at:%Y-%m-%d}"


def assignment_key(resource: Resource, scope: AssignmentScope) -> str:
    """The key of an assignment that covers this resource; a container's is its workload's."""
    if scope is AssignmentScope.NAMESPACE:
        return f"{resource.cluster}/{resource.namespace}"
    return replace(resource, container="").key
