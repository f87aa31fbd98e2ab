"""Who may assign an owner: assigning is not approving, and must not become a way to it.

Default approvers may assign anything. Else whoever decides for the team that owns it may give it
away, and an owner of a team may take what nobody owns. But nobody may make himself an approver of
it by that: who approves for the team that gets it, and not for the one that had it, asks somebody
else.
"""

from finops.domain.errors import NotPermitted
from finops.domain.opportunity import OpportunityRecord
from finops.domain.people import Actor, Approvers, Directory


def require_may_assign(
    directory: Directory, known: OpportunityRecord, target: str, actor: Actor
) -> None:
    """Raise NotPermitted, naming who may, unless this person may give it to team `target`."""
    team = known.opportunity.team
    if actor.is_among(directory.default_approvers):
        return
    if directory.knows(team):
        require_may_give(directory, known, actor)
    else:
        _require(directory, actor, Approvers(users=directory.team(target).owners), "assign")
    approves_there = actor.is_among(directory.approvers_of(target))
    if approves_there and not actor.is_among(directory.approvers_of(team)):
        raise NotPermitted(
            f"You approve for team {target}, so you may not give this to {target} yourself: that "
            f"would let one person take it and approve it.{_who(directory.default_approvers)}",
            users=directory.default_approvers.users,
            user_groups=directory.default_approvers.user_groups,
        )


def require_may_give(directory: Directory, known: OpportunityRecord, actor: Actor) -> None:
    """Raise NotPermitted unless this person decides for the team that owns it."""
    team = known.opportunity.team
    approvers = directory.approvers_of(team)
    users = (*directory.team(team).owners, *approvers.users)
    _require(directory, actor, Approvers(users, approvers.user_groups), "reassign")


def _require(directory: Directory, actor: Actor, may: Approvers, verb: str) -> None:
    others = directory.default_approvers
    allowed = Approvers(
        tuple(dict.fromkeys((*may.users, *others.users))),
        tuple(dict.fromkeys((*may.user_groups, *others.user_groups))),
    )
    if not actor.is_among(allowed):
        raise NotPermitted(
            f"You may not {verb} this.{_who(allowed)}",
            users=allowed.users,
            user_groups=allowed.user_groups,
        )


def _who(allowed: Approvers) -> str:
    if not allowed:
        return " A platform engineer sets default_approvers in finops.yml; they may."
    return f" These may: {', '.join((*allowed.users, *allowed.user_groups))}."
