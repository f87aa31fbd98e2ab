"""Teams that answer nothing are left in peace, as Dependabot leaves repositories.

Any answer counts: a click on a card, a merge, a close. Said once when it begins; the next answer
ends it. What is found meanwhile stays in lists and digests.
"""

from datetime import datetime, timedelta

from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.engine.parts import Parts
from finops.ledger import history
from finops.savings_ledger import LedgerTransaction

_ANSWERED, _PAUSED = "answered:", "paused:"
_UNANSWERED = (Status.NOTIFIED, Status.EXPIRED, Status.PULL_REQUEST_OPEN)


def note_answer(tx: LedgerTransaction, team: str, *, now: datetime) -> None:
    """A person of the team, or for it, has answered something: asking goes on."""
    kept = {_key(_ANSWERED, team): now.isoformat(), _key(_PAUSED, team): None}
    history.put_settings(tx.connection, kept, by="engine", now=now)


def paused_teams(tx: LedgerTransaction) -> frozenset[str]:
    """The teams that are not asked anew, in small letters."""
    found = history.settings_below(tx.connection, _PAUSED)
    return frozenset(team for team, since in found.items() if since)


def pause_ignored_teams(parts: Parts) -> int:
    """Pause every team that was asked and answered nothing for too long; returns how many."""
    days = parts.pace.pause_team_after_days
    if not days:
        return 0
    now = parts.now()
    oldest = now - timedelta(days=days)
    waiting: dict[str, list[OpportunityRecord]] = {}
    for record in parts.ledger.find(statuses=_UNANSWERED):
        if record.opportunity.detected_at <= oldest:
            waiting.setdefault(record.opportunity.team.lower(), []).append(record)
    return sum(_pause(parts, team, records, oldest) for team, records in waiting.items())


def _pause(parts: Parts, team: str, records: list[OpportunityRecord], oldest: datetime) -> bool:
    now, days = parts.now(), parts.pace.pause_team_after_days
    with parts.ledger.reading() as tx:
        answered = history.setting(tx.connection, _key(_ANSWERED, team))
        is_paused = bool(history.setting(tx.connection, _key(_PAUSED, team)))
    if is_paused or (answered and datetime.fromisoformat(answered) > oldest):
        return False
    sentence = (
        f"Nobody has answered for {days} days, so I stop asking team {records[0].opportunity.team} "
        "about new waste. Any click on a card, or a merged or closed pull request, and I go on."
    )
    with parts.ledger.transaction() as tx:
        if history.setting(tx.connection, _key(_PAUSED, team)):
            return False
        history.put_setting(
            tx.connection, _key(_PAUSED, team), now.isoformat(), by="engine", now=now
        )
        detail = {"reason": sentence}
        tx.audit(
            at=now, actor="engine", action="team paused", subject=f"team/{team}", detail=detail
        )
        tx.announce(
            kind=IntentKind.POST_NOTE,
            subject=records[0].id,
            about=f"paused:{team}",
            payload={"event": "team paused", "actor": "engine", "sentence": sentence},
        )
    return True


def _key(prefix: str, team: str) -> str:
    return f"{prefix}{team.lower()}"[:250]
