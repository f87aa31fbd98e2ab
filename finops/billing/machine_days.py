"""The machines of a bill's newest days, added up while their lines come by in any order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from finops.billing.bill_lines import RateLine
from finops.domain.billed_rates import Pricing


class MachineKey(NamedTuple):
    """What a machine was while a line about it was written."""

    instance_type: str
    region: str
    pricing: Pricing
    is_plain_linux: bool


@dataclass(slots=True)
class Sums:
    """Hours and US dollars added up; the list price is known while every line knows it."""

    hours: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    list_cost: Decimal | None = Decimal(0)

    def add(self, hours: Decimal, cost: Decimal, list_cost: Decimal | None) -> None:
        """Add one line, or other sums."""
        self.hours += hours
        self.cost += cost
        if self.list_cost is not None:
            self.list_cost = self.list_cost + list_cost if list_cost else None

    @property
    def usd_per_hour(self) -> Decimal:
        """Cost ÷ hours."""
        return self.cost / self.hours

    @property
    def list_usd_per_hour(self) -> Decimal | None:
        """List price ÷ hours, where known."""
        return None if self.list_cost is None else self.list_cost / self.hours


@dataclass(slots=True)
class MachineDays:
    """Machines by day. The newest day may be half written: it counts only while there is no other.

    A rate needs no whole day, but what runs on demand beside commitments is told by the day.
    """

    newest: date
    ignored: int = 0
    _days: dict[date, dict[tuple[str, MachineKey], Sums]] = field(default_factory=dict)

    def add(self, line: RateLine) -> None:
        """Take one line; an implausible one is only counted."""
        if not line.is_plausible:
            self.ignored += 1
            return
        key = MachineKey(line.instance_type, line.region, line.pricing, line.is_plain_linux)
        machines = self._days.setdefault(line.day, {})
        sums = machines.setdefault((line.resource_id, key), Sums())
        sums.add(line.hours, line.effective_cost, line.list_cost)

    @property
    def days(self) -> Sequence[date]:
        """The days that count, oldest first: the complete ones, or the only one."""
        complete = sorted(day for day in self._days if day < self.newest)
        return complete or sorted(self._days)

    def sums(self) -> Iterator[tuple[date, str, MachineKey, Sums]]:
        """Every machine of every day that counts, as (day, id, what it was, sums)."""
        for day in self.days:
            for (resource_id, key), sums in self._days[day].items():
                yield day, resource_id, key, sums


def total(sums: Iterable[Sums]) -> Sums:
    """All of them together."""
    result = Sums()
    for one in sums:
        result.add(one.hours, one.cost, one.list_cost)
    return result
