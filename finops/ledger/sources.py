"""Ambiguous sources: the places that may decide a value, and which one a person picked."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from finops.edits import Candidate
from finops.ledger.history import upsert
from finops.ledger.tables import source_choices as table


def offer(
    connection: Connection, resource_key: str, candidates: Sequence[Candidate], *, now: datetime
) -> None:
    """Keep what can be picked; a former choice that no longer answers is forgotten."""
    row = {
        "resource_key": resource_key,
        "candidates": [asdict(each) for each in candidates],
        "choice": "",
        "chosen_by": "",
        "changed_at": now,
    }
    upsert(connection, table, [row])


def open_candidates(connection: Connection, resource_key: str) -> tuple[Candidate, ...]:
    """What a person still has to pick from; empty when nothing is asked or it was picked."""
    query = select(table).where(table.c.resource_key == resource_key, table.c.choice == "")
    row = connection.execute(query).first()
    return tuple(Candidate(**each) for each in row.candidates) if row else ()


def choose(
    connection: Connection, resource_key: str, choice: str, *, by: str, now: datetime
) -> bool:
    """Remember the pick; False when somebody was first or nothing is asked."""
    done = connection.execute(
        update(table)
        .where(table.c.resource_key == resource_key, table.c.choice == "")
        .values(choice=choice, chosen_by=by, changed_at=now)
    )
    return done.rowcount == 1


def choices(connection: Connection, resource_key: str) -> Mapping[str, str]:
    """The pick for a resource by its key, as planning takes it; empty without one."""
    query = select(table.c.choice).where(table.c.resource_key == resource_key, table.c.choice != "")
    choice = connection.execute(query).scalar()
    return {resource_key: choice} if choice else {}


def forget(connection: Connection, resource_key: str) -> None:
    """Ask anew: what was picked no longer holds."""
    connection.execute(delete(table).where(table.c.resource_key == resource_key))
