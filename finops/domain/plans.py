"""The plan of the week: one message in which a team approves what is worth its disruption."""

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PlanItem:
    """An opportunity in a plan, with the score it was ranked by."""

    opportunity_id: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A team's plan. `struck` are ids somebody has taken off; `left_out` were not worth it or too
    many. An older one than `is_newest` is a record of what was decided in it.
    """

    id: str
    team: str
    week: str
    items: tuple[PlanItem, ...]
    created_at: datetime
    struck: frozenset[str] = frozenset()
    left_out: int = 0
    is_newest: bool = True


@dataclass(frozen=True, slots=True)
class Pick:
    """An opportunity in the revision that was on the screen."""

    opportunity_id: str
    revision: int


def plan_id(team: str, week: str) -> str:
    """The same on every replica: `plan-` and ten hexadecimal digits."""
    return f"plan-{hashlib.sha256(f'{team}/{week}'.encode()).hexdigest()[:10]}"
