"""A refusal changes nothing but leaves an audit row."""

from collections.abc import Iterator
from contextlib import contextmanager

from finops.domain.errors import Refused
from finops.domain.people import Actor
from finops.engine.parts import Parts

# Slack waits 3 s for the answer. A click whose turn does not come is refused in time, instead of
# being carried out after the person was told that it failed.
PATIENCE_SECONDS = 1.0


@contextmanager
def audited_refusals(
    parts: Parts, opportunity_id: str, *, actor: Actor, **detail: object
) -> Iterator[None]:
    """Note what a person was refused, in a transaction of its own, and raise it again."""
    now = parts.now()
    try:
        yield
    except Refused as error:
        parts.ledger.note(
            at=now,
            actor=actor.id,
            action="refused",
            subject=opportunity_id[:80],
            detail={"reason": str(error), **detail},
            patience_seconds=PATIENCE_SECONDS,
        )
        raise
