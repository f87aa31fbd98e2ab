"""Lanes: how often something may be sent, kept together by all replicas.

Slack takes about one message a second in a channel, and a method so many times a minute, from the
whole app. Two replicas share nothing but the database, so whose turn it is stands there.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from finops.ledger.tables import lanes


@dataclass(frozen=True, slots=True)
class Rate:
    """One turn every `gap_seconds`, after a rest up to `burst` turns at once.

    No window of time T holds more than burst + T ÷ gap turns: 20 at once and one every 2 s are
    never more than 20 + 30 = 50 in a minute.
    """

    gap_seconds: float
    burst: int = 1


# Seconds to wait until the turn that was just taken in a lane.
TakeTurn = Callable[[str, Rate], float]


def take_turn(connection: Connection, lane: str, rate: Rate, *, now: float) -> float:
    """Take the lane's next turn; seconds from `now` (epoch seconds) until it comes, often 0.

    The turn is taken whether it is used or not. After the generic cell rate algorithm: the lane
    keeps the time at which it is idle again. With a gap of 1 s, burst 1 and idle at 10.0, a turn
    taken at 9.2 comes in 0.8 s and leaves it idle at 11.0.
    """
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    from_now = case((lanes.c.idle_at > now, lanes.c.idle_at), else_=now)
    taken = (
        insert(lanes)
        .values(lane=lane, idle_at=now + rate.gap_seconds)
        .on_conflict_do_update(
            index_elements=["lane"], set_={"idle_at": from_now + rate.gap_seconds}
        )
        .returning(lanes.c.idle_at)
    )
    idle_at = float(connection.execute(taken).scalar_one())
    return max(0.0, idle_at - rate.gap_seconds * rate.burst - now)


def hold(connection: Connection, lane: str, rate: Rate, *, until: float) -> None:
    """No turn of this lane comes before `until` (epoch seconds): the other side has said so."""
    idle_at = until + rate.gap_seconds * (rate.burst - 1)
    held = update(lanes).where(lanes.c.lane == lane, lanes.c.idle_at < idle_at)
    connection.execute(held.values(idle_at=idle_at))


def idle_at(connection: Connection, lane: str) -> float | None:
    """When the lane is idle again, in epoch seconds; None for one that was never used."""
    return connection.execute(select(lanes.c.idle_at).where(lanes.c.lane == lane)).scalar()
