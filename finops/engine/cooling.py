"""One change at a time, and no change for little: the daily look at what was changed before.

The evidence of a next step has to be made by the last one: a request that fell by 75 % is judged by
what came after, not by the days before. So a fall waits `cooldown_days` after any change of the
same request. A raise never waits for a fall, because a fall may have been what made it needed; it
waits for the last raise, and for as long as kills are remembered without their dates, so that one
kill is not answered twice. After that it falls by a quarter or not at all
(`finops.rightsizing.refresh` holds the whole policy).

An open opportunity is not touched: while it waits for its verdict, the ledger keeps the proposal
that people agreed to.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from finops.domain.changes import Setting
from finops.domain.opportunity import Opportunity, Skipped, WasteKind, fingerprint_of, judging_kind
from finops.engine.parts import Parts
from finops.ledger import opportunities
from finops.rightsizing.refresh import LOWER_SHARE

# `finops.rightsizing.sketches.DAYS`, and today.
KILLS_REMEMBERED_DAYS = 29
_EVER = datetime.min.replace(tzinfo=UTC)
_REQUESTS = (Setting.CPU_REQUEST, Setting.MEMORY_REQUEST)


def cooled(
    parts: Parts, found: Iterable[Opportunity], *, cluster: str, now: datetime
) -> tuple[list[Opportunity], list[Skipped]]:
    """What may be recorded now, and a reasoned no for each that was changed before."""
    with parts.ledger.reading() as tx:
        changed = opportunities.closed_after_implementing(
            tx.connection, cluster=cluster, since=_EVER
        )
    kept: list[Opportunity] = []
    waiting: list[Skipped] = []
    for opportunity in found:
        at = _last_change(opportunity, changed)
        reason = "" if at is None else _why_not_now(parts, opportunity, at, now=now)
        if reason:
            waiting.append(_no(opportunity, reason))
        else:
            kept.append(opportunity)
    return kept, waiting


def _why_not_now(parts: Parts, opportunity: Opportunity, at: datetime, *, now: datetime) -> str:
    ends = at + timedelta(days=_days(opportunity, parts.pace.cooldown_days))
    if ends > now:
        return (
            f"It was changed on {at:%Y-%m-%d}: the next change waits until {ends:%Y-%m-%d}, so "
            "that it rests on what came after."
        )
    fall = _fall_share(opportunity)
    if fall is not None and fall < LOWER_SHARE:
        return (
            f"It was changed on {at:%Y-%m-%d} and fits closely enough: it could fall by "
            f"{fall:.0%}, and what was changed before falls by {LOWER_SHARE:.0%} or not at all."
        )
    return ""


def _fall_share(opportunity: Opportunity) -> float | None:
    """By which share of itself a request falls; None where none does."""
    for change in opportunity.changes:
        if (
            change.setting in _REQUESTS
            and change.current_number
            and change.number < change.current_number
        ):
            return 1 - change.number / change.current_number
    return None


def _last_change(opportunity: Opportunity, changed: Mapping[str, datetime]) -> datetime | None:
    """When what it has to wait for was implemented."""
    kinds = [opportunity.kind]
    if not opportunity.kind.is_for_reliability:
        kinds = [kind for kind in WasteKind if judging_kind(kind) is opportunity.kind]
    times = [changed.get(fingerprint_of(kind, opportunity.resource)) for kind in kinds]
    return max((at for at in times if at is not None), default=None)


def _days(opportunity: Opportunity, cooldown_days: int) -> int:
    is_raise = opportunity.kind.is_for_reliability
    return max(cooldown_days, KILLS_REMEMBERED_DAYS) if is_raise else cooldown_days


def _no(opportunity: Opportunity, reason: str) -> Skipped:
    detector = judging_kind(opportunity.kind).words
    return Skipped(detector, opportunity.resource.key, reason, opportunity.team)
