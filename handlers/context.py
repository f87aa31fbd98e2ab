"""What every handler is given."""

from dataclasses import dataclass

from finops.domain.people import Approvers, Directory
from finops.finops_engine import FinOpsEngine
from handlers.access import Membership
from handlers.reference import checked_instance
from handlers.settings_desk import SettingsDesk


@dataclass(frozen=True, slots=True)
class HandlerContext:
    """The engine, the name of this installation, who is in which user group, and its settings."""

    engine: FinOpsEngine
    instance: str
    membership: Membership
    desk: SettingsDesk

    def __post_init__(self) -> None:
        checked_instance(self.instance)


def deciders_of(directory: Directory, team: str) -> Approvers:
    """Owners and approvers of a team: who may deny or snooze, and whom its waste concerns."""
    approvers = directory.approvers_of(team)
    return Approvers((*directory.team(team).owners, *approvers.users), approvers.user_groups)
