"""Rows about pull requests of ours: what limits count and what is watched."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from finops.domain.pull_request import Member, Purpose, Stage, TrackedPullRequest
from finops.ledger.history import upsert
from finops.ledger.tables import pull_requests as table

IN_USE = (Stage.CLAIMED, Stage.OPEN)


def put(connection: Connection, tracked: TrackedPullRequest) -> None:
    """Write it in the place of what was known of its branch."""
    row = {name: getattr(tracked, name) for name in table.c.keys()}  # noqa: SIM118 - columns
    row["members"] = [[m.opportunity, m.revision] for m in tracked.members]
    row["said"] = list(tracked.said)
    upsert(connection, table, [row])


def of_branch(connection: Connection, repository: str, branch: str) -> TrackedPullRequest | None:
    """What is known of a branch, or None."""
    where = (table.c.repository == repository, table.c.branch == branch)
    return next(iter(_found(connection, *where)), None)


def find(
    connection: Connection,
    *,
    stages: Collection[Stage] = IN_USE,
    repository: str | None = None,
    purpose: Purpose | None = None,
) -> list[TrackedPullRequest]:
    """Those of these stages, the oldest first."""
    where: list[Any] = [table.c.stage.in_([stage.value for stage in stages])]
    if repository is not None:
        where.append(table.c.repository == repository)
    if purpose is not None:
        where.append(table.c.purpose == purpose)
    return _found(connection, *where)


def holding(
    connection: Connection, opportunity: str, *, purpose: Purpose = Purpose.CHANGE
) -> TrackedPullRequest | None:
    """The claimed or open one that an opportunity stands in, or None."""
    rows = find(connection, purpose=purpose)
    return next((r for r in rows if opportunity in {m.opportunity for m in r.members}), None)


def revert_of(connection: Connection, opportunity: str) -> TrackedPullRequest | None:
    """The newest revert of an opportunity in any stage, or None."""
    where = (table.c.purpose == Purpose.REVERT, table.c.branch.endswith(f"-{opportunity}"))
    return next(iter(_found(connection, *where)), None)


def is_touched(connection: Connection, opportunity: str) -> bool:
    """Whether a person has committed to the branch that an opportunity stands in."""
    held = holding(connection, opportunity)
    return held is not None and held.is_touched


def count_in_use(connection: Connection, repository: str) -> int:
    """How many changes of a repository are claimed or open; reverts wait for no limit."""
    return _count(connection, repository, table.c.stage.in_(IN_USE))


def count_since(connection: Connection, repository: str, since: datetime) -> int:
    """How many changes of a repository have claimed their place since then."""
    return _count(connection, repository, table.c.claimed_at > since)


def oldest_since(connection: Connection, repository: str, since: datetime) -> datetime | None:
    """When the oldest of those was claimed."""
    query = select(func.min(table.c.claimed_at)).where(
        table.c.repository == repository,
        table.c.purpose == Purpose.CHANGE,
        table.c.claimed_at > since,
    )
    return connection.execute(query).scalar()


def release(connection: Connection, tracked: TrackedPullRequest) -> None:
    """Give a claimed place back; what is open by now stays."""
    connection.execute(delete(table).where(*_is(tracked), table.c.stage == Stage.CLAIMED))


def change(connection: Connection, tracked: TrackedPullRequest, **columns: object) -> bool:
    """Change columns where its stage is still what `tracked` says; False where it is not."""
    done = connection.execute(
        update(table).where(*_is(tracked), table.c.stage == tracked.stage).values(**columns)
    )
    return done.rowcount == 1


def say(connection: Connection, tracked: TrackedPullRequest, key: str, **columns: object) -> bool:
    """Note that something was said; False when it was said before."""
    current = of_branch(connection, tracked.repository, tracked.branch)
    if current is None or key in current.said:
        return False
    return change(connection, current, said=[*current.said, key], **columns)


def forget(connection: Connection, *, now: datetime) -> None:
    """Drop closed ones after half a year; merged ones can be reverted, so they stay."""
    since = now - timedelta(days=183)
    connection.execute(
        delete(table).where(table.c.stage == Stage.CLOSED, table.c.decided_at < since)
    )


def _count(connection: Connection, repository: str, *where: Any) -> int:
    query = select(func.count()).where(
        table.c.repository == repository, table.c.purpose == Purpose.CHANGE, *where
    )
    return int(connection.execute(query).scalar() or 0)


def _is(tracked: TrackedPullRequest) -> tuple[Any, Any]:
    return table.c.repository == tracked.repository, table.c.branch == tracked.branch


def _found(connection: Connection, *where: Any) -> list[TrackedPullRequest]:
    query = select(table).where(*where).order_by(table.c.claimed_at, table.c.branch)
    return [_tracked(row) for row in connection.execute(query)]


def _tracked(row: Row[Any]) -> TrackedPullRequest:
    values = dict(row._mapping)
    return TrackedPullRequest(
        **values
        | {
            "purpose": Purpose(row.purpose),
            "stage": Stage(row.stage),
            "members": tuple(Member(each, revision) for each, revision in row.members),
            "said": tuple(row.said),
        }
    )
