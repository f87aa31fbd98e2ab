"""What every detector promises, and the sentence it owes for each resource it leaves alone."""

from collections.abc import Iterator
from typing import Protocol

from finops.domain.estate import UNKNOWN_TEAM, Snapshot
from finops.domain.opportunity import Opportunity, Skipped, WasteKind

Finding = Opportunity | Skipped


class Detector(Protocol):
    """Finds one kind of waste in a snapshot.

    Pure: the same snapshot gives the same findings in the same order. Each resource of its kind
    gives exactly one finding, an opportunity with a saving above zero or a `Skipped` with a reason;
    an empty snapshot gives none.
    """

    @property
    def kind(self) -> WasteKind:
        """The one kind of waste it finds."""
        ...

    @property
    def name(self) -> str:
        """Its name in reports and `Skipped`, such as `over-requested CPU`."""
        ...

    def find(self, snapshot: Snapshot) -> Iterator[Finding]:
        """One finding for each resource, in the snapshot's order."""
        ...


def skipped(detector: str, resource_key: str, reason: str, *, team: str = UNKNOWN_TEAM) -> Skipped:
    """A reasoned no."""
    return Skipped(detector=detector, resource_key=resource_key, reason=reason, team=team)


def plural(count: float, noun: str) -> str:
    """`1 day`, `14 days`, `0.4 days`: a count with its noun, without needless decimals."""
    number = f"{count:,.1f}".removesuffix(".0")
    return f"{number} {noun}" if count == 1 else f"{number} {noun}s"
