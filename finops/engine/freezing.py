"""Stopping everything at once, and letting it go on.

Whoever decides for any team may pull the brake, on anything; it can do no harm. Letting go is for
who pulled it, and for those who approve where no team has approvers of its own.
"""

from datetime import date, datetime, timedelta

from finops.domain.errors import InvalidInput, NotPermitted, Refused
from finops.domain.freezes import Freeze, FreezeReach, FreezeScope
from finops.domain.people import Actor, Approvers, Directory
from finops.engine.decisions import checked_reason
from finops.engine.parts import Parts
from finops.engine.refusals import PATIENCE_SECONDS, audited_refusals
from finops.engine.teams_meant import known_teams_in, no_such_team
from finops.ledger import freezes, history
from finops.savings_ledger import LedgerTransaction

MOST_DAYS = 366


def freeze(
    parts: Parts, scope: FreezeScope, *, until: datetime | None, actor: Actor, reason: str = ""
) -> Freeze:
    """Let nothing in the scope be approved or opened until then; raises Refused."""
    now = parts.now()
    words = checked_reason(reason, is_required=False)
    with audited_refusals(parts, _subject(scope), actor=actor):
        _require_may_freeze(parts.directory, actor)
        _check_until(until, now)
        with parts.ledger.transaction(patience_seconds=PATIENCE_SECONDS) as tx:
            _check_scope(tx, parts.directory, scope, today=now.date())
            made = Freeze(id=0, scope=scope, by=actor.id, at=now, until=until, reason=words)
            number = freezes.add(tx.connection, made)
            detail = {"until": until.isoformat() if until else "", "reason": words}
            tx.audit(
                at=now, actor=actor.id, action="frozen", subject=_subject(scope), detail=detail
            )
    return Freeze(id=number, scope=scope, by=actor.id, at=now, until=until, reason=words)


def unfreeze(parts: Parts, scope: FreezeScope, *, actor: Actor) -> tuple[Freeze, ...]:
    """End every freeze of exactly this scope; raises Refused when there is none or one may not."""
    now = parts.now()
    with (
        audited_refusals(parts, _subject(scope), actor=actor),
        parts.ledger.transaction(patience_seconds=PATIENCE_SECONDS) as tx,
    ):
        held = freezes.active(tx.connection, now=now)
        mine = tuple(each for each in held if _same(each.scope, scope))
        if not mine:
            raise Refused(_nothing_to_end(scope, held))
        for each in mine:
            _require_may_unfreeze(parts.directory, each, actor)
            freezes.end(tx.connection, each.id, by=actor.id, now=now)
        detail = {"freezes": [each.id for each in mine]}
        tx.audit(at=now, actor=actor.id, action="unfrozen", subject=_subject(scope), detail=detail)
    return mine


def deciders(directory: Directory) -> Approvers:
    """Everybody who owns or approves anything."""
    everybody = [directory.default_approvers, *(team.approvers for team in directory.teams)]
    users = [user for each in everybody for user in each.users]
    users += [user for team in directory.teams for user in team.owners]
    groups = [group for each in everybody for group in each.user_groups]
    return Approvers(tuple(dict.fromkeys(users)), tuple(dict.fromkeys(groups)))


def _require_may_freeze(directory: Directory, actor: Actor) -> None:
    allowed = deciders(directory)
    if not actor.is_among(allowed):
        raise NotPermitted(
            "You may not freeze: whoever owns or approves for a team may.",
            users=allowed.users[:10],
            user_groups=allowed.user_groups[:10],
        )


def _require_may_unfreeze(directory: Directory, held: Freeze, actor: Actor) -> None:
    others = directory.default_approvers
    if actor.id != held.by and not actor.is_among(others):
        raise NotPermitted(
            f"You may not end the freeze of {held.scope}; who set it may, and so may the default "
            "approvers.",
            users=(held.by, *others.users),
            user_groups=others.user_groups,
        )


def _check_until(until: datetime | None, now: datetime) -> None:
    if until is not None and not now < until <= now + timedelta(days=MOST_DAYS):
        raise InvalidInput(
            f"A freeze ends in the future and within {MOST_DAYS} days, not on "
            f"{until:%Y-%m-%d at %H:%M} UTC."
        )


def _check_scope(
    tx: LedgerTransaction, directory: Directory, scope: FreezeScope, *, today: date
) -> None:
    """A team or cluster of a wrong name would freeze nothing, and somebody would rely on it."""
    if scope.reach is FreezeReach.TEAM and not directory.knows_whatever_case(scope.name):
        names = known_teams_in(tx.connection, directory, today=today)
        if scope.name.casefold() not in {name.casefold() for name in names}:
            raise no_such_team(scope.name, names)
    if scope.reach is FreezeReach.CLUSTER:
        clusters = {row.cluster for row in history.newest_cycles(tx.connection)}
        if scope.name.casefold() not in {name.casefold() for name in clusters}:
            known = ", ".join(sorted(clusters)) or "none was read yet"
            raise InvalidInput(f"There is no cluster {scope.name!r}; known: {known}.")


def _nothing_to_end(scope: FreezeScope, held: tuple[Freeze, ...]) -> str:
    frozen = ", ".join(str(each.scope) for each in held)
    return f"{scope} is not frozen. " + (f"Frozen: {frozen}." if frozen else "Nothing is.")


def _same(one: FreezeScope, other: FreezeScope) -> bool:
    return one.reach is other.reach and one.name.casefold() == other.name.casefold()


def _subject(scope: FreezeScope) -> str:
    return f"freeze/{scope}"[:80]
