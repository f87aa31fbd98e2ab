"""How the simulated containers behave: deterministic five-minute series with days and noise."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finops.domain.quantities import MIB

Floats = NDArray[np.float64]
STEP_SECONDS = 300
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Profile:
    """One container's habits: CPU in millicores, memory in MiB.

    CPU swings between `night` and `day` over 24 hours and spikes to `spike` for a while each day;
    memory stays near `memory_mib` with a slow daily wave.
    """

    night: float
    day: float
    spike: float
    memory_mib: float
    noise: float = 0.06


# (namespace, workload, container); a container that is not here was never scraped.
PROFILES: Mapping[tuple[str, str, str], Profile] = {
    ("shop", "frontend", "server"): Profile(70, 190, 250, 236),
    ("shop", "cart", "cart"): Profile(50, 150, 200, 300),
    ("shop", "cart", "metrics-proxy"): Profile(9, 14, 17, 24),
    ("shop", "catalog", "catalog"): Profile(90, 240, 330, 420),
    ("shop", "recommendations", "model-server"): Profile(140, 330, 420, 980),
    ("payments", "payments-api", "api"): Profile(110, 280, 360, 410),
    ("payments", "ledger-writer", "writer"): Profile(90, 210, 290, 350),
    ("payments", "fraud-score", "scorer"): Profile(520, 760, 940, 850),
    ("data", "search-index", "index"): Profile(260, 420, 520, 3_400),
    ("data", "etl-worker", "worker"): Profile(700, 1_100, 1_420, 2_500),
    ("data", "event-exporter", "exporter"): Profile(6, 9, 14, 35),
    ("tools", "wiki", "wiki"): Profile(30, 120, 170, 480),
}


def cpu_millicores(profile: Profile, times: NDArray[np.int64], *, seed: str) -> Floats:
    """CPU at each moment (epoch seconds), the same for the same seed and moment."""
    hour = (times % DAY_SECONDS) / 3600
    wave = (1 - np.cos((hour - 3) / 24 * 2 * np.pi)) / 2
    base = profile.night + (profile.day - profile.night) * wave
    busy = (hour > 19) & (hour < 19.75)
    values = np.where(busy, profile.spike, base)
    return np.asarray(values * (1 + profile.noise * _noise(times, f"{seed}/cpu")))


def memory_bytes(profile: Profile, times: NDArray[np.int64], *, seed: str) -> Floats:
    """Memory at each moment (epoch seconds), the same for the same seed and moment."""
    hour = (times % DAY_SECONDS) / 3600
    wave = 1 + 0.03 * np.sin(hour / 24 * 2 * np.pi) + 0.01 * _noise(times, f"{seed}/memory")
    return np.asarray(profile.memory_mib * MIB * wave)


def daily_jitter(name: str, day_ordinal: int, *, share: float) -> float:
    """A factor near 1 for one resource and day: bills breathe."""
    digest = hashlib.sha256(f"{name}/{day_ordinal}".encode()).digest()
    return 1 + share * (int.from_bytes(digest[:4], "big") / 2**31 - 1)


def _noise(times: NDArray[np.int64], seed: str) -> Floats:
    """Numbers in [-1, 1] that depend only on the moment and the seed (a splitmix64 hash)."""
    key = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")
    with np.errstate(over="ignore"):
        mixed = (times // STEP_SECONDS).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= np.uint64(key)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return mixed.astype(np.float64) / 2.0**63 - 1
