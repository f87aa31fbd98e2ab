"""One change at a time: what was implemented a few days ago is not proposed anew.

The evidence of a next step has to be made by the last one: a request that fell by 75 % is judged by
what came after, not by the days before. An open opportunity is not touched: while it waits for its
verdict, the ledger keeps the proposal that people agreed to.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from finops.domain.opportunity import Opportunity, Skipped
from finops.engine.parts import Parts
from finops.ledger import opportunities


def cooled(
    parts: Parts, found: Iterable[Opportunity], *, cluster: str, now: datetime
) -> tuple[list[Opportunity], list[Skipped]]:
    """What may be recorded now, and a reasoned no for each that was changed too short ago."""
    days = timedelta(days=parts.pace.cooldown_days)
    with parts.ledger.reading() as tx:
        changed = opportunities.closed_after_implementing(
            tx.connection, cluster=cluster, since=now - days
        )
    kept: list[Opportunity] = []
    waiting: list[Skipped] = []
    for opportunity in found:
        at = changed.get(opportunity.fingerprint)
        if at is None:
            kept.append(opportunity)
            continue
        reason = (
            f"It was changed on {at:%Y-%m-%d}: the next change waits until "
            f"{at + days:%Y-%m-%d}, so that it rests on what came after."
        )
        key = opportunity.resource.key
        waiting.append(Skipped(opportunity.kind.words, key, reason, opportunity.team))
    return kept, waiting
