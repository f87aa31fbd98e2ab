"""One change at a time: what was implemented a few days ago is not proposed anew.

The evidence of a next step has to be made by the last one: a request that fell by 75 % is judged by
what came after, not by the days before. So a fall waits `cooldown_days` after any change of the
same request. A raise never waits for a fall, because a fall may have been what made it needed; it
waits for the last raise, and for as long as kills are remembered without their dates, so that one
kill is not answered twice.

An open opportunity is not touched: while it waits for its verdict, the ledger keeps the proposal
that people agreed to.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from finops.domain.opportunity import Opportunity, Skipped, WasteKind, fingerprint_of, judging_kind
from finops.engine.parts import Parts
from finops.ledger import opportunities

# `finops.rightsizing.sketches.DAYS`, and today.
KILLS_REMEMBERED_DAYS = 29


def cooled(
    parts: Parts, found: Iterable[Opportunity], *, cluster: str, now: datetime
) -> tuple[list[Opportunity], list[Skipped]]:
    """What may be recorded now, and a reasoned no for each that was changed too short ago."""
    days = parts.pace.cooldown_days
    with parts.ledger.reading() as tx:
        changed = opportunities.closed_after_implementing(
            tx.connection,
            cluster=cluster,
            since=now - timedelta(days=max(days, KILLS_REMEMBERED_DAYS)),
        )
    kept: list[Opportunity] = []
    waiting: list[Skipped] = []
    for opportunity in found:
        at = _last_change(opportunity, changed)
        ends = None if at is None else at + timedelta(days=_days(opportunity, days))
        if at is None or ends is None or ends <= now:
            kept.append(opportunity)
        else:
            waiting.append(_no(opportunity, at, ends))
    return kept, waiting


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


def _no(opportunity: Opportunity, at: datetime, ends: datetime) -> Skipped:
    reason = (
        f"It was changed on {at:%Y-%m-%d}: the next change waits until {ends:%Y-%m-%d}, so that it "
        "rests on what came after."
    )
    detector = judging_kind(opportunity.kind).words
    return Skipped(detector, opportunity.resource.key, reason, opportunity.team)
