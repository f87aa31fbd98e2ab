"""Answers of Cost Explorer in the ledger's database, and its requests counted for all replicas."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from finops.domain.cost_answers import KeptAnswer
from finops.ledger.database import connecting, writing
from finops.ledger.history import upsert
from finops.ledger.tables import cost_explorer_answers as answers
from finops.ledger.tables import cost_explorer_requests as requests

_FORGET_AFTER = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class LedgerAnswers:
    """The tables of Cost Explorer (an AnswerStore)."""

    engine: Engine

    def find(self, key: str) -> KeptAnswer | None:
        """The answer of that key, however old."""
        with connecting(self.engine) as connection:
            row = connection.execute(select(answers).where(answers.c.key == key)).first()
        return KeptAnswer(row.key, row.answer, row.asked_at, row.is_final) if row else None

    def save(self, answer: KeptAnswer) -> None:
        """Keep it in place of an older one."""
        row = {
            "key": answer.key,
            "answer": answer.answer,
            "is_final": answer.is_final,
            "asked_at": answer.asked_at,
        }
        with writing(self.engine, None) as connection:
            upsert(connection, answers, [row])

    def count_request(self, day: date, *, most: int) -> bool:
        """Count one more; a conditional write, so that replicas cannot pass the limit together."""
        if most <= 0:
            return False
        with writing(self.engine, None) as connection:
            is_postgresql = connection.dialect.name == "postgresql"
            insert = (postgresql if is_postgresql else sqlite).insert
            statement = insert(requests).values(day=day, requests=1)
            written = connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["day"],
                    set_={"requests": requests.c.requests + 1},
                    where=requests.c.requests < most,
                )
            )
            return bool(written.rowcount > 0)

    def requests_on(self, day: date) -> int:
        """How many were counted on that day."""
        with connecting(self.engine) as connection:
            query = select(requests.c.requests).where(requests.c.day == day)
            return connection.execute(query).scalar() or 0


def forget(connection: Connection, *, now: datetime) -> None:
    """Drop answers about open months and forecasts that nobody asked anew for 45 days."""
    oldest = now - _FORGET_AFTER
    connection.execute(
        delete(answers).where(answers.c.asked_at < oldest, answers.c.is_final.is_(False))
    )
