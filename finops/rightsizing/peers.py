"""The rules of other tools over raw samples, to compare with; as published in their source or docs.

Each takes (n, days · 288) five-minute samples up to now, NaN where there was none, and gives (n,)
requests in the unit of the samples (millicores, bytes). Every CPU request is at least 10 m and
every memory request at least 16 MiB, as ours are; a peer's own floor is higher where named.

What is left out: KRR takes the largest of its pods' percentiles where a row here is the hottest pod
of each five minutes; VPA's confidence factors widen its bounds and not the target; Autopilot takes
the maximum of its advice over the last hour.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finops.domain.quantities import MIB
from finops.rightsizing.policies import CPU_FLOOR_MILLICORES, MEMORY_FLOOR_BYTES
from finops.rightsizing.row_quantiles import covering_quantiles, row_quantiles
from finops.rightsizing.sketches import SAMPLES_PER_DAY

Floats = NDArray[np.float64]
Values = NDArray[np.floating[Any]]

_VPA_GROWTH = 1.05


@dataclass(frozen=True, slots=True)
class Peer:
    """One tool's rule for CPU and for memory."""

    cpu: Callable[[Values], Floats]
    memory: Callable[[Values], Floats]


def krr_cpu(samples: Values) -> Floats:
    """KRR `simple`: the 95th percentile of 14 days, at least 10 m, up to whole millicores."""
    return np.ceil(np.maximum(CPU_FLOOR_MILLICORES, row_quantiles(_last(samples, 14), 0.95)))


def krr_memory(samples: Values) -> Floats:
    """KRR `simple`: the maximum of 14 days plus 15 %, at least 100 MiB, up to whole MiB."""
    wanted = np.maximum(100 * MIB, _highest(_last(samples, 14)) * 1.15)
    return np.ceil(wanted / MIB) * MIB


def vpa_cpu(samples: Values) -> Floats:
    """VPA: the 90th percentile, a sample's weight halved each 24 h, plus 15 %; at least 25 m.

    Of a bucket (from 10 m, growing 5 %) the upper edge counts.
    """
    fading = _fading(samples.shape[1], half_life_days=1.0)
    quantile = covering_quantiles(samples, 0.9, fading)
    return np.maximum(25.0, _vpa_edge(quantile, first=10.0) * 1.15)


def vpa_memory(samples: Values) -> Floats:
    """VPA: the 90th percentile of the daily maxima, halved each 24 h, plus 15 %; at least 250 MiB.

    Of a bucket (from 10 MB, growing 5 %) the upper edge counts.
    """
    days = samples.reshape(len(samples), -1, SAMPLES_PER_DAY)
    with np.errstate(all="ignore"):
        peaks = np.fmax.reduce(days, axis=2)
    fading = 0.5 ** np.arange(peaks.shape[1] - 1, -1, -1.0)
    quantile = covering_quantiles(peaks, 0.9, fading)
    return np.maximum(250.0 * MIB, _vpa_edge(quantile, first=1e7) * 1.15)


def autopilot_cpu(samples: Values) -> Floats:
    """Autopilot for a service: the 95th percentile of load, half-life 12 h, plus 15 %.

    Of load, not of time: a sample weighs as much as it used. Worked: 2 hours a day at ten times the
    base are 8 % of the time and 20 / (20 + 22) = 48 % of the load.
    """
    load = np.nan_to_num(samples) * _fading(samples.shape[1], half_life_days=0.5)
    quantile = covering_quantiles(samples, 0.95, load)
    return np.maximum(CPU_FLOOR_MILLICORES, quantile * 1.15)


def autopilot_memory(samples: Values) -> Floats:
    """Autopilot where out-of-memory matters: the maximum of all there is plus 15 %."""
    return np.maximum(MEMORY_FLOOR_BYTES, _highest(samples) * 1.15)


def aws_cpu(samples: Values) -> Floats:
    """AWS Compute Optimizer by default: the 99.5th percentile of 14 days plus 20 %."""
    return np.maximum(CPU_FLOOR_MILLICORES, row_quantiles(_last(samples, 14), 0.995) * 1.2)


def aws_memory(samples: Values) -> Floats:
    """AWS Compute Optimizer by default: the maximum of 14 days plus 20 %."""
    return np.maximum(MEMORY_FLOOR_BYTES, _highest(_last(samples, 14)) * 1.2)


def oracle_cpu(test: Values) -> Floats:
    """The least request that 5 % of the samples to come exceed; nobody can know it before."""
    return np.maximum(CPU_FLOOR_MILLICORES, covering_quantiles(test, 0.95))


def oracle_memory(test: Values) -> Floats:
    """The maximum to come."""
    return _highest(test)


PEERS: Mapping[str, Peer] = {
    "krr": Peer(krr_cpu, krr_memory),
    "vpa": Peer(vpa_cpu, vpa_memory),
    "autopilot": Peer(autopilot_cpu, autopilot_memory),
    "aws": Peer(aws_cpu, aws_memory),
}


def _last(samples: Values, days: int) -> Values:
    return samples[:, -days * SAMPLES_PER_DAY :]


def _highest(samples: Values) -> Floats:
    with np.errstate(all="ignore"):
        highest: Floats = np.fmax.reduce(samples, axis=1).astype(np.float64)
    return highest


def _fading(count: int, *, half_life_days: float) -> Floats:
    ages = np.arange(count - 1, -1, -1.0) / SAMPLES_PER_DAY
    weights: Floats = 0.5 ** (ages / half_life_days)
    return weights


def _vpa_edge(values: Floats, *, first: float) -> Floats:
    """The upper edge of each value's bucket: bucket k ends at `first · (1.05^(k+1) − 1) / 0.05`."""
    inside = values * (_VPA_GROWTH - 1) / first
    bucket = np.floor(np.log1p(inside) / np.log(_VPA_GROWTH))
    edge: Floats = first * (_VPA_GROWTH ** (bucket + 1) - 1) / (_VPA_GROWTH - 1)
    return edge
