"""CPU and memory requests from usage summaries, and the smallest change worth a pull request.

Source of the formulas: `rightsizing.md`, "Measured on the corpus". CPU is the measured family with
q = .97, b = .1, m = 1.05 (2 % of series over their request); memory is the window's maximum plus
15 %, the margin that KRR and Autopilot share.
"""

import math
from decimal import Decimal

from finops.domain.estate import UsageSummary
from finops.domain.money import HOURS_PER_MONTH
from finops.domain.quantities import GIB, MIB

CPU_FLOOR_MILLICORES = 10
MEMORY_FLOOR_BYTES = 16 * MIB
FULL_HISTORY_DAYS = 14
# One value falls by at most three quarters at once, so a wrong reading cannot starve a workload
# in one step; the guardrail `max_single_change_percent` has the same default. The next cycle
# proposes the next step.
MAX_FALL_SHARE = 0.75

_CPU_QUANTILE = 0.97
_CPU_PULL_TO_MAXIMUM = 0.1
_CPU_MARGIN = 1.05
_MEMORY_MARGIN = 1.15
_WIDEST_EXTRA = 0.5


def widening(window_days: float) -> float:
    """How much wider the margin is for a short history: 1 at 14 days and more, 1.5 at none.

    `1 + 0.5 · max(0, 14 − days) / 14`. Measured on 229 VMs (the request holds the next 14 days,
    with and without it): 1 day .86 against .73, 3 days .92 against .84, 7 days .94 against .89,
    14 days .91. Worked: 7 days give 1 + 0.5 · 7/14 = 1.25.
    """
    missing_days = max(0.0, FULL_HISTORY_DAYS - window_days)
    return 1 + _WIDEST_EXTRA * missing_days / FULL_HISTORY_DAYS


def cpu_request_millicores(usage: UsageSummary) -> int:
    """The CPU request in millicores: `max(10, m · D^(1−b) · max(M, D)^b)`, rounded up.

    D is the 97 % quantile, M the maximum, b = 0.1, m = 1.05 times `widening`. Worked: 14 days,
    D = 200, M = 400 give 1.05 · 200^0.9 · 400^0.1 = 225.1, rounded up to 230.
    """
    quantile = usage.percentile(_CPU_QUANTILE)
    if quantile <= 0:
        return CPU_FLOOR_MILLICORES
    maximum = max(usage.maximum, quantile)
    margin = _CPU_MARGIN * widening(usage.window_days)
    wanted = margin * quantile ** (1 - _CPU_PULL_TO_MAXIMUM) * maximum**_CPU_PULL_TO_MAXIMUM
    return round_up_cpu(max(CPU_FLOOR_MILLICORES, wanted))


def memory_request_bytes(usage: UsageSummary) -> int:
    """The memory request in bytes: `max(16 MiB, maximum · 1.15 · widening)`, up to whole MiB.

    Worked: 14 days and a maximum of 200 MiB give 230 MiB; the same from a single figure without
    history gives 200 · 1.15 · 1.5 = 345 MiB.
    """
    wanted = usage.maximum * _MEMORY_MARGIN * widening(usage.window_days)
    return max(MEMORY_FLOOR_BYTES, _up(wanted, MIB))


def at_most_one_step(current: int, proposed: int, *, unit: int = 1) -> int:
    """The proposal, held to a fall of 75 % from `current`; rounded up to whole `unit`.

    Worked: from 4000 to 300 becomes 4000 → 1000; the next cycle proposes the rest.
    """
    return max(proposed, _up(current * (1 - MAX_FALL_SHARE), unit))


def round_up_cpu(millicores: float) -> int:
    """Up to a figure people would write: steps of 1 m below 100 m, 5 m below 1 core, then 10 m."""
    step = 1 if millicores < 100 else 5 if millicores < 1000 else 10
    return _up(millicores, step)


def least_cpu_fall_share(current_millicores: int) -> float:
    """The smallest fall worth a restart, as a share: `0.15 / (cores + 0.05)^0.3`.

    The form is CAST AI's adaptive threshold, larger for small requests: 50 m → 30 %, 500 m → 18 %,
    4 cores → 10 %.
    """
    return float(0.15 / (current_millicores / 1000 + 0.05) ** 0.3)


def least_memory_fall_share(current_bytes: int) -> float:
    """The same for memory: `0.15 / (GiB + 0.1)^0.3`; 64 MiB → 26 %, 1 GiB → 15 %, 8 GiB → 8 %."""
    return float(0.15 / (current_bytes / GIB + 0.1) ** 0.3)


def freed_usd_per_month(amount: Decimal, price_usd_per_hour: Decimal, *, replicas: int) -> Decimal:
    """`amount` (cores or GiB) × price an hour × replicas × 730 hours.

    Worked: 0.5 cores at $0.031611 on 3 replicas free $34.61 a month.
    """
    return amount * price_usd_per_hour * replicas * HOURS_PER_MONTH


def _up(value: float, step: int) -> int:
    # A hair is taken off first, so that 0.1 · 3 arithmetic does not cost a whole step.
    return math.ceil(value / step - 1e-9) * step
