"""Two modes, what each risks, and the fixed knobs that hold to it.

*Lean* lets 5 % of CPU requests be over-run (more than 5 % of the next 14 days above the request),
*safe* 3 %. A request that is set once and stays (`STANDING`) needs other knobs than one that is
looked at every day (`DAILY`): the second meets lean's 5 % and safe's 2 % with less.

Memory read from inside a machine or a container (`WORKING_SET`) changes far less than what a
hypervisor sees as active (`ACTIVE`). Odds of exceeding it in 14 days: lean 10 %, safe 5 %.

Where the knobs come from: the family of formulas was found beforehand; shares, pulls and margins
were chosen by hand on a coarse grid over vms_bitbrains that showed both halves of its series, so
the figures of all series are those the knobs were chosen with. `python -m benchmarks.rightsizing`
prints the half whose names hash to an odd number alone too: risks hold there, ratios are 3 % worse
(`python -m benchmarks.fit_rightsizing` prints what neighbouring knobs cost and risk). The margins
for WORKING_SET are no fit, because no long trace of containers is at hand: Autopilot's 10 to 15 %,
wider for small ones, less for large ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Mode(StrEnum):
    """What a team prefers: to be sure, or to pay less."""

    SAFE = "safe"
    LEAN = "lean"


class Cadence(StrEnum):
    """Whether a request is set once for 14 days, or looked at daily."""

    STANDING = "standing"
    DAILY = "daily"


class MemorySignal(StrEnum):
    """What the memory figures measure."""

    WORKING_SET = "working set"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class CpuKnobs:
    """`margin · D^(1−pull) · M^pull`: D the decayed quantile at `share`, M the 28-day maximum."""

    share: float
    pull: float
    margin: float


@dataclass(frozen=True, slots=True)
class MemoryKnobs:
    """`P · max(least, margin · (1 GiB / P)^shrink)`: P the `share` quantile of the daily maxima.

    A margin that is wide for small workloads costs little, because a fifth of the series hold
    three quarters of the memory: at the same risk it asks for 3 to 7 % less than one for all.
    """

    share: float
    margin: float
    shrink: float
    least: float


CPU_KNOBS = {
    (Mode.LEAN, Cadence.STANDING): CpuKnobs(share=0.98, pull=0.1, margin=1.02),
    (Mode.SAFE, Cadence.STANDING): CpuKnobs(share=0.99, pull=0.1, margin=1.05),
    (Mode.LEAN, Cadence.DAILY): CpuKnobs(share=0.97, pull=0.06, margin=1.02),
    (Mode.SAFE, Cadence.DAILY): CpuKnobs(share=0.97, pull=0.15, margin=1.03),
}
MEMORY_KNOBS = {
    (Mode.LEAN, MemorySignal.WORKING_SET): MemoryKnobs(1.0, margin=1.10, shrink=0.1, least=1.05),
    (Mode.SAFE, MemorySignal.WORKING_SET): MemoryKnobs(1.0, margin=1.20, shrink=0.1, least=1.10),
    (Mode.LEAN, MemorySignal.ACTIVE): MemoryKnobs(0.96, margin=1.85, shrink=0.1, least=1.05),
    (Mode.SAFE, MemorySignal.ACTIVE): MemoryKnobs(0.7, margin=4.3, shrink=0.256, least=1.10),
}


@dataclass(frozen=True, slots=True)
class ModeChoice:
    """Which mode a workload is judged in: by its team, by its kind (`StatefulSet`), or the default.

    Where a team and a kind are both named and differ, safe wins. `scales_heap` lets a Java heap
    that is named by `-Xmx` fall with the memory around it.
    """

    default: Mode = Mode.SAFE
    teams: Mapping[str, Mode] = field(default_factory=dict)
    kinds: Mapping[str, Mode] = field(default_factory=dict)
    scales_heap: bool = False

    def of(self, team: str, kind: str) -> Mode:
        """The mode of one workload."""
        named = {self.teams.get(team), self.kinds.get(kind)} - {None}
        if Mode.SAFE in named:
            return Mode.SAFE
        return Mode.LEAN if named else self.default
