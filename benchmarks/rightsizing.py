"""Our requests beside KRR's, VPA's, Autopilot's and AWS's rules and an oracle, over real traces.

    python -m benchmarks.rightsizing --traces FILE.parquet [--kind vms|pods] --json
    python -m benchmarks.rightsizing --speed 10000 --json

Rolling origins a week apart: 28 days train, the next 14 test; shorter files train 14 or 7 days, or
split what there is, and a `note` says so. Ours go the way of the program: five-minute samples →
`Sketches`, day by day → policy; the peers get the raw samples. The terms are those of
`finops.rightsizing.scores`, the columns of a file those of `finops.rightsizing.series_file`
(Parquet or CSV). `lean` and `safe` are set once; `…_refreshed` are looked at daily, with
hysteresis. A machine's memory is never set above what it has; containers have no such bound.

`ece_cpu` and `ece_mem` are the expected calibration errors (ten equal bins) of the stated
probability that a request holds the test days, over requests from 0.7 to 1.5 of our proposals and
from 1 to 3 of the worst day seen; `…_own` over our proposals alone. They are measured on series
that the constants were never fitted on: those whose names hash to an odd number. `held_out` repeats
the policies over those series alone. On vms_bitbrains the other half made the constants; on any
other file both halves are equally new.
"""

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.fit_rightsizing import ODDS, Case, cases_of, is_fitted_on
from finops.domain.errors import InvalidInput
from finops.rightsizing import scores, sketch_codec
from finops.rightsizing.calibration import calibration_error
from finops.rightsizing.compared import Compared, compare, in_parts, part_of
from finops.rightsizing.confidence import odds_that_they_hold
from finops.rightsizing.history import history_of_sketches
from finops.rightsizing.modes import CPU_KNOBS, Cadence, Mode
from finops.rightsizing.policies import cpu_requests
from finops.rightsizing.replay import Plan, plan_of, windows_of
from finops.rightsizing.series_file import Kind, SeriesFile, read_series
from finops.rightsizing.sketches import DAYS, P95, SAMPLES_PER_DAY, Samples, Sketches

Flags = NDArray[np.bool_]


def measure(path: Path, kind: Kind | None) -> dict[str, Any]:
    """All figures of one file."""
    began = time.perf_counter()
    file = read_series(path, kind)
    plan = plan_of(file.days)
    compared = compare(file, plan)
    if not compared.cpu:
        raise SystemExit(f"No series of {path.name} has enough samples on both sides of an origin.")
    is_new = np.array([not is_fitted_on(name) for name in file.names])
    held_out = is_new[compared.windows.rows]
    return {
        "policies": policies(compared, np.ones(len(held_out), np.bool_)),
        **calibration(file, plan, is_new),
        "series": len(np.unique(compared.windows.rows)),
        "held_out": policies(compared, held_out) if held_out.any() else {},
        "windows": len(compared.windows),
        "skipped": {
            "series": len(file.names) - len(np.unique(compared.windows.rows)),
            "windows": compared.windows.skipped,
            "rows": file.rows_left_out,
        },
        "kind": file.kind.value,
        "train_days": plan.train_days,
        "test_days": plan.test_days,
        "note": plan.note,
        "seconds": round(time.perf_counter() - began, 1),
    }


def policies(compared: Compared, kept: Flags) -> dict[str, Any]:
    """The figures of each policy over some windows; what is set only where the file says it."""
    found = {
        name: figures(compared.cpu[name].only(kept), compared.memory[name].only(kept))
        for name in compared.cpu
    }
    return {name: values for name, values in found.items() if values is not None}


def figures(cpu: scores.Outcome, memory: scores.Outcome) -> dict[str, float] | None:
    """One policy's figures over the windows in which it says something; None if it never does."""
    cpu, memory = (some.only(np.isfinite(some.request)) for some in (cpu, memory))
    if not len(cpu.request) or not len(memory.request):
        return None
    found = {
        "slack": scores.slack(cpu),
        "ratio": scores.ratio(cpu),
        "gmr": scores.geometric_mean_ratio(cpu),
        "v5": scores.overrun(cpu),
        "v5w": scores.overrun_by_usage(cpu),
        "mem_slack": scores.slack(memory),
        "mem_ratio": scores.ratio(memory),
        "mem_oom": scores.exceeded(memory),
        "changes_per_14d": scores.changes_per_14_days(cpu),
        "mem_changes_per_14d": scores.changes_per_14_days(memory),
    }
    return {name: round(value, 4) for name, value in found.items()}


def calibration(file: SeriesFile, plan: Plan, is_new: Flags) -> dict[str, float | None]:
    """Calibration errors on series that nothing was fitted on."""
    windows = windows_of(file, plan)
    new = is_new[windows.rows]
    windows = replace(windows, rows=windows.rows[new], origins=windows.origins[new])
    cases: dict[str, list[Case]] = {"cpu": [], "memory": []}
    for some in in_parts(windows):
        for resource, found in cases_of(part_of(file, plan, some)).items():
            cases[resource] += found
    short = {"cpu": "ece_cpu", "memory": "ece_mem"}
    errors = {short[resource]: _error(resource, found) for resource, found in cases.items()}
    own = {resource: [c for c in found if c.factor == 1] for resource, found in cases.items()}
    return errors | {f"{short[r]}_own": _error(r, found) for r, found in own.items()}


def _error(resource: str, cases: list[Case]) -> float | None:
    if not cases:
        return None
    stated = [
        odds_that_they_hold(
            case.requests,
            case.past.daily_peaks,
            window_days=case.past.window_days,
            base=ODDS[resource],
        )
        for case in cases
    ]
    held = np.concatenate([case.held for case in cases])
    return round(calibration_error(np.concatenate(stated), held), 4)


def speed(series: int) -> dict[str, float]:
    """What a day of `series` series costs: their samples, closing the day, and asking for requests.

    The sketches have lived 28 days before; `update_s` takes a whole day of five-minute samples in
    one piece. The best of three.
    """
    random = np.random.default_rng(0)
    level = 10 ** random.uniform(0, 4, (series, 1))
    sketches = Sketches.empty(series)
    updates, answers = [], []
    for day in range(DAYS + 3):
        values = level * random.lognormal(0, 0.5, (series, SAMPLES_PER_DAY))
        stretch = Samples(values, values, np.ones_like(values))
        began = time.perf_counter()
        sketches.add_samples(stretch)
        sketches.close_day()
        if day >= DAYS:
            updates.append(time.perf_counter() - began)
    for _ in range(3):
        began = time.perf_counter()
        history = history_of_sketches(sketches, peak=P95, today_days=0.0)
        for mode in Mode:
            cpu_requests(history, CPU_KNOBS[mode, Cadence.STANDING])
        answers.append(time.perf_counter() - began)
    pieces = sketch_codec.to_bytes(sketches)
    return {
        "series": series,
        "update_s": round(min(updates), 3),
        "answer_s": round(min(answers), 3),
        "bytes_per_series": round(sum(map(len, pieces)) / series),
    }


def _table(found: Mapping[str, Any]) -> str:
    names = list(next(iter(found["policies"].values())))
    lines = ["".join(["policy".ljust(16), *(name.rjust(20) for name in names)])]
    for policy, values in found["policies"].items():
        cells = [f"{values[name]:.3f}" for name in names]
        lines.append("".join([policy.ljust(16), *(cell.rjust(20) for cell in cells)]))
    rest = {name: value for name, value in found.items() if name not in ("policies", "held_out")}
    return "\n".join([*lines, json.dumps(rest)])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--traces", type=Path, help="a Parquet or CSV file of series")
    what.add_argument("--speed", type=int, metavar="SERIES", help="measure speed and size instead")
    parser.add_argument("--kind", choices=[kind.value for kind in Kind])
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.speed:
        print(json.dumps(speed(arguments.speed)))
        return
    try:
        found = measure(arguments.traces, Kind(arguments.kind) if arguments.kind else None)
    except InvalidInput as error:
        raise SystemExit(f"rightsizing: {error}") from error
    print(json.dumps(found) if arguments.json else _table(found))


if __name__ == "__main__":
    main()
