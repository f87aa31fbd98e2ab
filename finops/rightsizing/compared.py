"""Every policy over every window of a file: ours, the peers', what is set, and the oracle."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finops.rightsizing.history import History
from finops.rightsizing.modes import CPU_KNOBS, MEMORY_KNOBS, Cadence, MemorySignal, Mode
from finops.rightsizing.peers import PEERS, oracle_cpu, oracle_memory
from finops.rightsizing.policies import cpu_requests, memory_requests
from finops.rightsizing.refresh import (
    least_cpu_fall_shares,
    least_memory_fall_shares,
    refreshed,
)
from finops.rightsizing.replay import Plan, Replayed, Windows, replay, windows_of
from finops.rightsizing.scores import Outcome, joined, outcome_of
from finops.rightsizing.series_file import Kind, SeriesFile
from finops.rightsizing.sketches import MAXIMUM, P95

Floats = NDArray[np.float64]

AS_SET = "set"
ORACLE = "oracle"
# So many windows at once: at 42 days a window's samples and what is sorted of them take 300 kB.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Compared:
    """The outcomes by policy, one entry for each window; memory of a policy stands at its name."""

    cpu: Mapping[str, Outcome]
    memory: Mapping[str, Outcome]
    windows: Windows
    plan: Plan


@dataclass(frozen=True, slots=True)
class Part:
    """Some windows replayed, with what was set at each origin, NaN where nobody says."""

    windows: Windows
    cpu: Replayed
    memory: Replayed
    cpu_set: Floats
    memory_set: Floats
    signal: MemorySignal


def compare(file: SeriesFile, plan: Plan) -> Compared:
    """Replay all windows, part by part, and hold every policy against what came."""
    windows = windows_of(file, plan)
    found = [outcomes_of(part_of(file, plan, some)) for some in in_parts(windows)]
    names = found[0][0] if found else {}
    return Compared(
        cpu={name: joined([cpu[name] for cpu, _ in found]) for name in names},
        memory={name: joined([memory[name] for _, memory in found]) for name in names},
        windows=windows,
        plan=plan,
    )


def in_parts(windows: Windows) -> list[Windows]:
    """The windows, so many at once that their samples fit into memory."""
    return [windows.part(at, at + _AT_ONCE) for at in range(0, len(windows), _AT_ONCE)]


def part_of(file: SeriesFile, plan: Plan, windows: Windows) -> Part:
    """Replay CPU and memory of some windows."""
    before = (windows.rows, windows.origins - 1)
    return Part(
        windows=windows,
        cpu=replay(file.cpu, windows, plan, peak=P95),
        memory=replay(file.memory, windows, plan, peak=MAXIMUM),
        cpu_set=file.cpu_set[before].astype(np.float64),
        memory_set=file.memory_set[before].astype(np.float64),
        signal=MemorySignal.ACTIVE if file.kind is Kind.VMS else MemorySignal.WORKING_SET,
    )


def outcomes_of(part: Part) -> tuple[Mapping[str, Outcome], Mapping[str, Outcome]]:
    """CPU's and memory's outcomes by policy."""
    cpu_oracle, memory_oracle = oracle_cpu(part.cpu.test), oracle_memory(part.memory.test)
    cpu = {**_our_cpu(part), **{n: peer.cpu(part.cpu.train) for n, peer in PEERS.items()}}
    memory = {
        **_our_memory(part),
        **{n: peer.memory(part.memory.train) for n, peer in PEERS.items()},
    }
    cpu |= {AS_SET: part.cpu_set, ORACLE: cpu_oracle}
    memory |= {AS_SET: part.memory_set, ORACLE: memory_oracle}
    return (
        {n: outcome_of(requests, part.cpu.test, cpu_oracle) for n, requests in cpu.items()},
        {
            n: outcome_of(requests, part.memory.test, memory_oracle)
            for n, requests in memory.items()
        },
    )


def _our_cpu(part: Part) -> dict[str, Floats]:
    found = {}
    for mode in Mode:
        standing, daily = (CPU_KNOBS[mode, cadence] for cadence in Cadence)
        mornings = part.cpu.mornings
        found[mode.value] = cpu_requests(mornings[0], standing)
        found[f"{mode.value}_refreshed"] = _daily(
            [cpu_requests(one, daily) for one in mornings], least_cpu_fall_shares
        )
    return found


def _our_memory(part: Part) -> dict[str, Floats]:
    found = {}
    for mode in Mode:
        wanted = [our_memory(one, part, mode) for one in part.memory.mornings]
        found[mode.value] = wanted[0]
        found[f"{mode.value}_refreshed"] = _daily(wanted, least_memory_fall_shares)
    return found


def our_memory(history: History, part: Part, mode: Mode) -> Floats:
    """(n,) bytes; a machine is never given more than it has: that is what it can use at most."""
    wanted = memory_requests(history, MEMORY_KNOBS[mode, part.signal])
    return np.fmin(wanted, part.memory_set) if part.signal is MemorySignal.ACTIVE else wanted


def _daily(wanted: list[Floats], least_falls: Callable[[Floats], Floats]) -> Floats:
    """(n, days): the request of each day, changed as the product would change it."""
    held = [wanted[0]]
    for proposed in wanted[1:]:
        held.append(refreshed(held[-1], proposed, least_falls(held[-1])))
    return np.stack(held, axis=1)
