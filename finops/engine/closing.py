"""Closing many opportunities at once, in short transactions that clicks fit between."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from finops.domain.lifecycle import Status
from finops.domain.opportunity import OpportunityRecord
from finops.engine import announce
from finops.engine.parts import Parts

T = TypeVar("T")

GONE = "The resource is gone from the estate."


def close(parts: Parts, judged: Sequence[tuple[OpportunityRecord, str]], *, now: datetime) -> int:
    """Make each obsolete for its reason; returns how many still stood where they did."""
    return turn(parts, [(record, Status.OBSOLETE, why) for record, why in judged], now=now)


def turn(
    parts: Parts,
    moves: Sequence[tuple[OpportunityRecord, Status, str]],
    *,
    now: datetime,
    **columns: Any,
) -> int:
    """Move each to its target and say why; what somebody else moved meanwhile is left alone."""
    done = 0
    for batch in batches(moves):
        with parts.ledger.transaction() as tx:
            for record, target, why in batch:
                if tx.move(record, target, now=now, actor="engine", reason=why, **columns):
                    announce.changed(tx, tx.get(record.id), actor="engine", sentence=why)
                    done += 1
    return done


def batches(everything: Sequence[T], size: int = announce.BATCH) -> Iterator[Sequence[T]]:
    """Slices of at most `size`."""
    for start in range(0, len(everything), size):
        yield everything[start : start + size]
