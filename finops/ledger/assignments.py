"""What people assigned; one row for each key, the last word counts. The audit log has the rest."""

from sqlalchemy import Connection, delete, select

from finops.domain.assignments import Assignment, AssignmentScope
from finops.ledger.history import upsert
from finops.ledger.tables import assignments


def put(connection: Connection, assignment: Assignment) -> None:
    """Remember it in the place of an earlier one."""
    row = {
        "scope": assignment.scope.value,
        "key": assignment.key,
        "team": assignment.team,
        "assigned_by": assignment.assigned_by,
        "name": assignment.name,
        "assigned_at": assignment.assigned_at,
    }
    upsert(connection, assignments, [row])


def of(connection: Connection, scope: AssignmentScope, key: str) -> Assignment | None:
    """The one of that key, or None."""
    where = (assignments.c.scope == scope, assignments.c.key == key)
    return next(iter(_found(connection, *where)), None)


def of_cluster(connection: Connection, cluster: str) -> list[Assignment]:
    """All that concern a cluster or account."""
    return _found(connection, assignments.c.key.startswith(f"{cluster}/", autoescape=True))


def forget(connection: Connection, scope: AssignmentScope, key: str) -> bool:
    """Take one back; False when there was none."""
    done = connection.execute(
        delete(assignments).where(assignments.c.scope == scope, assignments.c.key == key)
    )
    return done.rowcount == 1


def _found(connection: Connection, *where: object) -> list[Assignment]:
    query = select(assignments).where(*where).order_by(assignments.c.key)  # type: ignore[arg-type] # column expressions
    return [
        Assignment(
            scope=AssignmentScope(row.scope),
            key=row.key,
            team=row.team,
            assigned_by=row.assigned_by,
            assigned_at=row.assigned_at,
            name=row.name,
        )
        for row in connection.execute(query)
    ]
