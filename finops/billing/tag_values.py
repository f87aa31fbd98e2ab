"""Tag values that look like one team spelt in several ways: proposals, never changes. Pure.

"BaseLoad", "Base Load" and "base-load" have the same letters; "Base" may be short for them. What is
proposed goes into `teams: … aliases:` by a person's hand, and only then do costs move.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

# Shorter beginnings fit too much: "it" begins "items".
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Spelling:
    """One value as bills write it, and what stands under it."""

    value: str
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Proposal:
    """Spellings that may mean `name`, the dearest of them; `is_sure` when all letters agree."""

    name: str
    others: tuple[str, ...]
    cost: Decimal
    is_sure: bool

    def __str__(self) -> str:
        others = ", ".join(repr(other) for other in self.others)
        verb = "is" if self.is_sure else "may be"
        return f"{others} {verb} {self.name!r} spelt differently ({self.cost:,.2f} in all)"


def propose(costs: Mapping[str, Decimal], known: Collection[str] = ()) -> Sequence[Proposal]:
    """What to make one of these values, the dearest proposal first.

    `known` are names and aliases of teams as configured: a value among them is settled already.
    """
    settled = {name.casefold() for name in known}
    by_letters: dict[str, list[Spelling]] = {}
    for value, cost in sorted(costs.items()):
        if letters := _letters(value):
            by_letters.setdefault(letters, []).append(Spelling(value, cost))
    sure = [
        proposal
        for spellings in by_letters.values()
        if (proposal := _proposal(spellings, settled, is_sure=True))
    ]
    return sorted([*sure, *_short_forms(by_letters, settled)], key=lambda p: (-p.cost, p.name))


def _short_forms(
    by_letters: Mapping[str, Sequence[Spelling]], settled: Collection[str]
) -> Sequence[Proposal]:
    """`Base` beside `BaseLoad`, when it begins no other name."""
    found: list[Proposal] = []
    for short in by_letters:
        longer = [word for word in by_letters if word != short and word.startswith(short)]
        if len(short) >= _SHORTEST and len(longer) == 1:
            spellings = [_dearest(by_letters[longer[0]]), _dearest(by_letters[short])]
            if proposal := _proposal(spellings, settled, is_sure=False):
                found.append(proposal)
    return found


def _proposal(
    spellings: Sequence[Spelling], settled: Collection[str], *, is_sure: bool
) -> Proposal | None:
    first = _dearest(spellings) if is_sure else spellings[0]
    others = [s.value for s in spellings if s.value != first.value]
    unsettled = [value for value in others if value.casefold() not in settled]
    if not unsettled:
        return None
    cost = sum((spelling.cost for spelling in spellings), Decimal(0))
    return Proposal(first.value, tuple(unsettled), cost, is_sure)


def _dearest(spellings: Sequence[Spelling]) -> Spelling:
    return max(spellings, key=lambda spelling: (spelling.cost, spelling.value))


def _letters(value: str) -> str:
    return re.sub(r"[\W_]+", "", value.casefold())
