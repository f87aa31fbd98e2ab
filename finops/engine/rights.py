"""Who may decide for a team: its approvers approve, its owners and approvers do the rest."""

from datetime import datetime

from sqlalchemy import Connection

from finops.domain.errors import NotPermitted
from finops.domain.opportunity import Opportunity, OpportunityRecord
from finops.domain.people import Actor, Approvers, Directory
from finops.ledger import history
from finops.savings_ledger import LedgerTransaction


def require_approver(
    directory: Directory, known: OpportunityRecord, actor: Actor, verb: str
) -> None:
    """Raise NotPermitted, naming who may, unless this person may approve what is so large.

    Nobody approves a value that he has set himself.
    """
    opportunity = known.opportunity
    allowed = approvers_for(directory, opportunity)
    _require(allowed, actor, team=opportunity.team, verb=verb)
    if opportunity.edited_by == actor.id:
        raise NotPermitted(
            f"You set this value yourself, so somebody else must {verb} it.",
            users=tuple(user for user in allowed.users if user != actor.id),
            user_groups=allowed.user_groups,
        )


def require_any_approver(directory: Directory, team: str, actor: Actor, verb: str) -> None:
    """Raise NotPermitted unless this person may approve anything of the team, however small."""
    _require(directory.every_approver_of(team), actor, team=team, verb=verb)


def approvers_for(directory: Directory, opportunity: Opportunity) -> Approvers:
    """Who may approve this one."""
    return directory.approvers_at(
        opportunity.team,
        usd_per_month=opportunity.saving.larger_usd_per_month,
        risk=opportunity.risk,
    )


def require_owner_or_approver(directory: Directory, team: str, actor: Actor, verb: str) -> None:
    """Raise NotPermitted, naming who may, unless this person owns or approves for the team."""
    approvers = directory.approvers_of(team)
    users = tuple(dict.fromkeys((*directory.team(team).owners, *approvers.users)))
    _require(Approvers(users, approvers.user_groups), actor, team=team, verb=verb)


def person_key(user: str) -> str:
    """The setting that keeps what a person is called."""
    return f"person:{user}"


def known_people(connection: Connection) -> dict[str, str]:
    """What the people are called who ever decided something, by their id."""
    return {
        who: str(name) for who, name in history.settings_below(connection, person_key("")).items()
    }


def remember_name(tx: LedgerTransaction, actor: Actor, *, now: datetime) -> None:
    """Keep what a person is called, for pull requests and evidence.

    Written only when it changed: the row would make decisions of one person wait for each other.
    """
    if actor.name and history.setting(tx.connection, person_key(actor.id)) != actor.name:
        history.put_setting(tx.connection, person_key(actor.id), actor.name, by=actor.id, now=now)


def name_of(tx: LedgerTransaction, user: str) -> str:
    """What a person is called, or their id."""
    return str(history.setting(tx.connection, person_key(user)) or user)


def _require(approvers: Approvers, actor: Actor, *, team: str, verb: str) -> None:
    if not approvers:
        raise NotPermitted(
            f"Nobody may {verb} for team {team} yet: a platform engineer sets approvers in the "
            "configuration file."
        )
    if not actor.is_among(approvers):
        who = ", ".join((*approvers.users, *approvers.user_groups))
        raise NotPermitted(
            f"You may not {verb} this for team {team}; these may: {who}.",
            users=approvers.users,
            user_groups=approvers.user_groups,
        )
