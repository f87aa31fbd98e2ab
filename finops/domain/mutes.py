"""A "no" that teaches: why people decline, and what they do not want to be asked for a while."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from finops.domain.opportunity import Opportunity


class DenyReason(StrEnum):
    """Why a proposal was declined, as classes that can be counted and acted upon."""

    HEADROOM = "headroom"
    TOO_RISKY = "too_risky"
    WRONG_DATA = "wrong_data"
    GOING_AWAY = "going_away"
    NOT_OURS = "not_ours"
    NOT_NOW = "not_now"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The class as people read it."""
        return _WORDS[self]

    @property
    def offers_mute(self) -> bool:
        """Whether the same answer is likely for alike proposals; the others say to mend something.

        Wrong data is a bug to report, what is not ours is to be assigned.
        """
        return self not in (DenyReason.WRONG_DATA, DenyReason.NOT_OURS)


_WORDS = {
    DenyReason.HEADROOM: "We need this headroom",
    DenyReason.TOO_RISKY: "Not worth the risk",
    DenyReason.WRONG_DATA: "The data is wrong",
    DenyReason.GOING_AWAY: "It is going away anyway",
    DenyReason.NOT_OURS: "It is not ours",
    DenyReason.NOT_NOW: "Not now",
    DenyReason.OTHER: "Something else",
}


class MuteReach(StrEnum):
    """How far a mute reaches, from the resource that was declined."""

    RESOURCE = "resource"
    NAMESPACE = "namespace"
    TEAM = "team"


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteScope:
    """What a mute covers: a team's opportunities with these properties; empty ones match any."""

    team: str
    kind: str = ""
    cluster: str = ""
    namespace: str = ""
    resource_key: str = ""

    def covers(
        self, *, team: str, kind: str, cluster: str, namespace: str, resource_key: str
    ) -> bool:
        """Whether an opportunity with these properties is hidden by it."""
        pairs = (
            (self.kind, kind),
            (self.cluster, cluster),
            (self.namespace, namespace),
            (self.resource_key, resource_key),
        )
        same = all(wanted in ("", there) for wanted, there in pairs)
        return same and self.team.lower() == team.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """A named mute that ends by itself."""

    name: str
    scope: MuteScope
    reason: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    id: int = 0


def scope_of(opportunity: Opportunity, reach: MuteReach) -> MuteScope:
    """The scope that covers this opportunity and its like; what is in no namespace goes by team."""
    resource = opportunity.resource
    if reach is MuteReach.RESOURCE:
        return MuteScope(team=opportunity.team, resource_key=resource.key)
    kind = opportunity.kind.value
    if reach is MuteReach.NAMESPACE and resource.namespace:
        return MuteScope(
            team=opportunity.team, kind=kind, cluster=resource.cluster, namespace=resource.namespace
        )
    return MuteScope(team=opportunity.team, kind=kind)
