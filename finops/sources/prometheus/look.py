"""A first look before anything large is asked: the clock, the newest samples, the exporters.

A mark is never set past what has arrived: a bot whose clock is ahead, or a server whose samples are
late, would otherwise lose that stretch for good. And a dead server is asked one small question.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from finops.sources.prometheus.api import Answer, PrometheusApi
from finops.sources.prometheus.questions import MEMORY_METRIC, RESTARTS_METRIC, matching
from finops.sources.prometheus.stretches import last_sample_second

MOST_SKEW_SECONDS = 120
_STATE_AGO_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class Look:
    """What may be asked: samples up to `end`, and of kube-state-metrics if `has_state`.

    `is_fresh` says that containers are measured up to `end`; if not, nothing new is to be had.
    """

    end: int
    is_fresh: bool
    has_state: bool
    skew_seconds: float

    def sentences(self, server: str) -> list[str]:
        """What a person should know of it."""
        found = []
        if abs(self.skew_seconds) > MOST_SKEW_SECONDS:
            way = "ahead of" if self.skew_seconds > 0 else "behind"
            found.append(
                f"{server} has a clock {abs(self.skew_seconds):,.0f} s {way} ours; samples are "
                "read up to the earlier of the two."
            )
        if not self.is_fresh:
            found.append(
                f"{server} has no container samples of the last minutes, so nothing new was read; "
                "check the kubelet scrape and prometheus.matchers."
            )
        elif not self.has_state:
            found.append(
                f"{server} has no kube-state-metrics: restarts, memory kills and replicas over "
                "time are unknown."
            )
        return found


def look(api: PrometheusApi, *, now: float, matchers: Mapping[str, str]) -> Look:
    """Three small questions, or four; raises what `PrometheusApi` raises."""
    skew = clock_skew(api)
    end = last_sample_second(min(now, now + skew))
    selector = matching(matchers)
    return Look(
        end=end,
        is_fresh=bool(api.query(f"count({MEMORY_METRIC}{{{selector}}})", at=end).series),
        has_state=_has_state(api, selector, end),
        skew_seconds=skew,
    )


def _has_state(api: PrometheusApi, selector: str, end: int) -> bool:
    """Whether kube-state-metrics is scraped; one that restarts just now was there an hour ago."""
    question = f"count({RESTARTS_METRIC}{{{selector}}})"
    return any(api.query(question, at=end - ago).series for ago in (0, _STATE_AGO_SECONDS))


def clock_skew(api: PrometheusApi) -> float:
    """Seconds that the server's clock is ahead of the wall clock here; 0 when it does not say."""
    before = time.time()
    answer = api.query("time()", at=None)
    return figure(answer) - (before + time.time()) / 2 if answer.series else 0.0


def figure(answer: Answer) -> float:
    """The only value of an answer, 0 when there is none."""
    try:
        [[_, value]] = answer.series[0].pairs
        return float(value)
    except (IndexError, TypeError, ValueError):
        return 0.0
