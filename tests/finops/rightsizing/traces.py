"""Small files of series, written by hand, for the tests of what reads and replays them."""

import csv
from pathlib import Path

import numpy as np

from finops.domain.quantities import MIB
from finops.rightsizing.series_file import Kind, SeriesFile
from finops.rightsizing.sketches import SAMPLES_PER_DAY

START = 1_750_000_000


def series_file(cpu: np.ndarray, memory: np.ndarray | None = None) -> SeriesFile:
    """Pods without requests; `cpu` is (n, days · 288)."""
    memory = cpu * MIB if memory is None else memory
    unset = np.full((len(cpu), cpu.shape[1] // SAMPLES_PER_DAY), np.nan, np.float32)
    return SeriesFile(
        kind=Kind.PODS,
        names=tuple(f"shop/web-{row}" for row in range(len(cpu))),
        cpu=cpu.astype(np.float32),
        memory=memory.astype(np.float32),
        cpu_set=unset,
        memory_set=unset,
        rows_left_out=0,
    )


def noisy(count: int, days: int, seed: int = 1) -> np.ndarray:
    """(count, days · 288) positive samples around 100."""
    random = np.random.default_rng(seed)
    return 100 * random.lognormal(0, 0.3, (count, days * SAMPLES_PER_DAY))


def write_csv(path: Path, header: str, rows: list[list[object]]) -> Path:
    """A CSV file with that header."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)
    return path


def write_pods(path: Path, days: int, *, pods: int = 1, with_requests: bool = False) -> Path:
    """Two workloads with `pods` pods each, a sample every five minutes."""
    header = "ts,namespace,workload,pod,cpu_m,mem_mib"
    header += ",cpu_request_m,mem_request_mib" if with_requests else ""
    values = noisy(2 * pods, days)
    rows: list[list[object]] = []
    for series in range(2 * pods):
        name = f"web-{series % 2}"
        for step, value in enumerate(values[series]):
            row: list[object] = [START + 300 * step, "shop", name, f"{name}-{series}"]
            row += [round(float(value), 3), round(2 * float(value), 3)]
            rows.append(row + ([500, 512] if with_requests else []))
    return write_csv(path, header, rows)
