"""Direct messages to owners: at most one a day, in their own hours, and none to who wants none."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from finops.domain.errors import InvalidFields
from finops.domain.intents import IntentKind
from finops.domain.lifecycle import Status
from finops.domain.people import Actor, Preferences
from finops.domain.sending import is_time_zone
from finops.domain.verdict import Verdict
from finops.engine import identities
from finops.engine.parts import Parts
from finops.engine.refusals import PATIENCE_SECONDS
from finops.ledger import history, mutes, people
from finops.ledger.waiting import Found, found
from finops.savings_ledger import LedgerTransaction

_TOLD = "owner_told:"
_HOME = "home_view:"
_PROVED = frozenset({Verdict.REALISED.value, Verdict.PARTIAL.value})


def tell_owners(parts: Parts) -> None:
    """One message a day to each owner about what is new in their teams since the last one.

    Looks first without the ledger's lock, for mostly there is nothing to tell.
    """
    now = parts.now()
    with parts.ledger.reading() as tx:
        if not _news(tx, parts, now):
            return
    with parts.ledger.transaction() as tx:
        for user, fresh, kept in _news(tx, parts, now):
            tx.enqueue(
                kind=IntentKind.TELL_OWNER,
                subject=f"owner/{user}",
                idempotency_key=f"owner:{user}:{kept['day']}",
                payload={"user": user, "opportunities": fresh},
            )
            history.put_setting(tx.connection, f"{_TOLD}{user}", kept, by="engine", now=now)


def preferences(parts: Parts, user: str) -> Preferences:
    """What a person has chosen."""
    with parts.ledger.reading() as tx:
        home = history.setting(tx.connection, f"{_HOME}{user}")
        return replace(people.preferences(tx.connection, user), home=str(home or ""))


def choose(parts: Parts, chosen: Preferences, *, actor: Actor, login: str | None = None) -> None:
    """Keep what a person chooses for themselves and, unless None, their login: all or nothing.

    Raises InvalidFields with every problem, by `time_zone` and `login`.
    """
    with parts.ledger.transaction(patience_seconds=PATIENCE_SECONDS) as tx:
        problems = {"time_zone": _objection_to_zone(chosen.time_zone)}
        if login is not None:
            problems["login"] = identities.objection_to_login(tx, parts, login, actor=actor)
        if found := {name: problem for name, problem in problems.items() if problem}:
            raise InvalidFields(found)
        if login is not None:
            identities.state_login(tx, parts, login, actor=actor)
        _keep(tx, chosen, actor=actor, now=parts.now())


def _keep(tx: LedgerTransaction, chosen: Preferences, *, actor: Actor, now: datetime) -> None:
    people.choose(tx.connection, actor.id, chosen, now=now)
    history.put_setting(tx.connection, f"{_HOME}{actor.id}", chosen.home, by=actor.id, now=now)
    detail = {
        "messages": chosen.wants_messages, "time_zone": chosen.time_zone, "home": chosen.home,
    }  # fmt: skip
    subject = f"person/{actor.id}"
    tx.audit(at=now, actor=actor.id, action="chose", subject=subject, detail=detail)


def _objection_to_zone(name: str) -> str:
    if not name or is_time_zone(name):
        return ""
    return (
        f"There is no time zone {name[:40]!r}; write one such as Europe/Berlin or "
        "America/New_York, or leave it empty."
    )


def streak(parts: Parts, user: str) -> int:
    """How many of the newest verdicts in a person's teams, in a row, found a saving."""
    teams = _teams_of(parts, user)
    verified = [
        record
        for record in parts.ledger.find(statuses=[Status.VERIFIED])
        if record.opportunity.team.lower() in teams
        and not record.opportunity.kind.is_for_reliability
        and record.verified_at is not None
    ]
    verified.sort(key=lambda record: (str(record.verified_at), record.id), reverse=True)
    count = 0
    for record in verified:
        if record.verdict.get("verdict") not in _PROVED:
            break
        count += 1
    return count


def _news(
    tx: LedgerTransaction, parts: Parts, now: datetime
) -> list[tuple[str, list[str], dict[str, Any]]]:
    """Whom to tell now: the person, what is fresh, and what to remember of it.

    What is new is kept by cluster: of two cycles at once the slower one may have looked earlier.
    """
    chosen = people.everybody(tx.connection)
    told = history.settings_below(tx.connection, _TOLD)
    listening = []
    for user in _owners(parts):
        day = _day(parts, user, chosen.get(user, Preferences()), now)
        if day and told.get(user, {}).get("day", "") < day:
            listening.append((user, day))
    if not listening:
        return []
    muted = [mute.scope for mute in mutes.active(tx.connection, now=now)]
    waiting = found(tx.connection, statuses=[Status.DETECTED, Status.NOTIFIED])
    everything = [each for each in waiting if not mutes.is_muted(muted, each)]
    newest = _newest(everything)
    news = []
    for user, day in listening:
        seen = told.get(user, {}).get("seen", {})
        teams = _teams_of(parts, user)
        fresh = [
            each.id
            for each in everything
            if each.team.lower() in teams
            and each.detected_at.isoformat() > seen.get(each.cluster, "")
        ]
        if fresh:
            news.append((user, fresh, {"day": day, "seen": seen | newest}))
    return news


def _day(parts: Parts, user: str, chosen: Preferences, now: datetime) -> str:
    """The person's own day, if they want messages and are not in their quiet hours."""
    zone = chosen.time_zone or _team_zone(parts, user)
    if not chosen.wants_messages or parts.pace.hours.is_quiet(now, zone=zone):
        return ""
    return parts.pace.hours.local_day(now, zone=zone).isoformat()


def _newest(everything: Iterable[Found]) -> dict[str, str]:
    newest: dict[str, str] = {}
    for each in everything:
        at = each.detected_at.isoformat()
        newest[each.cluster] = max(at, newest.get(each.cluster, at))
    return newest


def _team_zone(parts: Parts, user: str) -> str:
    zones = [team.time_zone for team in parts.directory.teams if user in team.owners]
    return next((zone for zone in zones if zone), "")


def _teams_of(parts: Parts, user: str) -> set[str]:
    return {team.name.lower() for team in parts.directory.teams if user in team.owners}


def _owners(parts: Parts) -> Sequence[str]:
    return sorted({user for team in parts.directory.teams for user in team.owners})
