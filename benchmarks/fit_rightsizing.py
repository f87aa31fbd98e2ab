"""Where the constants of `finops.rightsizing` come from: a fit on half of the series of a file.

    python -m benchmarks.fit_rightsizing --traces FILE.parquet

Prints the coefficients of `confidence.CPU` and `confidence.MEMORY` as they stand in the code, and
what the knobs of `modes` and their neighbours cost and risk. Only series whose names hash to an
even number are read; `python -m benchmarks.rightsizing` measures on the others.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from finops.rightsizing import scores
from finops.rightsizing.compared import Part, our_memory, part_of
from finops.rightsizing.confidence import CPU, MEMORY, Odds, features_of
from finops.rightsizing.history import History
from finops.rightsizing.modes import CPU_KNOBS, MEMORY_KNOBS, Cadence, Mode
from finops.rightsizing.peers import oracle_cpu, oracle_memory
from finops.rightsizing.policies import cpu_requests, memory_requests
from finops.rightsizing.replay import TEST_DAYS, Plan, plan_of, windows_of
from finops.rightsizing.series_file import SeriesFile, read_series

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Grid = NDArray[np.float32]

ODDS = {"cpu": CPU, "memory": MEMORY}

HISTORIES = (28, 21, 14, 10, 7, 5, 3, 2, 1)
# The confidence must be right for other requests than our own: what is set, a step, a person's.
FACTORS = (0.7, 0.85, 1.0, 1.2, 1.5)
ABOVE_WORST = (1.0, 1.05, 1.1, 1.2, 1.5, 2.0, 3.0)
_RIDGE = 1.0


def is_fitted_on(name: str) -> bool:
    """Whether a series is in the half that constants come from."""
    return crc32(name.encode()) % 2 == 0


def half_of(file: SeriesFile) -> SeriesFile:
    """The series that constants come from."""
    kept = np.array([is_fitted_on(name) for name in file.names])
    return replace(
        file,
        names=tuple(name for name, keep in zip(file.names, kept, strict=True) if keep),
        **{grid: getattr(file, grid)[kept] for grid in ("cpu", "memory", "cpu_set", "memory_set")},
    )


@dataclass(frozen=True, slots=True)
class Case:
    """Requests for one resource of some windows, whether each held, and what was known before.

    `factor` is by what a proposal was multiplied, 0 for a multiple of the worst day.
    """

    requests: Floats
    held: Flags
    past: History
    factor: float

    def features(self, base: Odds) -> Floats:
        """What the model reads."""
        return features_of(
            self.requests, self.past.daily_peaks, window_days=self.past.window_days, base=base
        )


def cases_of(part: Part) -> dict[str, list[Case]]:
    """The cases of both resources: both modes times each factor, and multiples of the worst day."""
    cpu, memory = part.cpu.mornings[0], part.memory.mornings[0]
    most = np.where(np.isfinite(part.memory_set), part.memory_set, np.inf)
    cpu_tried = [(0.0, _worst(cpu) * factor) for factor in ABOVE_WORST]
    memory_tried = [(0.0, _worst(memory) * factor) for factor in ABOVE_WORST]
    for mode, factor in product(Mode, FACTORS):
        cpu_tried.append((factor, factor * cpu_requests(cpu, CPU_KNOBS[mode, Cadence.STANDING])))
        memory_tried.append((factor, factor * our_memory(memory, part, mode)))
    return {
        "cpu": [
            _case(requests, part.cpu.test, cpu, factor=factor, tolerated=scores.TOLERATED_OVER)
            for factor, requests in cpu_tried
        ],
        "memory": [
            _case(np.fmin(requests, most), part.memory.test, memory, factor=factor, tolerated=0.0)
            for factor, requests in memory_tried
        ],
    }


def _worst(past: History) -> Floats:
    worst: Floats = np.fmax.reduce(past.daily_peaks, axis=1)
    return worst


def _case(requests: Floats, test: Grid, past: History, *, factor: float, tolerated: float) -> Case:
    over = scores.outcome_of(requests, test, requests).over
    return Case(requests, over <= tolerated, past, factor)


def fit_odds(file: SeriesFile) -> dict[str, tuple[float, ...]]:
    """The coefficients c0 to c6 by resource."""
    cases: dict[str, list[Case]] = {"cpu": [], "memory": []}
    origins = plan_of(file.days).origins
    for days in HISTORIES:
        plan = Plan(days, TEST_DAYS, origins)
        for resource, some in cases_of(part_of(file, plan, windows_of(file, plan))).items():
            cases[resource] += some
    return {resource: fitted(some, ODDS[resource]) for resource, some in cases.items()}


def fitted(cases: Sequence[Case], base: Odds) -> tuple[float, ...]:
    """Logistic regression by Newton's method, lightly ridged on standardised columns."""
    features = np.concatenate([case.features(base) for case in cases])
    held = np.concatenate([case.held for case in cases])
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    deviation[deviation == 0] = 1  # a column that never varies says nothing
    design = np.column_stack([np.ones(len(held)), (features - mean) / deviation])
    ridge = np.diag([0.0] + [_RIDGE] * features.shape[1])
    weights = np.zeros(design.shape[1])
    for _ in range(30):
        probability = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (probability - held) + ridge @ weights
        curve = (design.T * (probability * (1 - probability))) @ design + ridge
        weights -= np.linalg.solve(curve, slope)
    slopes = weights[1:] / deviation
    intercept = weights[0] - float(slopes @ mean)
    return tuple(round(float(value), 3) for value in (intercept, *slopes))


def knobs_around(file: SeriesFile) -> Iterator[str]:
    """Each mode's knobs for a standing request and their neighbours, one line each."""
    plan = plan_of(file.days)
    part = part_of(file, plan, windows_of(file, plan))
    oracle, highest = oracle_cpu(part.cpu.test), oracle_memory(part.memory.test)
    for mode in Mode:
        cpu = CPU_KNOBS[mode, Cadence.STANDING]
        for pull in (cpu.pull - 0.02, cpu.pull, cpu.pull + 0.02):
            for margin in (cpu.margin - 0.02, cpu.margin - 0.01, cpu.margin, cpu.margin + 0.01):
                near = replace(cpu, pull=round(pull, 3), margin=round(margin, 3))
                found = scores.outcome_of(
                    cpu_requests(part.cpu.mornings[0], near), part.cpu.test, oracle
                )
                yield f"{mode} {near} {_cpu_words(found)}"
        memory = MEMORY_KNOBS[mode, part.signal]
        for factor in (0.9, 0.95, 1.0, 1.05):
            close = replace(memory, margin=round(memory.margin * factor, 3))
            wanted = np.fmin(memory_requests(part.memory.mornings[0], close), part.memory_set)
            found = scores.outcome_of(wanted, part.memory.test, highest)
            yield f"{mode} {close} ratio {scores.ratio(found):.3f} oom {scores.exceeded(found):.4f}"


def _cpu_words(found: scores.Outcome) -> str:
    return (
        f"ratio {scores.ratio(found):.3f} gmr {scores.geometric_mean_ratio(found):.3f} "
        f"v5 {scores.overrun(found):.4f} v5w {scores.overrun_by_usage(found):.3f}"
    )


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=Path, required=True)
    arguments: Any = parser.parse_args()
    file = half_of(read_series(arguments.traces))
    for resource, coefficients in fit_odds(file).items():
        print(f"{resource.upper()}: coefficients={coefficients}")
    for line in knobs_around(file):
        print(line)


if __name__ == "__main__":
    main()
