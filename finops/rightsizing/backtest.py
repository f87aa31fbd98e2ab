"""A backtest on one's own estate: what each policy would have asked for, wasted and risked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from finops.domain.errors import InvalidInput
from finops.rightsizing import scores
from finops.rightsizing.compared import AS_SET, ORACLE, Compared, compare
from finops.rightsizing.modes import Mode
from finops.rightsizing.replay import Plan, plan_of
from finops.rightsizing.scores import Outcome
from finops.rightsizing.series_file import SeriesFile

# In this order in every table. AWS's and Autopilot's rules are for benchmarks: they size machines
# and jobs that nobody here could have set.
SHOWN = (
    *(AS_SET, "krr", "vpa", Mode.LEAN.value, Mode.SAFE.value),
    *("lean_refreshed", "safe_refreshed", ORACLE),
)
_FACTORS = np.geomspace(0.4, 6, 120)

Curve: TypeAlias = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """One resource under one policy, over the windows in which it says something.

    `asked` and `used` are each series' mean over its windows, summed (millicores or bytes); `ratio`
    is to the least that would have done; `risk` the share of windows over-run (CPU: more than 5 %
    of the time, memory: ever), `risk_by_usage` weighted by usage; `changes` in 14 days.
    """

    asked: float
    used: float
    ratio: float
    risk: float
    risk_by_usage: float
    changes: float


@dataclass(frozen=True, slots=True)
class PolicyResult:
    """A policy's figures; None where what is set is unknown."""

    policy: str
    cpu: Figures | None
    memory: Figures | None


@dataclass(frozen=True, slots=True)
class Backtest:
    """The results in the order of `SHOWN`, over how much, and the frontiers of CPU and memory.

    A frontier is what (ratio, risk) a policy reaches when everything it asks for is multiplied.
    """

    results: tuple[PolicyResult, ...]
    series: int
    windows: int
    series_left_out: int
    windows_left_out: int
    rows_left_out: int
    plan: Plan
    cpu_frontiers: dict[str, Curve]
    memory_frontiers: dict[str, Curve]

    def of(self, policy: str) -> PolicyResult:
        """One policy's results."""
        return next(result for result in self.results if result.policy == policy)


def backtest(file: SeriesFile) -> Backtest:
    """Replay the file. Raises InvalidInput where no series reaches over an origin."""
    compared = compare(file, plan_of(file.days))
    if not len(compared.windows):
        raise InvalidInput(
            f"None of {len(file.names)} series has half of its samples on both sides of an origin: "
            f"{file.days} days are there."
        )
    series = len(np.unique(compared.windows.rows))
    return Backtest(
        results=tuple(_result(compared, policy) for policy in SHOWN),
        series=series,
        windows=len(compared.windows),
        series_left_out=len(file.names) - series,
        windows_left_out=compared.windows.skipped,
        rows_left_out=file.rows_left_out,
        plan=compared.plan,
        cpu_frontiers={p: frontier(compared.cpu[p]) for p in (Mode.LEAN.value, "krr", "vpa")},
        memory_frontiers={p: frontier(compared.memory[p]) for p in (Mode.LEAN.value, "krr", "vpa")},
    )


def frontier(outcome: Outcome) -> Curve:
    """(ratio, risk) for the policy's requests times 0.4 to 6.

    A request over-runs its window exactly when it is under the oracle's, so no replay is needed.
    """
    scale = outcome.request.sum() / outcome.oracle.sum()
    return tuple(
        (float(factor * scale), float((factor * outcome.request < outcome.oracle).mean()))
        for factor in _FACTORS
    )


def _result(compared: Compared, policy: str) -> PolicyResult:
    return PolicyResult(
        policy,
        _figures(compared, compared.cpu[policy], tolerated=scores.TOLERATED_OVER),
        _figures(compared, compared.memory[policy], tolerated=0.0),
    )


def _figures(compared: Compared, outcome: Outcome, *, tolerated: float) -> Figures | None:
    known = np.isfinite(outcome.request)
    if not known.any():
        return None
    some, rows = outcome.only(known), compared.windows.rows[known]
    over, total = some.over > tolerated, float(some.usage.sum())
    return Figures(
        asked=_summed_over_series(some.request, rows),
        used=_summed_over_series(some.usage, rows),
        ratio=scores.ratio(some),
        risk=float(over.mean()),
        risk_by_usage=float(some.usage[over].sum()) / total if total else 0.0,
        changes=scores.changes_per_14_days(some),
    )


def _summed_over_series(values: scores.Floats, rows: Sequence[int] | np.ndarray) -> float:
    """The sum over series of each one's mean over its windows."""
    counts = np.bincount(rows)
    sums = np.bincount(rows, weights=values)
    return float((sums[counts > 0] / counts[counts > 0]).sum())
