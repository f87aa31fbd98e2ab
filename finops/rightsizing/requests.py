"""One container's requests from its usage summaries, and the smallest change worth a restart.

The same policies as for whole estates (`policies`), with the knobs of a request that is set once
and stays, rounded up to figures people write.
"""

import math
from decimal import Decimal

import numpy as np

from finops.domain.estate import UsageSummary
from finops.domain.money import HOURS_PER_MONTH
from finops.domain.quantities import MIB
from finops.rightsizing.history import history_of_summary
from finops.rightsizing.modes import CPU_KNOBS, MEMORY_KNOBS, Cadence, MemorySignal, Mode
from finops.rightsizing.policies import cpu_requests, memory_requests, widenings

# One value falls by at most three quarters at once, so a wrong reading cannot starve a workload
# in one step; the guardrail `max_single_change_percent` has the same default. The next cycle
# proposes the next step.
MAX_FALL_SHARE = 0.75


def widening(window_days: float) -> float:
    """How much wider the margin is for a short history; see `policies.widenings`."""
    return float(widenings(np.array([window_days], np.float64))[0])


def cpu_request_millicores(usage: UsageSummary, mode: Mode = Mode.SAFE) -> int:
    """The CPU request in millicores, rounded up; see `policies.cpu_requests`.

    Worked: lean, 28 days, D = 200, M = 400 give 1.02 · 200^0.9 · 400^0.1 = 218.6, so 220.
    """
    knobs = CPU_KNOBS[mode, Cadence.STANDING]
    return round_up_cpu(float(cpu_requests(history_of_summary(usage), knobs)[0]))


def memory_request_bytes(usage: UsageSummary, mode: Mode = Mode.SAFE) -> int:
    """The memory request in bytes, up to whole MiB; see `policies.memory_requests`.

    Worked: safe, 28 days and a maximum of 200 MiB give 200 · 1.2 · 5.12^0.1 = 282.5, so 283 MiB.
    """
    knobs = MEMORY_KNOBS[mode, MemorySignal.WORKING_SET]
    return _up(float(memory_requests(history_of_summary(usage), knobs)[0]), MIB)


def at_most_one_step(current: int, proposed: int, *, unit: int = 1) -> int:
    """The proposal, held to a fall of 75 % from `current`; rounded up to whole `unit`.

    Worked: from 4000 to 300 becomes 4000 → 1000; the next cycle proposes the rest.
    """
    return max(proposed, _up(current * (1 - MAX_FALL_SHARE), unit))


def round_up_cpu(millicores: float) -> int:
    """Up to a figure people would write: steps of 1 m below 100 m, 5 m below 1 core, then 10 m."""
    step = 1 if millicores < 100 else 5 if millicores < 1000 else 10
    return _up(millicores, step)


def freed_usd_per_month(amount: Decimal, price_usd_per_hour: Decimal, *, replicas: int) -> Decimal:
    """`amount` (cores or GiB) × price an hour × replicas × 730 hours.

    Worked: 0.5 cores at $0.031611 on 3 replicas free $34.61 a month.
    """
    return amount * price_usd_per_hour * replicas * HOURS_PER_MONTH


def _up(value: float, step: int) -> int:
    # A hair is taken off first, so that 0.1 · 3 arithmetic does not cost a whole step.
    return math.ceil(value / step - 1e-9) * step
