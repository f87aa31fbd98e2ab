"""When a request that is looked at every day is changed: one policy for the product and backtests.

- **Raised** when what it should be is over 10 % more: too little hurts at once.
- **Lowered** when what it should be is at least a quarter less: falling is gated harder, because
  the next rise would cost a restart too, and a fall that was too deep hurts.
- **By enough for its size**: at least `0.15 / (x + a)^0.3` of a request of x cores (a = 0.05) or
  GiB (a = 0.1). The form is CAST AI's adaptive threshold: a restart of a small workload for a few
  millicores is worth nothing. A request that nobody has looked at before falls by this rule alone:
  there is no change to be sorry for yet.
- **Not too soon**: a fall waits `pace.cooldown_days` after any change, a raise only for the last
  raise (`finops.engine.cooling`). A backtest has no cooldown: it merges what it proposes at once.
- **Not too far**: a fall is at most 75 % at once (`rules.one_step`).

Worked for CPU, looked at before: 1000m becomes 1101m or 750m, and stays at 1100m or 751m; 20m falls
when 13m would do (33 % are the least), not at 14m.
"""

import numpy as np
from numpy.typing import NDArray

from finops.domain.quantities import GIB

Floats = NDArray[np.float64]

RAISE_SHARE = 0.10
LOWER_SHARE = 0.25


def least_cpu_fall_shares(current_millicores: Floats | float) -> Floats:
    """The smallest fall worth a restart: 50 m → 30 %, 500 m → 18 %, 4 cores → 10 %."""
    return np.asarray(0.15 / (np.asarray(current_millicores) / 1000 + 0.05) ** 0.3)


def least_memory_fall_shares(current_bytes: Floats | float) -> Floats:
    """The same for memory: 64 MiB → 26 %, 1 GiB → 15 %, 8 GiB → 8 %."""
    return np.asarray(0.15 / (np.asarray(current_bytes) / GIB + 0.1) ** 0.3)


def refreshed(current: Floats, proposed: Floats, least_falls: Floats) -> Floats:
    """(n,): `proposed` where it is far enough from `current`, else `current`.

    `least_falls` (n,) are the smallest falls worth a restart at these sizes.
    """
    rises = proposed > (1 + RAISE_SHARE) * current
    falls = proposed <= (1 - np.maximum(LOWER_SHARE, least_falls)) * current
    return np.where(rises | falls, proposed, current)
