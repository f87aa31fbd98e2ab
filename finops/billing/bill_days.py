"""The newest days of a bill, added up while its lines stream by in any order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from finops.billing.bill_lines import Pricing, RateLine


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
class _Day:
    machines: dict[tuple[str, MachineKey], Sums] = field(default_factory=dict)
    resources: dict[str, Decimal] = field(default_factory=dict)


@dataclass(slots=True)
class BillDays:
    """At most the `window_days` newest complete days and the newest one; older ones are let go.

    The newest day may be half written. Its machines count only while there is no other day, since
    a rate needs no whole day; what a resource cost a day does.
    """

    window_days: int
    newest: date | None = None
    ignored: int = 0
    _days: dict[date, _Day] = field(default_factory=dict)

    def add(self, line: RateLine) -> None:
        """Take one line; an implausible one is only counted."""
        if not line.is_plausible:
            self.ignored += 1
            return
        if self.newest is None or line.day > self.newest:
            self._move_to(line.day)
        elif line.day < self.newest - timedelta(days=self.window_days):
            return
        day = self._days.setdefault(line.day, _Day())
        known = day.resources.get(line.resource_id, Decimal(0))
        day.resources[line.resource_id] = known + line.effective_cost
        if line.hours:
            key = MachineKey(line.instance_type, line.region, line.pricing, line.is_plain_linux)
            sums = day.machines.setdefault((line.resource_id, key), Sums())
            sums.add(line.hours, line.effective_cost, line.list_cost)

    def _move_to(self, newest: date) -> None:
        self.newest = newest
        oldest = newest - timedelta(days=self.window_days)
        self._days = {day: seen for day, seen in self._days.items() if day >= oldest}

    @property
    def complete(self) -> Sequence[date]:
        """The days before the newest, oldest first."""
        return sorted(day for day in self._days if day != self.newest)

    @property
    def machine_days(self) -> Sequence[date]:
        """The days whose machines count: the complete ones, or the only one."""
        return self.complete or sorted(self._days)

    def machine_sums(self) -> Iterator[tuple[date, str, MachineKey, Sums]]:
        """Every machine of every day that counts, as (day, id, what it was, sums)."""
        for day in self.machine_days:
            for (resource_id, key), sums in self._days[day].machines.items():
                yield day, resource_id, key, sums

    def resource_costs(self) -> dict[str, dict[date, Decimal]]:
        """What each resource cost on each complete day on which it was billed, oldest first."""
        costs: dict[str, dict[date, Decimal]] = {}
        for day in self.complete:
            for resource_id, cost in self._days[day].resources.items():
                costs.setdefault(resource_id, {})[day] = cost
        return costs


def total(sums: Iterable[Sums]) -> Sums:
    """All of them together."""
    result = Sums()
    for one in sums:
        result.add(one.hours, one.cost, one.list_cost)
    return result
