"""Muting: a named, expiring "do not ask us about this", with what it would have hidden."""

from dataclasses import dataclass
from datetime import timedelta

from finops.domain.errors import InvalidInput, Refused
from finops.domain.mutes import Mute, MuteReach, scope_of
from finops.domain.people import Actor
from finops.engine.parts import Parts
from finops.engine.refusals import PATIENCE_SECONDS, audited_refusals
from finops.engine.rights import remember_name, require_owner_or_approver
from finops.ledger import mutes

PREVIEW_DAYS = 90
MOST_EXAMPLES = 5
# Nothing is muted for good: what was wrong a year ago may be right now.
MOST_DAYS = 180
MAX_NAME_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class MutePreview:
    """How many opportunities of the last 90 days it covers, and the newest of them by name."""

    count: int
    examples: tuple[str, ...]


def preview(parts: Parts, opportunity_id: str, reach: MuteReach) -> MutePreview:
    """What a mute of that reach would have hidden."""
    since = parts.now() - timedelta(days=PREVIEW_DAYS)
    with parts.ledger.reading() as tx:
        scope = scope_of(tx.get(opportunity_id).opportunity, reach)
        count, ids = mutes.would_hide(tx.connection, scope, since=since, limit=MOST_EXAMPLES)
        names = [tx.get(one).opportunity.resource.label for one in ids]
    return MutePreview(count, tuple(names))


def mute(
    parts: Parts, opportunity_id: str, *, name: str, reach: MuteReach, days: int, actor: Actor
) -> Mute:
    """Write it; what it covers stays in lists and is asked about again when it ends."""
    words = " ".join(name.replace("\0", " ").split())
    if not 1 <= len(words) <= MAX_NAME_CHARACTERS:
        raise InvalidInput(f"Name the mute in 1 to {MAX_NAME_CHARACTERS} characters.")
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(f"Mute for 1 to {MOST_DAYS} days, not {days}.")
    now = parts.now()
    with (
        audited_refusals(parts, opportunity_id, actor=actor, mute=words),
        parts.ledger.transaction(patience_seconds=PATIENCE_SECONDS) as tx,
    ):
        known = tx.get(opportunity_id)
        require_owner_or_approver(parts.directory, known.opportunity.team, actor, "mute")
        made = Mute(
            name=words,
            scope=scope_of(known.opportunity, reach),
            reason=known.status_reason,
            created_by=actor.id,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        mutes.add(tx.connection, made)
        detail = {"name": words, "reach": reach, "until": made.expires_at.isoformat()}
        tx.audit(at=now, actor=actor.id, action="muted", subject=known.id, detail=detail)
        remember_name(tx, actor, now=now)
        return made


def unmute(parts: Parts, mute_id: int, *, actor: Actor) -> Mute:
    """End it now; raises Refused when it has ended."""
    now = parts.now()
    with parts.ledger.transaction(patience_seconds=PATIENCE_SECONDS) as tx:
        known = next((m for m in mutes.active(tx.connection, now=now) if m.id == mute_id), None)
        if known is None:
            raise Refused("This mute has ended already.")
        require_owner_or_approver(parts.directory, known.scope.team, actor, "end a mute")
        mutes.end(tx.connection, mute_id, by=actor.id, now=now)
        detail = {"name": known.name}
        tx.audit(at=now, actor=actor.id, action="unmuted", subject=f"mute/{mute_id}", detail=detail)
        return known
