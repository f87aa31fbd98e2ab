"""Answers of a billing service that asks money for each request: kept, counted, limited."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """One whole answer, as JSON, and when it was asked. `is_final`: it will never be another."""

    key: str
    answer: Any
    asked_at: datetime
    is_final: bool = False


class AnswerStore(Protocol):
    """Keeps answers and counts requests for all replicas.

    Every method may raise TryAgainLater when the database is busy.
    """

    def find(self, key: str) -> KeptAnswer | None:
        """The answer of that key, however old."""
        ...

    def save(self, answer: KeptAnswer) -> None:
        """Keep it in place of an older one."""
        ...

    def count_request(self, day: date, *, most: int) -> bool:
        """Count one more request on that day; False, and nothing counted, when `most` are made."""
        ...

    def requests_on(self, day: date) -> int:
        """How many were counted on that day."""
        ...
