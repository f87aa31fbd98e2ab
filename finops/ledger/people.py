"""What people have chosen for themselves."""

from datetime import datetime

from sqlalchemy import Connection, select

from finops.domain.people import Preferences
from finops.ledger.history import upsert
from finops.ledger.tables import people


def preferences(connection: Connection, user: str) -> Preferences:
    """What a person has chosen; the defaults for who has chosen nothing."""
    row = connection.execute(select(people).where(people.c.user_id == user)).first()
    return Preferences(row.wants_messages, row.time_zone) if row else Preferences()


def everybody(connection: Connection) -> dict[str, Preferences]:
    """All who have chosen something, in one question."""
    return {
        row.user_id: Preferences(row.wants_messages, row.time_zone)
        for row in connection.execute(select(people))
    }


def choose(connection: Connection, user: str, chosen: Preferences, *, now: datetime) -> None:
    """Keep what a person has chosen."""
    row = {
        "user_id": user,
        "wants_messages": chosen.wants_messages,
        "time_zone": chosen.time_zone,
        "updated_at": now,
    }
    upsert(connection, people, [row])
