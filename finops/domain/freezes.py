"""A freeze: nothing is changed in its scope until it ends, whoever agrees."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from finops.domain.opportunity import Opportunity


class FreezeReach(StrEnum):
    """What a freeze is about."""

    EVERYTHING = "everything"
    TEAM = "team"
    CLUSTER = "cluster"
    NAMESPACE = "namespace"


@dataclass(frozen=True, slots=True)
class FreezeScope:
    """`FreezeScope(TEAM, "shop")`; everything has no name."""

    reach: FreezeReach = FreezeReach.EVERYTHING
    name: str = ""

    def __str__(self) -> str:
        return f"{self.reach} {self.name}" if self.name else self.reach.value

    def covers(self, opportunity: Opportunity) -> bool:
        """Whether the opportunity is in it; names are compared whatever their case."""
        resource = opportunity.resource
        name = {
            FreezeReach.EVERYTHING: self.name,
            FreezeReach.TEAM: opportunity.team,
            FreezeReach.CLUSTER: resource.cluster,
            FreezeReach.NAMESPACE: resource.namespace,
        }[self.reach]
        return name.casefold() == self.name.casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """Who stopped what, why, and until when; without `until` somebody has to end it."""

    id: int
    scope: FreezeScope
    by: str
    at: datetime
    until: datetime | None = None
    reason: str = ""
