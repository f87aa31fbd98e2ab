"""A file of series: CPU and memory over time, of machines or of pods, from Parquet or CSV.

Columns of machines (`vms`): `vm`, `t`, `cpu_cores_used`, `mem_used_kib`, `cpu_cores`,
`mem_prov_kib`. A row with `cpu_cores` or `mem_prov_kib` of 0 is a machine that was off.

Columns of pods (`pods`): `ts`, `cpu_m` (millicores), `mem_mib`, and `workload` or `pod` or both;
optional `cluster`, `namespace` and `container`, which keep series apart, and `cpu_request_m` and
`mem_request_mib`, what is set now. The pods of a workload are one series, judged like everywhere by
the hottest of them.

Times are timestamps, ISO 8601 texts, or seconds or milliseconds since 1970. Everything is laid on a
grid of five minutes from the file's first sample: the mean of CPU, the maximum of memory. Rarer
samples hold until the next one is due.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from finops.domain.errors import InvalidInput
from finops.domain.quantities import MIB
from finops.rightsizing.series_columns import Columns, columns_of, names_of
from finops.rightsizing.sketches import SAMPLES_PER_DAY

Grid = NDArray[np.float32]
Numbers = NDArray[np.int64]
Values = NDArray[np.float32]
Flags = NDArray[np.bool_]

STEP_SECONDS = 86_400 // SAMPLES_PER_DAY
_KIB = 1024


class Kind(StrEnum):
    """What a file's series are."""

    VMS = "vms"
    PODS = "pods"


@dataclass(frozen=True, slots=True)
class _Layout:
    """Its time, its needed and optional numbers, what names a series, and what splits it."""

    time: str
    needed: tuple[str, ...]
    optional: tuple[str, ...]
    names: tuple[str, ...]
    keys: tuple[str, ...]


_LAYOUTS = {
    Kind.VMS: _Layout(
        "t", ("cpu_cores_used", "mem_used_kib", "cpu_cores", "mem_prov_kib"), (), ("vm",), ("vm",)
    ),
    Kind.PODS: _Layout(
        "ts",
        ("cpu_m", "mem_mib"),
        ("cpu_request_m", "mem_request_mib"),
        ("cluster", "namespace", "workload", "pod", "container"),
        ("workload", "pod"),
    ),
}


@dataclass(frozen=True, slots=True)
class SeriesFile:
    """`n` series on one grid of `days` · 288 steps, NaN where nothing was measured.

    `cpu` in millicores, `memory` in bytes; `cpu_set` and `memory_set` (n, days) are what was
    provisioned or requested at the end of each day, NaN where the file does not say.
    """

    kind: Kind
    names: tuple[str, ...]
    cpu: Grid
    memory: Grid
    cpu_set: Grid
    memory_set: Grid
    rows_left_out: int

    @property
    def days(self) -> int:
        """Whole days that the grid spans."""
        return int(self.cpu.shape[1]) // SAMPLES_PER_DAY


@dataclass(frozen=True, slots=True)
class _Rows:
    """What each row of the file says, in the units of `SeriesFile`."""

    series: Numbers
    pods: Numbers
    seconds: Numbers
    cpu: Values
    memory: Values
    cpu_set: Values
    memory_set: Values

    def only(self, kept: Flags) -> "_Rows":
        return _Rows(*(getattr(self, name)[kept] for name in self.__slots__))


def read_series(path: Path, kind: Kind | None = None) -> SeriesFile:
    """All series of a file; without `kind` its columns decide.

    Raises InvalidInput when columns are missing or nothing usable is in it.
    """
    there = names_of(path)
    kind = kind or (Kind.VMS if "cpu_cores_used" in there else Kind.PODS)
    layout = _LAYOUTS[kind]
    missing = [name for name in (layout.time, *layout.needed) if name not in there]
    if missing or not set(layout.keys) & set(there):
        lacking = ", ".join(missing) or " or ".join(layout.keys)
        raise InvalidInput(
            f"{path.name} cannot be read as {kind.value}: it has no column {lacking}."
        )
    numbers = [*layout.needed, *(name for name in layout.optional if name in there)]
    texts = [name for name in layout.names if name in there]
    columns = columns_of(path, time=layout.time, numbers=numbers, texts=texts)
    names, rows = (_machines if kind is Kind.VMS else _pods)(columns)
    del columns  # of ten million rows nobody wants two copies
    usable = np.isfinite(rows.cpu) & np.isfinite(rows.memory) & (rows.cpu >= 0) & (rows.memory >= 0)
    if not usable.any():
        raise InvalidInput(f"{path.name} holds no row with CPU and memory.")
    return _on_a_grid(kind, names, rows.only(usable), left_out=int((~usable).sum()))


def _machines(columns: Columns) -> tuple[tuple[str, ...], _Rows]:
    cores, provisioned = columns.number("cpu_cores"), columns.number("mem_prov_kib")
    is_on = (cores > 0) & (provisioned > 0)
    machines = columns.label(["vm"])
    return machines.names, _Rows(
        series=machines.codes,
        pods=np.zeros_like(machines.codes),
        seconds=columns.seconds,
        cpu=np.where(is_on, columns.number("cpu_cores_used") * 1000, np.float32(np.nan)),
        memory=columns.number("mem_used_kib") * _KIB,
        cpu_set=cores * 1000,
        memory_set=provisioned * _KIB,
    )


def _pods(columns: Columns) -> tuple[tuple[str, ...], _Rows]:
    own = "workload" if "workload" in columns.labels else "pod"
    series = columns.label(["cluster", "namespace", own, "container"])
    pods = columns.labels.get("pod")
    return series.names, _Rows(
        series=series.codes,
        pods=np.zeros_like(series.codes) if pods is None else pods.codes,
        seconds=columns.seconds,
        cpu=columns.number("cpu_m"),
        memory=columns.number("mem_mib") * MIB,
        cpu_set=columns.number("cpu_request_m"),
        memory_set=columns.number("mem_request_mib") * MIB,
    )


def _on_a_grid(kind: Kind, names: tuple[str, ...], rows: _Rows, *, left_out: int) -> SeriesFile:
    series = rows.series
    slots = (rows.seconds - rows.seconds.min()) // STEP_SECONDS
    days = int(slots.max()) // SAMPLES_PER_DAY + 1
    shape = (len(names), days * SAMPLES_PER_DAY)
    cpu, memory = np.full(shape, np.nan, np.float32), np.full(shape, np.nan, np.float32)
    # The mean of each pod in each step, and the hottest of the pods.
    keys = (rows.pods * len(names) + series) * np.int64(shape[1]) + slots
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    first = order[starts]
    means = np.add.reduceat(rows.cpu[order], starts) / np.diff(starts, append=len(order))
    np.fmax.at(cpu, (series[first], slots[first]), means.astype(np.float32))
    np.fmax.at(memory, (series, slots), rows.memory.astype(np.float32))
    held = _steps_between(memory)
    return SeriesFile(
        kind=kind,
        names=names,
        cpu=_held(cpu, held),
        memory=_held(memory, held),
        cpu_set=_at_ends(rows.cpu_set, series, slots, shape=(len(names), days)),
        memory_set=_at_ends(rows.memory_set, series, slots, shape=(len(names), days)),
        rows_left_out=left_out,
    )


def _steps_between(grid: Grid) -> int:
    """How many steps a sample stands for: the usual distance between two of a series."""
    gaps = np.diff(np.flatnonzero(np.isfinite(grid)))
    return int(np.clip(np.median(gaps), 1, SAMPLES_PER_DAY)) if gaps.size else 1


def _held(grid: Grid, steps: int) -> Grid:
    """Each sample repeated over the steps it stands for, where nothing else was measured."""
    filled = grid.copy()
    for distance in range(1, steps):
        later = filled[:, distance:]
        earlier = grid[:, :-distance]
        np.copyto(later, earlier, where=np.isnan(later) & np.isfinite(earlier))
    return filled


def _at_ends(values: Values, series: Numbers, slots: Numbers, *, shape: tuple[int, int]) -> Grid:
    """(n, days): the last value of each day, carried over days without one."""
    ends = np.full(shape, np.nan, np.float32)
    order = np.argsort(slots, kind="stable")
    known = order[np.isfinite(values[order])]
    ends[series[known], slots[known] // SAMPLES_PER_DAY] = values[known]
    for day in range(1, shape[1]):
        ends[:, day] = np.where(np.isnan(ends[:, day]), ends[:, day - 1], ends[:, day])
    return ends
